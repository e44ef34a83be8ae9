"""The e-mail that brings a voucher's code: with the voucher, and again when staff ask for it."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.access import email_address
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.mail import WAITING_STATES, EmailTemplate, OutboxState, RecipientKind
from db.domain.orders import HistoryEvent
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.domain.vouchers import VoucherUnusableError
from db.models import Customer, OutboxMessage, Voucher
from db.queries.plans import literally, not_indexed
from db.services.history import Entry, record
from db.services.order_facts import load_facts
from db.services.outbox import AccountLetter, Letter, queue
from db.services.voucher_rows import voucher_with_order


class VoucherNotSentError(MarketplaceError):
    """The voucher is sent to nobody; the sentence says why."""


@dataclass(frozen=True, slots=True)
class GivenVoucher:
    """A voucher that a customer has from now on."""

    id: int
    code: str
    amount_cents: int
    currency: str
    expires_on: dt.date
    #: Whom its code was sent to; empty where nobody knows where to write, or nobody was to be told.
    recipient: str = ""
    #: False where the same had been given before: nothing happened now.
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a voucher is for, and what it makes up for."""

    order_id: int | None
    customer_id: int | None
    name: str
    email: str
    currency: str


def may_send_vouchers(actor: Actor) -> bool:
    """Tell whether somebody may send vouchers: who writes to customers, and who gives money back."""
    return actor.may(Permission.MESSAGE_CUSTOMERS) or actor.may(Permission.REFUND)


def send_voucher_again(session: Session, actor: Actor, voucher_id: int, now: dt.datetime, recipient: str = "") -> str:
    """Queue the e-mail with a voucher's code once more, held for the undo window; return whom it goes to.

    Args:
        session: The caller's transaction.
        actor: Who does it.
        voucher_id: Which voucher; one that can still be used.
        now: The instant.
        recipient: Another address than the order's or the customer's, which keep their own.

    Raises:
        NotAllowedError: The actor neither writes to customers nor gives money back.
        VoucherNotFoundError: There is no such voucher for this actor.
        VoucherUnusableError: Nothing can be bought with it any more.
        VoucherNotSentError: Nobody knows where to write, or the same is about to leave already.
        InvalidInputError: ``recipient`` is no e-mail address.
    """
    if not may_send_vouchers(actor):
        actor.require(Permission.MESSAGE_CUSTOMERS)
    order_id, voucher = voucher_with_order(session, actor, voucher_id, locked=True)
    if not voucher.state(local_day(now)).is_live:
        raise VoucherUnusableError(voucher, local_day(now))
    note = session.execute(sa.select(Voucher.note).where(Voucher.id == voucher_id)).scalar_one()
    holder = holder_of(session, actor, voucher_id)
    to = email_address(recipient) if recipient.strip() else holder.email
    if not to:
        raise VoucherNotSentError("Aucune adresse e-mail n’est connue pour ce client. Saisissez celle où l’envoyer.")
    if any(mail.recipient == to for mail in _waiting(session, order_id, voucher_id)):
        raise VoucherNotSentError("Cet e-mail attend déjà de partir. Il n’est pas envoyé deux fois.")
    given = GivenVoucher(voucher.id, voucher.code, voucher.rest_cents, voucher.currency, voucher.expires_on)
    history_id = None
    if order_id is not None:
        after = {"template": EmailTemplate.VOUCHER.value, "recipient": to, "voucher_id": voucher_id}
        history_id = record(session, actor, Entry(order_id, HistoryEvent.EMAIL_RESENT, after=after), now)
    event = f"{event_of(voucher_id)}:{history_id or now.isoformat()}"
    queue(session, actor, [letter_of(given, replace(holder, email=to), note, event, history_id)], now)
    return to


def holder_of(session: Session, actor: Actor, voucher_id: int) -> Holder:
    """Return whom a voucher is for, under the name and address of today."""
    row = session.execute(
        sa.select(Voucher.order_id, Voucher.customer_id, Voucher.currency, Customer.name, Customer.email)
        .outerjoin(Customer, Customer.id == Voucher.customer_id)
        .where(Voucher.id == voucher_id)
    ).one()
    order = load_facts(session, actor, [row.order_id]).get(row.order_id) if row.order_id else None
    if order is not None:
        return Holder(order.id, row.customer_id, order.customer_name, order.customer_email.strip(), row.currency)
    return Holder(None, row.customer_id, row.name or "", (row.email or "").strip(), row.currency)


def letter_of(
    given: GivenVoucher, holder: Holder, note: str, event: str, history_id: int | None
) -> Letter | AccountLetter:
    """Return the e-mail that brings a voucher's code to its customer."""
    said: dict[str, Any] = {
        "voucher_id": given.id,
        "code": given.code,
        "amount_cents": given.amount_cents,
        "currency": given.currency,
        "expires_on": given.expires_on.isoformat(),
    }
    said |= {"message": note} if note else {}
    if holder.order_id is None:
        return AccountLetter(event, EmailTemplate.VOUCHER, holder.email, holder.name, said)
    kind = RecipientKind.CUSTOMER
    return Letter(holder.order_id, EmailTemplate.VOUCHER, kind, holder.email, holder.name, said, event, history_id)


def event_of(voucher_id: int) -> str:
    """Return the key of the e-mail that a voucher is given with."""
    return f"voucher:{voucher_id}"


def drop_waiting_mail(session: Session, order_id: int | None, voucher_id: int) -> None:
    """Drop e-mails that still wait to bring the code of a voucher that is worth nothing any more."""
    ids = [mail.id for mail in _waiting(session, order_id, voucher_id)]
    session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id.in_(ids), not_indexed(OutboxMessage.state.in_(sorted(WAITING_STATES))))
        .values(state=OutboxState.CANCELLED)
        .execution_options(synchronize_session=False)
    )


def _waiting(session: Session, order_id: int | None, voucher_id: int) -> list[sa.Row[tuple[int, str, dict[str, Any]]]]:
    """Return the e-mails about a voucher that have not left yet."""
    found = sa.select(OutboxMessage.id, OutboxMessage.recipient, OutboxMessage.variables)
    if order_id is not None:
        is_waiting = OutboxMessage.state.in_(sorted(WAITING_STATES))
        found = found.where(OutboxMessage.order_id == order_id, not_indexed(is_waiting))
    else:
        # What waits is little, and has an index of its own.
        is_waiting = OutboxMessage.state.in_(literally(WAITING_STATES))
        found = found.where(is_waiting, not_indexed(OutboxMessage.order_id.is_(None)))
    return [row for row in session.execute(found) if row.variables.get("voucher_id") == voucher_id]
