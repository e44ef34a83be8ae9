"""Vouchers: given by a settlement or by staff, spent by the shop, cancelled.

Whoever writes on a voucher locks its order first, where it has one, then its row: a shop that spends it and a person
who cancels it come one after the other.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotFoundError, OrderNotFoundError
from db.domain.mail import WAITING_STATES, EmailTemplate, OutboxState, RecipientKind
from db.domain.orders import HistoryEvent
from db.domain.permissions import Permission
from db.domain.text import is_storable
from db.domain.time import local_day
from db.domain.vouchers import (
    MAX_GIFT_CENTS,
    MAX_NOTE,
    MAX_VALID_DAYS,
    NewVoucher,
    VoucherChangedError,
    VoucherFacts,
    VoucherNotFoundError,
    VoucherUnusableError,
    draw_code,
)
from db.models import Customer, Marketplace, Order, OutboxMessage, Voucher
from db.services.history import Entry, record
from db.services.order_facts import load_facts
from db.services.outbox import AccountLetter, Letter, queue
from db.services.upsert import insert_for
from db.services.versions import raise_versions

_DEFAULT_DAYS = 365
_FACTS = tuple(getattr(Voucher, name) for name in VoucherFacts.__slots__)


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


def voucher_days(session: Session) -> int:
    """Return for how many days a voucher can be used, unless somebody says otherwise."""
    days = session.scalar(sa.select(Marketplace.voucher_days))
    return _DEFAULT_DAYS if days is None else days


def give_voucher(session: Session, actor: Actor, wanted: NewVoucher, now: dt.datetime) -> GivenVoucher:
    """Give a customer a voucher, once for each key or settlement; its code leaves by e-mail.

    A settlement's caller has locked its order and raises the order's version; alone, this does both.

    Raises:
        NotAllowedError: The actor may not give money back.
        InvalidInputError: The amount, the last day or the reason cannot be; or it is for nobody.
        NotFoundError: There is no such order or customer.
    """
    actor.require(Permission.REFUND)
    wanted = _checked(session, wanted, now)
    holder = _holder(session, actor, wanted)
    known = _known(session, wanted)
    given = known or _insert(session, actor, wanted, holder, now)
    if not given.is_new:
        return given
    history_id = _record(session, actor, wanted, given, now)
    if not wanted.notifies or not holder.email:
        return given
    queue(session, actor, [letter_of(given, holder, wanted.note, event_of(given.id), history_id)], now)
    return replace(given, recipient=holder.email)


def cancel_voucher(
    session: Session, actor: Actor, voucher_id: int, version: int, reason: str, now: dt.datetime
) -> VoucherFacts:
    """Cancel what is left of a voucher; return what it was. An e-mail with its code that still waits is dropped.

    Raises:
        NotAllowedError: The actor may not give money back, nor take it.
        VoucherNotFoundError: There is no such voucher.
        VoucherChangedError: It is not at ``version`` any more.
        VoucherUnusableError: There is nothing to cancel: it is used up, expired or cancelled.
        InvalidInputError: The reason is missing or unreadable.
    """
    actor.require(Permission.REFUND)
    why = _note(reason)
    if not why:
        raise InvalidInputError("Dites pourquoi le bon d’achat est annulé\u00a0: la raison reste dans son historique.")
    order_id, voucher = locked_voucher(session, actor, voucher_id)
    if voucher.version != version:
        raise VoucherChangedError(voucher)
    if not voucher.state(local_day(now)).is_live:
        raise VoucherUnusableError(voucher, local_day(now))
    session.execute(
        sa.update(Voucher)
        .where(Voucher.id == voucher_id)
        .values(cancelled_at=now, cancel_reason=why, version=Voucher.version + 1)
        .execution_options(synchronize_session=False)
    )
    _drop_waiting_mail(session, order_id, voucher_id)
    if order_id is not None:
        after = {"voucher_id": voucher_id, "amount_cents": voucher.rest_cents}
        record(session, actor, Entry(order_id, HistoryEvent.VOUCHER_CANCELLED, after=after, note=why), now)
        raise_versions(session, [order_id], now)
    return voucher


def locked_voucher(session: Session, actor: Actor, voucher_id: int) -> tuple[int | None, VoucherFacts]:
    """Return a voucher's order and the voucher, both locked, the order first as everybody takes them.

    Raises:
        VoucherNotFoundError: There is no such voucher, or it belongs to an order out of the actor's reach.
    """
    row = session.execute(sa.select(Voucher.order_id).where(Voucher.id == voucher_id)).one_or_none()
    if row is None or actor.seller_id is not None:
        raise VoucherNotFoundError
    if row.order_id is not None:
        load_facts(session, actor, [row.order_id], locked=True)
    found = session.execute(sa.select(*_FACTS).where(Voucher.id == voucher_id).with_for_update()).one()
    return row.order_id, VoucherFacts(**found._asdict())


def letter_of(
    given: GivenVoucher, holder: Holder, note: str, event: str, history_id: int | None
) -> Letter | AccountLetter:
    """Return the e-mail that brings a voucher's code to its customer."""
    said: dict[str, Any] = {
        "voucher_id": given.id,
        "code": given.code,
        "amount_cents": given.amount_cents,
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


def _checked(session: Session, wanted: NewVoucher, now: dt.datetime) -> NewVoucher:
    if wanted.amount_cents <= 0:
        raise InvalidInputError("Saisissez le montant du bon d’achat, comme 15,00.")
    if wanted.settlement_id is None and wanted.amount_cents > MAX_GIFT_CENTS:
        most = formats.money(MAX_GIFT_CENTS)
        raise InvalidInputError(f"Un bon d’achat offert ne dépasse pas {most}. Saisissez au plus {most}.")
    today = local_day(now)
    expires_on = wanted.expires_on or today + dt.timedelta(days=voucher_days(session))
    latest = today + dt.timedelta(days=MAX_VALID_DAYS)
    if not today <= expires_on <= latest:
        raise InvalidInputError(
            f"Le dernier jour d’utilisation doit être entre le {formats.date(today)} et le {formats.date(latest)}."
        )
    key = wanted.key if wanted.settlement_id is None else f"settlement:{wanted.settlement_id}"
    if not key:
        raise ValueError("a voucher needs the key of its form, or its settlement")
    return replace(wanted, expires_on=expires_on, note=_note(wanted.note), key=key)


def _note(text: str) -> str:
    note = text.strip()
    if len(note) > MAX_NOTE or not is_storable(note):
        raise InvalidInputError(f"La raison est illisible ou dépasse {MAX_NOTE} caractères. Abrégez-la.")
    return note


def _holder(session: Session, actor: Actor, wanted: NewVoucher) -> Holder:
    """Return whom it is for; an order is locked."""
    if wanted.order_id is not None:
        order = load_facts(session, actor, [wanted.order_id], locked=True).get(wanted.order_id)
        if order is None:
            raise OrderNotFoundError(str(wanted.order_id))
        customer_id = session.scalar(sa.select(Order.customer_id).where(Order.id == order.id))
        return Holder(order.id, customer_id, order.customer_name, order.customer_email.strip(), order.currency)
    if wanted.customer_id is None:
        raise InvalidInputError("Dites pour quel client ou à la suite de quelle commande le bon d’achat est donné.")
    found = session.execute(
        sa.select(Customer.name, Customer.email).where(Customer.id == wanted.customer_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError("Ce client n’existe pas ou ne vous est pas accessible.")
    currency = session.scalar(sa.select(Marketplace.currency)) or "EUR"
    return Holder(None, wanted.customer_id, found.name, found.email.strip(), currency)


def _known(session: Session, wanted: NewVoucher) -> GivenVoucher | None:
    row = session.execute(
        sa.select(Voucher.id, Voucher.code, Voucher.amount_cents, Voucher.currency, Voucher.expires_on).where(
            Voucher.key == wanted.key
        )
    ).one_or_none()
    return GivenVoucher(**row._asdict(), is_new=False) if row else None


def _insert(session: Session, actor: Actor, wanted: NewVoucher, holder: Holder, now: dt.datetime) -> GivenVoucher:
    """Write the voucher; two who write the same at once get one."""
    columns = {
        "amount_cents": wanted.amount_cents,
        "currency": holder.currency,
        "expires_on": wanted.expires_on,
        "customer_id": holder.customer_id,
        "order_id": holder.order_id,
        "settlement_id": wanted.settlement_id,
        "note": wanted.note,
        "key": wanted.key,
        "person_id": actor.person_id,
        "person_name": actor.name,
        "created_at": now,
    }
    while True:
        code = draw_code()
        inserted = insert_for(session, Voucher).values(**columns, code=code).on_conflict_do_nothing()
        voucher_id = session.scalar(inserted.returning(Voucher.id))
        if voucher_id is not None:
            assert wanted.expires_on is not None  # noqa: S101  ``_checked`` has filled it in
            return GivenVoucher(voucher_id, code, wanted.amount_cents, holder.currency, wanted.expires_on)
        known = _known(session, wanted)
        if known:
            return known
        # The code was another voucher's, which hardly ever happens: draw again.


def _record(session: Session, actor: Actor, wanted: NewVoucher, given: GivenVoucher, now: dt.datetime) -> int | None:
    """Write it into the order's history; its code is not there: sellers read histories, too."""
    if wanted.order_id is None:
        return None
    after = {"voucher_id": given.id, "amount_cents": given.amount_cents, "expires_on": given.expires_on.isoformat()}
    entry = Entry(wanted.order_id, HistoryEvent.VOUCHER_GIVEN, after=after, note=wanted.note)
    if wanted.settlement_id is None:
        raise_versions(session, [wanted.order_id], now)
    return record(session, actor, entry, now)


def _drop_waiting_mail(session: Session, order_id: int | None, voucher_id: int) -> None:
    """Drop the e-mail with the code of a voucher that is worth nothing any more."""
    same_order = OutboxMessage.order_id == order_id if order_id is not None else OutboxMessage.order_id.is_(None)
    session.execute(
        sa.update(OutboxMessage)
        .where(same_order, OutboxMessage.event == event_of(voucher_id), OutboxMessage.state.in_(sorted(WAITING_STATES)))
        .values(state=OutboxState.CANCELLED)
        .execution_options(synchronize_session=False)
    )
