"""Nothing is dated into a closed month, whoever writes: no money, sale, document, entry of an account or voucher."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.closing import MonthClosedError
from db.domain.permissions import Role
from db.domain.vouchers import NewVoucher
from db.models import FeeDocument, Order, Voucher
from db.models.base import Base
from db.queries.closings import closed_months
from db.services.voucher_cancelling import cancel_voucher
from db.services.voucher_uses import use_voucher
from db.services.vouchers import give_voucher
from tests.conftest import NOW
from tests.db.services.test_closing import DECEMBER, NOVEMBER, OCTOBER, THEN, close, damage, faults, sold
from tests.factories import ADMIN, create_customer, create_order, create_payee, create_person, viewer_for
from tests.fees import create_house, invoice_all, paid, sell
from tests.payouts import pays

_DAY = "'2026-10-31'"
_AT = "'2026-10-31 12:00:00.000000'"


@pytest.fixture
def finance(session: Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.FINANCE)))


def given(session: Session, actor: Actor, at: dt.datetime, cents: int = 20_00) -> Voucher:
    wanted = NewVoucher(cents, f"key-{at}", customer_id=create_customer(session).id, note="Geste")
    return session.get_one(Voucher, give_voucher(session, actor, wanted, at).id)


def copied(table: str, **values: str) -> str:
    """Return the statement that writes a row of a table once more, with these values."""
    columns = [each.name for each in Base.metadata.tables[table].columns if each.name != "id" and each.computed is None]
    told = ", ".join(values.get(name, name) for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {told} FROM {table} LIMIT 1"


def refused(session: Session, statement: str) -> None:
    with pytest.raises(MonthClosedError), session.begin_nested():
        session.execute(sa.text(statement.replace(":", r"\:")))


@pytest.mark.parametrize(
    "statement",
    [
        copied("payments", booked_at=_AT, external_ref="NULL"),
        f"UPDATE payments SET booked_at = {_AT}",
        copied("orders", number="'X'", external_ref="NULL", placed_at=_AT, placed_on=_DAY, intake_at=_AT),
        # The day of a sale is filled in by a trigger.
        copied("orders", number="'X'", external_ref="NULL", placed_at=_AT, placed_on="NULL", intake_at=_AT),
        f"UPDATE orders SET placed_at = {_AT}, placed_on = {_DAY}, intake_at = {_AT}",
        copied("ledger_entries", cause="'by hand'", at=_AT),
        copied("documents", number="'X'", sequence="900", issued_on=_DAY),
        copied("document_vat", rate_bp="1", issued_on=_DAY),
    ],
)
def test_nothing_of_an_open_month_is_dated_into_a_closed_one(session: Session, finance: Actor, statement: str) -> None:
    sold(session, NOW)
    close(session, finance, OCTOBER)
    refused(session, statement)
    assert faults(session) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE payments SET method = 'cash'", "UPDATE payments SET kind = 'refund', method = 'voucher'"]
)
def test_money_of_a_closed_month_stays_of_its_means(session: Session, finance: Actor, statement: str) -> None:
    sold(session, THEN)
    close(session, finance, OCTOBER)
    refused(session, statement)


def test_no_fee_invoice_is_dated_into_a_closed_month(session: Session, finance: Actor) -> None:
    create_house(session)
    pays(session)
    seller = create_payee(session)
    sell(session, seller)
    paid(session, seller)
    invoice_all(session)
    issued_on = session.scalars(sa.select(FeeDocument.issued_on)).one()
    assert issued_on >= NOVEMBER
    close(session, finance, OCTOBER)
    session.execute(sa.text(copied("files", document_id="NULL")))
    file_id = "(SELECT max(id) FROM files)"
    refused(
        session,
        copied("fee_documents", number="'X'", sequence="900", cause="'x'", issued_on=_DAY, file_id=file_id),
    )


def test_a_late_sale_is_not_said_to_have_been_taken_in_before_the_closing(session: Session, finance: Actor) -> None:
    close(session, finance, OCTOBER)
    create_order(session, placed_at=THEN, intake_at=None)
    refused(session, f"UPDATE orders SET intake_at = {_AT}")
    session.execute(sa.update(Order).values(intake_at=NOW + dt.timedelta(minutes=1)))
    assert faults(session) == []


@pytest.fixture
def vouchers(session: Session, finance: Actor) -> list[Voucher]:
    """Of October: one of 20,00 €, and one of 5,00 € of which 2,00 € were spent before the rest was cancelled."""
    kept = given(session, finance, THEN)
    cancelled = given(session, finance, THEN + dt.timedelta(days=1), 5_00)
    use_voucher(session, cancelled.code, 2_00, "use", "", THEN + dt.timedelta(days=2))
    session.expire_all()
    cancel_voucher(session, finance, cancelled.id, cancelled.version, "Erreur", THEN + dt.timedelta(days=3))
    session.flush()
    return [kept, cancelled]


def test_vouchers_given_and_cancelled_are_frozen_by_currency(
    session: Session, finance: Actor, vouchers: list[Voucher]
) -> None:
    close(session, finance, OCTOBER)
    (closed,) = closed_months(session, ADMIN)
    assert closed.figures["vouchers"] == [
        {"currency": "EUR", "kind": "cancelled", "vouchers": 1, "cents": 3_00},
        {"currency": "EUR", "kind": "given", "vouchers": 2, "cents": 25_00},
    ]
    assert faults(session) == []
    damage(session, "UPDATE vouchers SET amount_cents = 2500 WHERE amount_cents = 2000")
    (fault,) = faults(session)
    assert fault == ("Bons d’achat, donnés\u00a0: montant 25,00\u00a0€ à la clôture, 30,00\u00a0€ aujourd’hui.")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE vouchers SET amount_cents = amount_cents + 1",
        "UPDATE vouchers SET currency = 'CHF'",
        "UPDATE vouchers SET created_at = '2026-11-02 12:00:00.000000'",
        "UPDATE vouchers SET cancelled_at = NULL",
        f"UPDATE vouchers SET cancelled_at = {_AT} WHERE cancelled_at IS NULL",
        "UPDATE vouchers SET used_cents = 0 WHERE cancelled_at IS NOT NULL",
        "DELETE FROM vouchers WHERE cancelled_at IS NULL",
        copied("vouchers", code="'X'", key="'x'"),
    ],
)
def test_vouchers_of_a_closed_month_stay(
    session: Session, finance: Actor, vouchers: list[Voucher], statement: str
) -> None:
    close(session, finance, OCTOBER)
    refused(session, statement)


def test_a_voucher_of_a_closed_month_is_spent_and_what_is_left_is_cancelled_today(
    session: Session, finance: Actor, vouchers: list[Voucher]
) -> None:
    close(session, finance, OCTOBER)
    kept = vouchers[0]
    use_voucher(session, kept.code, 7_00, "use", "", NOW)
    session.expire_all()
    cancel_voucher(session, finance, kept.id, kept.version, "Erreur", NOW)
    session.expire_all()
    assert (kept.used_cents, kept.cancelled_at) == (7_00, NOW)
    assert faults(session) == []
    close(session, finance, NOVEMBER, DECEMBER)
    assert closed_months(session, ADMIN)[0].figures["vouchers"] == [
        {"currency": "EUR", "kind": "cancelled", "vouchers": 1, "cents": 13_00}
    ]
