"""A seller's account in one month: it begins where the last one ended, and adds up."""

import datetime as dt
import itertools

import pytest
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.credit import CreditRequest
from db.domain.ledger import LedgerKind
from db.domain.payout_statements import OfMonth
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import Seller
from db.queries.month_statement import month_entries, month_orders, month_sums
from db.queries.seller_account import SellerAccountNotFoundError
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.ledger_rows import NewEntry, write_entries
from tests.conftest import NOW
from tests.db.queries.test_documents import plan_of
from tests.db.services.documents.test_issue import tea_order
from tests.factories import ADMIN, create_order, create_payee

K = LedgerKind
OCTOBER, NOVEMBER, DECEMBER = (dt.date(2026, month, 1) for month in (10, 11, 12))
CAUSES = itertools.count()


def entry(session: Session, seller: Seller, kind: LedgerKind, cents: int, at: dt.datetime, **columns: object) -> None:
    known = {"currency": "EUR", "cause": f"month:{next(CAUSES)}", "actor_name": "Système", "due_on": None} | columns
    write_entries(session, [NewEntry(seller_id=seller.id, kind=kind, amount_cents=cents, at=at, **known)])


@pytest.fixture
def seller(session: Session) -> Seller:
    """October: 30,97 €. November: 77,68 € of an order, 5,00 € taken back by hand. December: a sale of 10,00 €."""
    payee = create_payee(session)
    first = create_order(session, payee, number="M-1", total_cents=31_90)
    second = create_order(session, payee, number="M-2", total_cents=100_00, placed_at=NOW)
    october = dt.datetime(2026, 10, 15, 9, tzinfo=dt.UTC)
    entry(session, payee, K.SALE, 31_90, october, order_id=first.id)
    entry(session, payee, K.FEE, -93, october, order_id=first.id)  # 2.9 % of 31.90 € is 0.9251 €.
    # Midnight is Paris's: half past eleven in the evening, UTC, is the next month there.
    november = dt.datetime(2026, 10, 31, 23, 30, tzinfo=dt.UTC)
    entry(session, payee, K.SALE, 100_00, november, order_id=second.id)
    entry(session, payee, K.FEE, -2_90, november, order_id=second.id)
    entry(session, payee, K.REFUND, -20_00, NOW, order_id=second.id)
    entry(session, payee, K.FEE_BACK, 58, NOW, order_id=second.id)  # 2.90 € less 2.9 % of the 80.00 € that are left.
    entry(session, payee, K.CORRECTION, -5_00, NOW, note="colis perdu")
    entry(session, payee, K.CARRIED, 7_00, NOW)
    entry(session, payee, K.CARRIED, -7_00, NOW)
    entry(session, payee, K.SALE, 10_00, dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC), order_id=second.id)
    entry(session, payee, K.SALE, 50_00, NOW, currency="CHF")
    entry(session, create_payee(session, "Autre"), K.SALE, 99_00, NOW)
    return payee


def test_a_month_begins_with_what_the_last_one_left_and_adds_up(session: Session, seller: Seller) -> None:
    sums = [month_sums(session, ADMIN, OfMonth(seller.id, month)) for month in (OCTOBER, NOVEMBER, DECEMBER)]
    # 30.97; 30.97 + 100.00 - 2.90 - 20.00 + 0.58 - 5.00; and ten euros more.
    assert [each.opening_cents for each in sums] == [0, 30_97, 103_65]
    assert [each.closing_cents for each in sums] == [30_97, 103_65, 113_65]
    assert sums[1].by_kind == {
        K.SALE: 100_00, K.FEE: -2_90, K.REFUND: -20_00, K.FEE_BACK: 58, K.CORRECTION: -5_00, K.CARRIED: 0
    }  # fmt: skip


def test_each_order_of_the_month_is_one_line(session: Session, seller: Seller) -> None:
    (line,) = month_orders(session, ADMIN, OfMonth(seller.id, NOVEMBER))
    assert (line.order_number, line.placed_on) == ("M-2", dt.date(2026, 11, 21))
    assert (line.sale_cents, line.refund_cents, line.fee_cents, line.other_cents) == (100_00, -20_00, -2_32, 0)
    assert line.net_cents == 77_68


def test_an_order_of_which_something_was_given_back_names_its_credit_notes(session: Session) -> None:
    order = tea_order(session)
    payee = session.get_one(Seller, order.seller_id)
    invoice = issue_invoice(session, SYSTEM, order.id, NOW)
    credit = issue_credit_note(session, SYSTEM, invoice.document_id, CreditRequest(whole=True), "Abîmé", NOW)
    entry(session, payee, K.SALE, 10_00, NOW, order_id=order.id)
    wanted = OfMonth(payee.id, NOVEMBER)
    assert month_orders(session, ADMIN, wanted)[0].credit_notes == ()
    entry(session, payee, K.REFUND, -10_00, NOW, order_id=order.id)
    (line,) = month_orders(session, ADMIN, wanted)
    assert [(note.id, line.net_cents) for note in line.credit_notes] == [(credit.document_id, 0)]


def test_what_is_of_no_order_stands_by_itself_and_a_debt_carried_over_moves_nothing(
    session: Session, seller: Seller
) -> None:
    (correction,) = month_entries(session, ADMIN, OfMonth(seller.id, NOVEMBER))
    assert (correction.kind, correction.amount_cents, correction.note) == (K.CORRECTION, -5_00, "colis perdu")
    assert correction.day == dt.date(2026, 11, 21)


def test_each_currency_has_statements_of_its_own(session: Session, seller: Seller) -> None:
    francs = month_sums(session, ADMIN, OfMonth(seller.id, NOVEMBER, "CHF"))
    assert (francs.opening_cents, francs.closing_cents) == (0, 50_00)


def test_a_month_in_which_nothing_was_booked_ends_as_it_began(session: Session, seller: Seller) -> None:
    quiet = month_sums(session, ADMIN, OfMonth(seller.id, dt.date(2027, 1, 1)))
    assert (quiet.opening_cents, quiet.closing_cents, quiet.is_empty) == (113_65, 113_65, True)


def test_a_seller_sees_no_other_one_s_month(session: Session, seller: Seller) -> None:
    stranger = Viewer(9, "Z", "z@example.org", Role.SELLER, create_payee(session, "Tiers").id)
    for look in (month_sums, month_orders, month_entries):
        with pytest.raises(SellerAccountNotFoundError):
            look(session, stranger, OfMonth(seller.id, NOVEMBER))


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_what_a_month_adds_up_from_is_told_from_an_index_alone(session: Session, seller: Seller) -> None:
    plan = plan_of(session, lambda: month_sums(session, ADMIN, OfMonth(seller.id, NOVEMBER)))
    walks = [line for line in plan.splitlines() if "ledger_entries" in line]
    assert len(walks) == 2
    assert all("USING COVERING INDEX ix_ledger_entries_seller" in line for line in walks), plan
