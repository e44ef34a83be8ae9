"""The returns of an order as its page names them, and whether its customer may ask for another one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.web.follow_up.given_back import Back, all_back
from dashboard.web.follow_up.words import day_of
from db.domain import formats
from db.domain.orders import ReturnStatus
from db.domain.return_rules import ReturnableOrder
from db.queries.follow_up_returns import CustomersReturn, GivenBack
from db.services.follow_up_returns import ASK_BY_EMAIL

_S = ReturnStatus

#: Where a return is, in its customer's words.
STATES = {
    _S.REQUESTED: "En cours d’examen",
    _S.AWAITING_PARCEL: "Accepté, colis attendu",
    _S.PARCEL_RECEIVED: "Colis reçu",
    _S.COMPLETED: "Terminé",
    _S.DENIED: "Refusé",
}
_WRITE_TO_US = "Écrivez-nous quel article vous voulez rendre\u00a0: nous vous répondrons comment le renvoyer."


@dataclass(frozen=True, slots=True)
class ReturnLink:
    """One return; its page is below that of the order."""

    id: int
    title: str
    state: str
    #: It ended as its customer hoped: for its mark.
    is_done: bool
    details: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What is said of asking for a return, and whether it can be done here."""

    sentences: tuple[str, ...]
    can_ask: bool


@dataclass(frozen=True, slots=True)
class OrdersReturns:
    """All that the order's page says of returns."""

    returns: tuple[ReturnLink, ...]
    given_back: tuple[Back, ...]
    #: None where there is nothing that could come back.
    offer: Offer | None


def orders_returns(
    rules: ReturnableOrder | None,
    returns: Sequence[CustomersReturn],
    back: GivenBack,
    today: dt.date,
    *,
    on_paper: bool,
) -> OrdersReturns:
    """Return what the page of an order says of returns."""
    return OrdersReturns(
        returns=tuple(_link(each) for each in returns),
        given_back=all_back(back, today, on_paper=on_paper),
        offer=_offer(rules, today, on_paper=on_paper) if rules and rules.has_something else None,
    )


def return_title(return_id: int) -> str:
    """Return what a return is called, on its page and on its slip."""
    return f"Retour n°\u00a0{return_id}"


def _link(each: CustomersReturn) -> ReturnLink:
    units = formats.plural(each.item_count, "article")
    details = f"Demandé le {day_of(each.requested_at)}" + (f" · {units}" if each.item_count else "")
    is_done = each.status is _S.COMPLETED
    return ReturnLink(each.id, return_title(each.id), STATES[each.status], is_done, details)


def _offer(rules: ReturnableOrder, today: dt.date, *, on_paper: bool) -> Offer:
    may_withdraw = (right := rules.withdrawal(today)) is None or not right.has_passed
    if not rules.rules.is_on and may_withdraw:  # The house takes no requests here; the law's days run all the same.
        return Offer((_WRITE_TO_US,), can_ask=False)
    closed = rules.closed(today)
    if closed:
        return Offer(tuple(closed), can_ask=False)
    window = rules.window(today)
    is_longer = window is not None and (right is None or window.last_day > right.last_day)
    until = f"Vous pouvez demander un retour jusqu’au {formats.long_date(window.last_day)}." if is_longer else ""
    said = (until, ASK_BY_EMAIL if on_paper else "")
    return Offer(tuple(each for each in said if each), can_ask=not on_paper)
