"""« Contrôle »: the three equalities, worked out by hand; what explains a difference, and what is named instead."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.control import Equality, Why
from db.domain.documents import DocumentKind
from db.domain.errors import NotAllowedError
from db.domain.moves import CancelReason, Move
from db.domain.orders import OrderStatus, PaymentMethod, PaymentState
from db.domain.permissions import Role
from db.domain.settlement import SettlementRequest
from db.domain.time import local_day
from db.models import DueDocument, Order, Payment
from db.queries.control import ControlBy, ControlFilter, ControlRow, control_rows, unexplained_count
from db.queries.control_orders import differing_orders
from db.services.accounts import reconcile
from db.services.documents.issue import issue_invoice
from db.services.figures import has_stale_days, refresh_figures
from db.services.moves import move_order
from db.services.payments import recount_payments
from db.services.settlements import settle_order
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.db.services.test_settlements import a_history_row, pay
from tests.factories import ADMIN, create_issuer, create_order, create_person, create_seller, viewer_for

TODAY = local_day(NOW)
TODAY_ALONE = ControlFilter(TODAY, TODAY)
D, M, S = Equality.DOCUMENTS, Equality.MONEY, Equality.SELLERS


def sold(session: Session, **columns: object) -> Order:
    """The tea order of 61,31 €, paid by card, invoiced, booked with a fee of 1,78 €."""
    order = tea_order(session, create_issuer(session), **columns)
    pay(session, order, PaymentMethod.CARD, 61_31)
    session.execute(sa.update(Payment).values(booked_at=NOW))
    recount_payments(session, [order.id], NOW)
    issue_invoice(session, SYSTEM, order.id, NOW)
    reconcile(session, SYSTEM, {order.id: a_history_row(session, order)}, NOW, selling=[order.id])
    session.expire_all()
    return order


def all_of(session: Session) -> ControlRow:
    (row,) = control_rows(session, ADMIN, TODAY_ALONE, ControlBy.DAY)
    return row


def whys(session: Session) -> dict[Equality, Why]:
    """Why the one order differs."""
    found = differing_orders(session, ADMIN, TODAY_ALONE).orders
    return dict(found[0].why) if found else {}


def count_all(session: Session) -> None:
    while refresh_figures(session):
        pass


def test_a_sale_that_was_paid_invoiced_and_booked_agrees_to_the_cent(session: Session) -> None:
    sold(session)
    said = all_of(session).control
    assert (said.orders, said.sold_cents) == (1, 61_31)
    assert (said.invoiced_cents, said.credited_cents) == (61_31, 0)
    assert (said.paid_cents, said.refunded_cents) == (61_31, 0)
    # 2,9 % of 61,31 = 1,778 → 1,78, of which 1,78 / 1,2 = 1,483 → 1,48 without VAT; 61,31 − 1,78 = 59,53.
    assert (said.seller_cents, said.fee_net_cents, said.fee_vat_cents) == (59_53, 1_48, 30)
    assert [said.difference(equality) for equality in Equality] == [0, 0, 0]
    assert (said.differing_orders, said.unexplained_orders) == (0, 0)


def test_what_was_given_back_is_no_sale_any_more_and_its_refund_is_told_while_it_is_under_way(session: Session) -> None:
    order = sold(session, status=OrderStatus.RECEIVED)
    version = session.get_one(Order, order.id).version
    settle_order(session, SYSTEM, order.id, version, SettlementRequest(shipping_cents=4_90, reason="Retard"), "k", NOW)
    said = all_of(session).control
    # 61,31 − 4,90 = 56,41; its fee is 1,6359 → 1,64, and 1,64 / 1,2 = 1,366 → 1,37.
    assert (said.sold_cents, said.invoiced_cents, said.credited_cents) == (56_41, 61_31, 4_90)
    assert (said.paid_cents, said.refunded_cents) == (61_31, 0)
    assert (said.seller_cents, said.fee_net_cents, said.fee_vat_cents) == (54_77, 1_37, 27)
    assert [said.difference(equality) for equality in Equality] == [0, 4_90, 0]
    assert whys(session) == {M: Why.REFUND_UNDER_WAY}

    session.execute(sa.text("UPDATE payments SET state = 'captured', booked_at = created_at WHERE kind = 'refund'"))
    recount_payments(session, [order.id], NOW)
    said = all_of(session).control
    assert (said.refunded_cents, said.difference(M), said.differing_orders) == (4_90, 0, 0)


def test_a_sale_that_nobody_paid_yet_says_so_three_times(session: Session) -> None:
    create_order(session, status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    assert whys(session) == dict.fromkeys(Equality, Why.NOT_PAID)
    assert all_of(session).control.unexplained_orders == 0


def test_an_invoice_that_the_undo_window_holds_is_still_to_be_issued(session: Session) -> None:
    order = tea_order(session, create_issuer(session))
    pay(session, order, PaymentMethod.CARD, 61_31)
    session.execute(sa.update(Payment).values(booked_at=NOW))
    recount_payments(session, [order.id], NOW)
    reconcile(session, SYSTEM, {order.id: a_history_row(session, order)}, NOW, selling=[order.id])
    session.add(DueDocument(order_id=order.id, kind=DocumentKind.INVOICE, due_at=NOW))
    session.flush()
    assert whys(session) == {D: Why.TO_INVOICE}
    session.execute(sa.text("DELETE FROM due_documents"))
    assert whys(session) == {D: Why.INVOICE_MISSING}


def test_a_sale_of_before_the_ledger_was_settled_elsewhere(session: Session) -> None:
    before = create_order(session, placed_at=NOW - dt.timedelta(days=90), intake_at=NOW, invoice_number="ANCIEN-1")
    sold(session)
    wanted = ControlFilter(before.placed_on, before.placed_on)
    (order,) = differing_orders(session, ADMIN, wanted).orders
    assert order.why == {D: Why.INVOICED_ELSEWHERE, M: Why.PAID_ELSEWHERE, S: Why.BEFORE_THE_LEDGER}
    assert order.is_explained


def test_a_payment_that_the_worker_is_about_to_take_in_is_no_fault(session: Session) -> None:
    order = create_order(session, status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    pay(session, order, PaymentMethod.CARD, 31_90)
    assert whys(session)[M] is Why.PAYMENT_TO_BOOK


def test_too_much_money_is_to_be_given_back(session: Session) -> None:
    order = sold(session)
    pay(session, order, PaymentMethod.CHEQUE, 10_00)
    session.execute(sa.update(Payment).values(booked_at=NOW))
    recount_payments(session, [order.id], NOW)
    assert whys(session) == {M: Why.OVERPAID}
    assert all_of(session).control.difference(M) == 10_00


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("DELETE FROM payments", {M: Why.PAYMENTS_DIFFER}),
        ("UPDATE payments SET amount_cents = 6031", {M: Why.PAYMENTS_DIFFER}),
        ("UPDATE payments SET state = 'failed'", {M: Why.PAYMENTS_DIFFER}),
        # The order's own sums with the rows: its total is no longer there.
        (
            "UPDATE orders SET total_cents = total_cents + 500, items_cents = items_cents + 500",
            {D: Why.PARTS_DIFFER, M: Why.MONEY_MISSING, S: Why.LEDGER_DIFFERS},
        ),
        ("UPDATE orders SET total_cents = 6000, items_cents = 5510", {D: Why.PARTS_DIFFER, M: Why.MONEY_TOO_MUCH}),
        ("UPDATE order_lines SET total_cents = total_cents + 100", {D: Why.PARTS_DIFFER}),
        ("UPDATE order_lines SET settled_cents = 1000 WHERE position = 1", {D: Why.DOCUMENTS_DIFFER}),
    ],
)
def test_each_kind_of_damage_is_found_and_named(session: Session, damage: str, named: dict[Equality, Why]) -> None:
    sold(session)
    count_all(session)
    assert not whys(session)
    session.execute(sa.text(damage))
    # The triggers noted the day: whoever looks sees it at once, and the counter follows.
    assert whys(session).items() >= named.items()
    assert all_of(session).control.unexplained_orders == 1
    count_all(session)
    assert unexplained_count(session, ADMIN) == 1


def test_kept_and_counted_live_are_the_same_by_day_month_and_seller(session: Session) -> None:
    sold(session)
    create_order(session, create_seller(session, "Autre"), payment_state=PaymentState.UNPAID)
    live = {by: control_rows(session, ADMIN, TODAY_ALONE, by) for by in ControlBy}
    count_all(session)
    assert not has_stale_days(session)
    assert {by: control_rows(session, ADMIN, TODAY_ALONE, by) for by in ControlBy} == live
    assert [row.seller_name for row in live[ControlBy.SELLER]] == ["Autre", "Maison du thé"]
    (month,) = live[ControlBy.MONTH]
    assert (month.on, month.control.orders) == (TODAY.replace(day=1), 2)


def test_one_currency_is_never_added_to_another(session: Session) -> None:
    create_order(session, currency="CHF")
    create_order(session)
    assert all_of(session).control.orders == 1


def test_only_who_sees_all_sellers_reads_it(session: Session) -> None:
    viewer = viewer_for(create_person(session, Role.SUPPORT))
    with pytest.raises(NotAllowedError):
        control_rows(session, viewer, TODAY_ALONE, ControlBy.DAY)
    with pytest.raises(NotAllowedError):
        differing_orders(session, viewer, TODAY_ALONE)
    with pytest.raises(NotAllowedError):
        unexplained_count(session, viewer)


def test_a_cancelled_order_asks_for_nothing_and_its_refund_is_under_way(session: Session) -> None:
    order = sold(session)
    move = Move(OrderStatus.CANCELLED, cancel_reason=CancelReason.CUSTOMER_REQUEST)
    move_order(session, SYSTEM, order.id, move, NOW)
    session.expire_all()
    said = all_of(session).control
    assert (said.sold_cents, said.seller_cents + said.fee_net_cents + said.fee_vat_cents) == (0, 0)
    assert whys(session) == {D: Why.TO_CREDIT, M: Why.REFUND_UNDER_WAY}
