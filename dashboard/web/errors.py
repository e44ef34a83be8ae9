"""What people see when a request fails: our own page in French; programs get a status and nothing more."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.web.pages import database_lost_page, message_page, page
from db.emails.links import FOLLOW_UP_PATH
from db.engine import DATABASE_LOST

_SENTENCES = {
    404: ("Page introuvable", "Cette adresse ne mène nulle part. Vérifiez-la, ou repartez de l’accueil."),
    405: ("Demande impossible", "Cette adresse ne s’utilise pas ainsi. Repartez de l’accueil."),
    413: ("Trop long", "Ce que vous avez envoyé dépasse de loin ce que cette page attend. Recommencez plus court."),
}
#: Customers have no dashboard to go back to.
_TO_CUSTOMERS = ("Demande impossible", "Cette demande n’a pas pu être traitée. Rouvrez le lien reçu par e-mail.")
_OTHERWISE = ("Demande impossible", "Cette demande n’a pas pu être traitée. Repartez de l’accueil.")


async def show_http_error(request: Request, error: HTTPException) -> Response:
    """Answer a refusal of the router or of a route."""
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(str(error.status_code), error.status_code, error.headers)
    if _is_a_customers(request):
        return _without_a_way_home(*_TO_CUSTOMERS, status=error.status_code)
    return message_page(*_SENTENCES.get(error.status_code, _OTHERWISE), status=error.status_code)


async def show_database_lost(_request: Request, _error: Exception) -> Response:
    """Answer while the database does not."""
    return database_lost_page()


async def show_failure(request: Request, _error: Exception) -> Response:
    """Answer a fault of ours; the server logs the rest."""
    title, text = "Une erreur est survenue", "Cette page n’a pas pu s’afficher. Réessayez dans un instant."
    if _is_a_customers(request):
        return _without_a_way_home(title, text, status=500)
    return message_page(title, text, status=500)


def _is_a_customers(request: Request) -> bool:
    return request.url.path.startswith(FOLLOW_UP_PATH)


def _without_a_way_home(title: str, text: str, *, status: int) -> Response:
    return page("message.html", status=status, title=title, text=text, link_to_home=False)


HANDLERS = {
    HTTPException: show_http_error,
    **dict.fromkeys(DATABASE_LOST, show_database_lost),
    Exception: show_failure,
}
