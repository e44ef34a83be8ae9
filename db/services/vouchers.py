"""Vouchers given to customers: by a settlement, or by staff alone."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotFoundError, OrderNotFoundError
from db.domain.orders import HistoryEvent
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.domain.vouchers import (
    MAX_GIFT_CENTS,
    MAX_VALID_DAYS,
    NewVoucher,
    checked_reason,
    draw_code,
)
from db.models import Customer, Marketplace, Order, Voucher
from db.queries.marketplace import marketplace
from db.services.history import Entry, record
from db.services.order_facts import load_facts
from db.services.outbox import queue
from db.services.upsert import insert_for
from db.services.versions import raise_versions
from db.services.voucher_mail import GivenVoucher, Holder, event_of, letter_of


def voucher_days(session: Session) -> int:
    """Return for how many days a voucher can be used, unless somebody says otherwise."""
    return marketplace(session).voucher_days


def give_voucher(session: Session, actor: Actor, wanted: NewVoucher, now: dt.datetime) -> GivenVoucher:
    """Give a customer a voucher, once for each key, settlement or refund; its code leaves by e-mail.

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


def _checked(session: Session, wanted: NewVoucher, now: dt.datetime) -> NewVoucher:
    if wanted.amount_cents <= 0:
        raise InvalidInputError("Saisissez le montant du bon d’achat, comme 15,00.")
    if wanted.is_gift and wanted.amount_cents > MAX_GIFT_CENTS:
        most = formats.money(MAX_GIFT_CENTS)
        raise InvalidInputError(f"Un bon d’achat offert ne dépasse pas {most}. Saisissez au plus {most}.")
    today = local_day(now)
    expires_on = wanted.expires_on or today + dt.timedelta(days=voucher_days(session))
    latest = today + dt.timedelta(days=MAX_VALID_DAYS)
    if not today <= expires_on <= latest:
        raise InvalidInputError(
            f"Le dernier jour d’utilisation doit être entre le {formats.date(today)} et le {formats.date(latest)}."
        )
    if not wanted.once_key:
        raise ValueError("a voucher needs the key of its form, or what it makes up for")
    return replace(wanted, expires_on=expires_on, note=checked_reason(wanted.note), key=wanted.once_key)


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
