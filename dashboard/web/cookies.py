"""The one cookie of ours: a session's token, out of reach of scripts and of other sites' requests."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from db.domain.access import SESSION_LIFETIME
from db.settings import settings


def is_https() -> bool:
    """Tell whether people reach us over https."""
    return settings().public_url.startswith("https://")


def cookie_name() -> str:
    """Return the cookie's name; ``__Host-`` has browsers take it over https only, and from this very host."""
    return "__Host-session" if is_https() else "session"


def token_in(connection: HTTPConnection) -> str | None:
    """Return the session's token that the browser sent."""
    return connection.cookies.get(cookie_name()) or None


def give_token(response: Response, token: str) -> None:
    """Leave a session's token with the browser.

    ``SameSite=Lax``, not ``Strict``: a link to an order in an e-mail must find its reader signed in. What changes
    anything is guarded by the check of the origin.
    """
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        path="/",
        secure=is_https(),
        httponly=True,
        samesite="lax",
    )
