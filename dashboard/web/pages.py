"""Render our own HTML pages: sign-in, one-time links, follow-up, errors. They work without JavaScript."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from db.settings import settings

_FOLDER = Path(__file__).parent
_environment = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

#: Nothing but our style sheet, fonts and logo; no script at all.
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def page(template: str, *, status: int = 200, policy: str = POLICY, **values: object) -> HTMLResponse:
    """Return a page; none of them may be kept by a cache."""
    html = _environment.get_template(template).render({"marketplace": settings().marketplace_name} | values)
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(html, status, headers)


def message_page(title: str, text: str, *, status: int, refresh_seconds: int | None = None) -> HTMLResponse:
    """Return a page with one sentence; with ``refresh_seconds`` it asks for itself again."""
    response = page("message.html", status=status, title=title, text=text, link_to_home=refresh_seconds is None)
    if refresh_seconds is not None:
        response.headers["Refresh"] = response.headers["Retry-After"] = str(refresh_seconds)
    return response


def database_lost_page() -> HTMLResponse:
    """Return the page shown while the database does not answer."""
    return message_page(
        "Un instant…",
        "La base de données ne répond pas. Cette page se recharge toute seule dès qu’elle est de retour.",
        status=503,
        refresh_seconds=5,
    )
