"""How the script knows that the middleware let the person in: a secret of this very process.

The middleware puts it beside the session's id in headers that ``server.trustedUserHeaders`` hands to ``st.user``;
whoever starts the script without the middleware, or forges the headers, does not have it.
"""

import hmac
import secrets
from collections.abc import Mapping

PROOF_HEADER = "X-Marketplace-Proof"
SESSION_HEADER = "X-Marketplace-Session"
IDENTITY_HEADERS = (PROOF_HEADER, SESSION_HEADER)

_PROOF = secrets.token_urlsafe(32)

#: What ``server.trustedUserHeaders`` must say.
TRUSTED_USER_HEADERS = {PROOF_HEADER: "proof", SESSION_HEADER: "session"}


def identity_headers(session_id: int) -> list[tuple[bytes, bytes]]:
    """Return the headers that tell the script which session this is."""
    return [
        (PROOF_HEADER.lower().encode(), _PROOF.encode()),
        (SESSION_HEADER.lower().encode(), str(session_id).encode()),
    ]


def user_of(session_id: int) -> dict[str, str]:
    """Return what ``st.user`` holds for a session; for tests that run the script without a server."""
    return {"proof": _PROOF, "session": str(session_id)}


def proven_session_id(user: Mapping[str, object]) -> int | None:
    """Return the session's id if ``st.user`` carries this process's proof."""
    proof, session = user.get("proof"), user.get("session")
    if not isinstance(proof, str) or not hmac.compare_digest(proof.encode(), _PROOF.encode()):
        return None
    return int(str(session))


def session_id_in(headers: Mapping[str, str]) -> int | None:
    """Return the id of the session that the gate has let in; for routes of ours."""
    return proven_session_id({"proof": headers.get(PROOF_HEADER), "session": headers.get(SESSION_HEADER)})
