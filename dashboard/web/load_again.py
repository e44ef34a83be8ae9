"""Have an open tab load itself again, which sends it to the gate: to the sign-in page if its session has ended."""

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


def load_again() -> ForwardMsg:
    """Return the message by which Streamlit's own front end follows a redirect; an empty address is the same page."""
    message = ForwardMsg()
    message.auth_redirect.url = ""
    return message
