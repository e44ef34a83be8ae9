"""What is written about a return: to the customer at each status and with each message, to the seller who gets it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.mail import EmailTemplate
from db.domain.order_facts import OrderFacts
from db.domain.orders import ReturnStatus
from db.domain.time import local_day
from db.domain.withdrawal import last_day_to_refund, last_day_to_send_back
from db.models import Return
from db.queries.return_settings import return_rules
from db.queries.return_settlements import settlements_of
from db.services.outbox import Letter, address_book, letters_for, queue
from db.services.parcel_effects import as_json
from db.services.returns.facts import announced

#: The e-mail of each status.
RETURN_TEMPLATES: Mapping[ReturnStatus, EmailTemplate] = {
    ReturnStatus.REQUESTED: EmailTemplate.RETURN_REQUESTED,
    ReturnStatus.AWAITING_PARCEL: EmailTemplate.RETURN_AWAITING_PARCEL,
    ReturnStatus.PARCEL_RECEIVED: EmailTemplate.RETURN_PARCEL_RECEIVED,
    ReturnStatus.COMPLETED: EmailTemplate.RETURN_COMPLETED,
    ReturnStatus.DENIED: EmailTemplate.RETURN_DENIED,
}


def return_words(session: Session, row: Return) -> dict[str, Any]:
    """Return what an e-mail about a return needs beside its order (``db/emails/context.py``)."""
    units = announced(session, row.id)
    words = {
        "return_id": row.id,
        "return_status": row.status.value,
        "return_reason": row.reason.value,
        "return_explanation": row.explanation,
        "return_instructions": return_rules(session).instructions,
        "refund_by": last_day_to_refund(local_day(row.requested_at)).isoformat(),
        "lines": as_json(units),
    }
    if row.status is ReturnStatus.AWAITING_PARCEL and row.decided_at:
        words["send_back_by"] = last_day_to_send_back(local_day(row.decided_at)).isoformat()
    return words


@dataclass(frozen=True, slots=True)
class Extra:
    """What an e-mail says beside its return, and what goes with it (``db/domain/enclosures.py``)."""

    words: Mapping[str, Any] = field(default_factory=dict)
    attachments: Sequence[Mapping[str, str]] | None = None


NOTHING_MORE = Extra()


def given_back_words(session: Session, return_id: int) -> str:
    """Return what the last settlement of a return gives back, a line for each part."""
    settlements = settlements_of(session, return_id)
    return "\n".join(settlements[-1].statement) if settlements else ""


def letters_about(
    session: Session, order: OrderFacts, row: Return, template: EmailTemplate, words: Mapping[str, Any]
) -> tuple[Letter, ...]:
    """Return what is written about a return, to the template's recipient; empty words are left out."""
    said = return_words(session, row) | {name: value for name, value in words.items() if value}
    return letters_for(order, template, address_book(session, [order.seller_id]), said)


def tell(
    session: Session,
    actor: Actor,
    order: OrderFacts,
    row: Return,
    template: EmailTemplate,
    history_id: int,
    now: dt.datetime,
    extra: Extra = NOTHING_MORE,
) -> int:
    """Queue what is written about a return; return how many e-mails were not there yet."""
    asked = template is EmailTemplate.RETURN_REQUESTED
    # However often a request is taken in, it is acknowledged once.
    event = f"return_requested:{row.id}" if asked else f"return:{history_id}"
    letters = letters_about(session, order, row, template, extra.words)
    sent = [replace(each, event=event, history_id=history_id, attachments=extra.attachments) for each in letters]
    return queue(session, actor, sent, now)
