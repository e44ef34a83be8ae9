"""The application on its port, by uvicorn.

``st.App.run()`` would do, but for two things: it opens the port itself, without TCP_NODELAY (see ``listener.py``), and
it lets an open download hold up the end of the process.
"""

import socket
import sys

import uvicorn
from streamlit.web import bootstrap

from dashboard.app import app
from dashboard.options import flat_options

#: What is under way when the process is told to stop may take this long; then it is cut off.
GRACE_SECONDS = 2
_PING_SECONDS = 30.0
_STARTUP_FAILED = 3


def serve(listener: socket.socket, public_host: str | None = None) -> None:
    """Serve until SIGTERM or SIGINT, which then reach the handlers that were there before.

    Args:
        listener: From ``listener.listen``.
        public_host: The host name people type; Streamlit accepts WebSockets from its pages.
    """
    address, port = listener.getsockname()[:2]
    bootstrap.load_config_options(
        flat_options() | {"server.address": address, "server.port": port, "browser.serverAddress": public_host}
    )
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="websockets-sansio",
            ws_ping_interval=_PING_SECONDS,
            ws_ping_timeout=_PING_SECONDS,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    server.run(sockets=[listener])
    if not server.started:
        sys.exit(_STARTUP_FAILED)
