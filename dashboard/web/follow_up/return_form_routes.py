"""The addresses of the form that asks for a return."""

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.web.follow_up.opening import Visit, by_link, go_to, new_key
from dashboard.web.follow_up.photos import add_photos, fault_of, refused_with, sent_form
from dashboard.web.follow_up.return_form import Typed, read_typed, return_form
from dashboard.web.follow_up.return_routes import return_page, return_path
from db.domain.errors import MarketplaceError
from db.domain.time import local_day, utc_now
from db.emails.links import FOLLOW_UP_PATH
from db.engine import reading, transaction
from db.queries.returnable import returnable
from db.services.follow_up_returns import ASK_BY_EMAIL, request_by_link


@by_link
async def show_form(visit: Visit) -> Response:
    """Show the form; where nothing can be asked for, the order's page says why."""
    return await run_in_threadpool(_form_page, visit, Typed(), ())


@by_link
async def ask_for_return(visit: Visit) -> Response:
    """Ask for a return, with its photos; sent twice, it is one return."""
    if visit.on_paper:
        return visit.notice("Demande impossible", ASK_BY_EMAIL, status=403)
    form = await sent_form(visit)
    try:
        typed = read_typed(form.fields)
        refusal = fault_of(visit, form) or typed.refusal
        asked = refusal or await run_in_threadpool(_ask, visit, typed)
        if isinstance(asked, str):
            return await run_in_threadpool(_form_page, visit, typed, refused_with(asked, form))
        refusals = await add_photos(visit, asked, form.files)
        if refusals:
            return await run_in_threadpool(return_page, visit, asked, refusals)
        return go_to(return_path(visit, asked))
    finally:
        await form.close()


def _ask(visit: Visit, typed: Typed) -> int | str:
    """Return the return that was asked for, or why it was not."""
    try:
        with transaction() as session:
            return request_by_link(session, visit.link, typed.request, typed.key, utc_now())
    except MarketplaceError as refusal:
        return str(refusal)


def _form_page(visit: Visit, typed: Typed, refusals: Sequence[str]) -> Response:
    with reading() as session:
        rules = returnable(session, visit.order.id)
    if visit.on_paper or rules is None or rules.closed(local_day(utc_now())):
        return go_to(f"{visit.path}#retour")
    form, key = return_form(rules, typed), typed.key or new_key()
    status = 422 if refusals else 200
    return visit.answer("follow_up_return_form.html", status=status, form=form, key=key, refusals=refusals)


_PATH = f"{FOLLOW_UP_PATH}/{{token}}/retour"

ROUTES: list[BaseRoute] = [
    Route(_PATH, show_form, methods=["GET"]),
    Route(_PATH, ask_for_return, methods=["POST"]),
]
