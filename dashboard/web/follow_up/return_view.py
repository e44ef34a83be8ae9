"""The page of one return in words: where it is, what comes back, how to send it, what was said, what is given back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.web.follow_up.given_back import Back, back_for
from dashboard.web.follow_up.headline import Headline
from dashboard.web.follow_up.parcels import Item, options_of
from dashboard.web.follow_up.returns import return_title
from dashboard.web.follow_up.words import day_of, moment
from db.domain import formats
from db.domain.orders import OPEN_RETURN_STATUSES, ActorKind, ReturnStatus
from db.domain.progress import Step, StepState
from db.domain.return_slips import USUAL_INSTRUCTIONS
from db.domain.returns import ReturnRules
from db.domain.time import local_day
from db.domain.withdrawal import last_day_to_refund, last_day_to_send_back
from db.queries.follow_up_returns import CustomersReturn, GivenBack
from db.queries.order_details import OrderDetails
from db.queries.return_settlements import ReturnSettlement
from db.services.follow_up_returns import ONLY_BY_EMAIL

_S = ReturnStatus

_TITLES = {
    _S.REQUESTED: "Votre demande de retour est enregistrée",
    _S.AWAITING_PARCEL: "Votre retour est accepté",
    _S.PARCEL_RECEIVED: "Votre colis de retour est arrivé",
    _S.COMPLETED: "Votre retour est terminé",
    _S.DENIED: "Votre demande de retour est refusée",
}
_STEPS = ("Demandé", "Accepté", "Colis reçu", "Terminé")
_STEP_OF = {_S.REQUESTED: 0, _S.AWAITING_PARCEL: 1, _S.PARCEL_RECEIVED: 2, _S.COMPLETED: 3}


@dataclass(frozen=True, slots=True)
class Sending:
    """How the parcel is sent, while it is awaited."""

    instructions: str
    #: Where it goes, as an envelope says it.
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the thread."""

    who: str
    when: str
    body: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class ReturnView:
    """The page of one return."""

    id: int
    title: str
    number: str
    seller: str
    headline: Headline
    #: What the house answered where it gave nothing back.
    decision: str
    steps: tuple[Step, ...]
    step_words: str
    is_over: bool
    sending: Sending | None
    given_back: tuple[Back, ...]
    #: What that is, line by line, for each time that something was given back.
    statements: tuple[tuple[str, ...], ...]
    asked: str
    reason: str
    explanation: str
    items: tuple[Item, ...]
    photo_ids: tuple[int, ...]
    #: How many photos may still be added.
    photo_room: int
    messages: tuple[Message, ...]
    #: What stands in place of what only the customer may read and do, where the link was printed.
    read_only: str


def return_view(
    order: OrderDetails,
    wanted: CustomersReturn,
    rules: ReturnRules,
    back: GivenBack,
    now: dt.datetime,
    *,
    settlements: Sequence[ReturnSettlement] = (),
    on_paper: bool = False,
) -> ReturnView:
    """Return a return as its page shows it; on paper without what was said and shown of it."""
    today, is_over = local_day(now), wanted.status not in OPEN_RETURN_STATUSES
    steps = _steps(wanted.status)
    return ReturnView(
        id=wanted.id,
        title=return_title(wanted.id),
        number=order.number,
        seller=order.seller_name,
        headline=_headline(wanted, today),
        decision=wanted.decision if is_over else "",
        steps=steps,
        step_words=_step_words(wanted.status, steps),
        is_over=is_over,
        sending=_sending(order, rules) if wanted.status is _S.AWAITING_PARCEL else None,
        given_back=back_for(back, wanted.id, today, on_paper=on_paper),
        statements=tuple(each.statement for each in settlements),
        asked=day_of(wanted.requested_at),
        reason=wanted.reason.label,
        explanation="" if on_paper else wanted.explanation,
        items=_items(order, wanted),
        photo_ids=() if on_paper else wanted.photo_ids,
        photo_room=0 if on_paper or is_over else max(0, rules.max_photos - len(wanted.photo_ids)),
        messages=() if on_paper else _messages(wanted),
        read_only=ONLY_BY_EMAIL if on_paper else "",
    )


def _headline(wanted: CustomersReturn, today: dt.date) -> Headline:
    return Headline(_TITLES[wanted.status], _next(wanted, today))


def _next(wanted: CustomersReturn, today: dt.date) -> tuple[str, ...]:
    match wanted.status:
        case _S.REQUESTED:
            return (
                "Nous l’examinons et vous répondons par e-mail.",
                "N’envoyez rien avant notre réponse\u00a0: elle vous dira où et comment renvoyer vos articles.",
            )
        case _S.AWAITING_PARCEL:
            return (_send_by(wanted, today), "Le remboursement suit la réception de vos articles.")
        case _S.PARCEL_RECEIVED:
            last_day = last_day_to_refund(local_day(wanted.requested_at))
            until = f", au plus tard le {formats.long_date(last_day)}" if last_day >= today else ""
            return (f"Nous vérifions les articles, puis nous vous remboursons{until}.",)
    return ()


def _send_by(wanted: CustomersReturn, today: dt.date) -> str:
    last_day = last_day_to_send_back(local_day(wanted.decided_at or wanted.requested_at))
    if last_day < today:
        return "Votre colis n’est pas encore arrivé chez nous. S’il n’est pas parti, écrivez-nous."
    return f"Envoyez votre colis au plus tard le {formats.long_date(last_day)}, avec le bon de retour dedans."


def _steps(status: ReturnStatus) -> tuple[Step, ...]:
    current = _STEP_OF.get(status)
    if current is None:
        return ()
    states = [StepState.DONE] * current + [StepState.CURRENT] + [StepState.TO_COME] * (len(_STEPS) - current - 1)
    return tuple(Step(label, state) for label, state in zip(_STEPS, states, strict=True))


def _step_words(status: ReturnStatus, steps: tuple[Step, ...]) -> str:
    if not steps:
        return ""
    place = _STEP_OF[status]
    return f"Étape {place + 1} sur {len(steps)}\u00a0: {steps[place].label.lower()}"


def _sending(order: OrderDetails, rules: ReturnRules) -> Sending:
    return Sending(rules.instructions or USUAL_INSTRUCTIONS, (order.seller_name, *order.seller_address))


def _items(order: OrderDetails, wanted: CustomersReturn) -> tuple[Item, ...]:
    return tuple(
        Item(wanted.units[line.id], line.name, options_of(line)) for line in order.lines if wanted.units.get(line.id)
    )


def _messages(wanted: CustomersReturn) -> tuple[Message, ...]:
    return tuple(
        Message(
            "Vous" if (is_mine := each.author_kind is ActorKind.CUSTOMER) else "Service client",
            moment(each.at),
            each.body,
            is_mine,
        )
        for each in wanted.messages
    )
