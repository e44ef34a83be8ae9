"""Open a follow-up link, so often only, and answer as its page: one that opens nothing tells no one why."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps

from limits import RateLimitItem, RateLimitItemPerMinute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.web.follow_up.look import Look, look_of
from dashboard.web.pages import page
from dashboard.web.rate_limits import client_network, seconds_to_wait
from db.emails.links import FOLLOW_UP_PATH, FollowUpToken, read_follow_up_token
from db.engine import reading
from db.queries.marketplace import MarketplaceRow, marketplace
from db.queries.order_details import OrderDetails, order_details
from db.settings import settings

#: Far more than a person needs; many of them may share the address of one network.
PER_ADDRESS: RateLimitItem = RateLimitItemPerMinute(120)
PER_LINK: RateLimitItem = RateLimitItemPerMinute(30)

#: The id of no order: a link that says nothing is looked up all the same, and takes as long.
_NO_ORDER = 0

_HIDDEN_FROM_SEARCH = {"X-Robots-Tag": "noindex, nofollow, noarchive"}


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by a link that opens an order."""

    request: Request
    #: What the link says itself.
    link: FollowUpToken
    order: OrderDetails
    market: MarketplaceRow

    @property
    def path(self) -> str:
        """Return the address of the order's page, without a host: all others lie below it."""
        return f"{FOLLOW_UP_PATH}/{self.request.path_params['token']}"

    @property
    def on_paper(self) -> bool:
        """Tell whether the link was printed: whoever holds the paper reads, and does nothing."""
        return self.link.on_paper

    def named(self, parameter: str) -> int:
        """Return the number that the address names; that of nothing where it is no number."""
        return number(self.request.path_params[parameter]) or 0

    def answer(self, template: str, *, status: int = 200, **values: object) -> Response:
        """Return a page in the marketplace's look; its links begin with ``path``."""
        return _page(template, look_of(self.market), status=status, path=self.path, **values)

    def notice(self, title: str, text: str, *, status: int) -> Response:
        """Return a page of one sentence that leads back to the order's."""
        return self.answer("follow_up_notice.html", status=status, title=title, text=text)

    def seconds_to_wait(self, limit: RateLimitItem, act: str) -> int | None:
        """Count one act by the link; return None if it may be done, else the seconds until the next one may."""
        return seconds_to_wait(limit, f"follow-up {act}", _name_of(self.request))


def by_link(answering: Callable[[Visit], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Answer whose link opens an order; so often only, per address and per link, before anything is looked up."""

    @wraps(answering)
    async def answer(request: Request) -> Response:
        seconds = seconds_to_wait(PER_ADDRESS, "follow-up", client_network(request)) or seconds_to_wait(
            PER_LINK, "follow-up link", _name_of(request)
        )
        if seconds is not None:
            return _wait(seconds)
        link, order, market = await run_in_threadpool(_find, request.path_params["token"])
        if link is None or order is None:
            return _page("follow_up_unknown.html", look_of(market), status=404)
        return await answering(Visit(request, link, order, market))

    return answer


def number(text: str | None) -> int | None:
    """Return the number that a form or an address names: of a parcel, a return, a photo."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < len(str(2**63)) else None


def new_key() -> str:
    """Return what tells one showing of a form from all others: sent twice, it is one act."""
    return secrets.token_urlsafe(12)


def go_to(address: str) -> Response:
    """Send the browser to a page of the link, after what it posted is done."""
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


def hidden(response: Response) -> Response:
    """Return an answer that no search engine keeps."""
    response.headers.update(_HIDDEN_FROM_SEARCH)
    return response


def _find(token: str) -> tuple[FollowUpToken | None, OrderDetails | None, MarketplaceRow]:
    """Return what a link opens, or nothing: wrong, bent, expired, revoked and gone take the same way."""
    with reading() as session:
        market = marketplace(session)
        said = read_follow_up_token(token, dt.timedelta(days=market.follow_up_days))
        order_id = said.order_id if said else _NO_ORDER
        order = order_details(session, [order_id]).get(order_id)
    if said is None or order is None or order.link_generation != said.generation:
        return None, None, market
    return said, order, market


def _name_of(request: Request) -> str:
    """Return what a link is called where its use is counted: not the link itself, which is a key."""
    return hashlib.sha256(request.path_params["token"].encode()).hexdigest()


def _wait(seconds: int) -> Response:
    response = _page("follow_up_wait.html", look_of(MarketplaceRow(settings().marketplace_name)), status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _page(template: str, look: Look, *, status: int = 200, **values: object) -> Response:
    return hidden(page(template, status=status, policy=look.policy, look=look, **values))
