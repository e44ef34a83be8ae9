"""Closing a month: what is in the way, what is frozen, what the database refuses after, and what is found to differ."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.closing import (
    FiguresChangedError,
    MonthClosedError,
    NotClosableError,
    RefundOfClosedMonthError,
    UnexplainedError,
)
from db.domain.documents import DocumentKind
from db.domain.errors import NotAllowedError
from db.domain.orders import (
    HistoryEvent,
    OrderStatus,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    PaymentState,
)
from db.domain.payments import Receipt
from db.domain.permissions import Role
from db.domain.settlement import SettlementRequest
from db.domain.time import local_day
from db.models import AuditEntry, Document, DueDocument, LedgerEntry, Order, OrderLine, Payment
from db.queries.closings import closed_months, late_sales
from db.services.accounts import reconcile
from db.services.closing import close_month, plan_closing
from db.services.closing_check import closing_findings, verify_closings
from db.services.documents.issue import issue_invoice
from db.services.history import Entry, record
from db.services.payments import record_payment, recount_payments
from db.services.refunds import mark_done, mark_refused
from db.services.settlements import settle_order
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import ADMIN, create_issuer, create_order, create_person, create_seller, viewer_for

OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
#: In the month that is closed.
THEN = dt.datetime(2026, 10, 20, 9, 0, tzinfo=dt.UTC)
DECEMBER = dt.datetime(2026, 12, 5, 9, 0, tzinfo=dt.UTC)

_ANOTHER_ARTICLE = (
    "INSERT INTO order_lines (order_id, position, name, unit_price_cents, total_cents) "
    "SELECT id, 9, 'Thé', 100, 100 FROM orders"
)


@pytest.fixture
def finance(session: Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.FINANCE)))


@pytest.fixture
def order(session: Session) -> Order:
    """The tea order of 61,31 € of October: paid by card, invoiced and booked the same day."""
    return sold(session, THEN)


def sold(session: Session, at: dt.datetime, **columns: object) -> Order:
    made = tea_order(session, create_issuer(session), placed_at=at, **columns)
    card = {"method": PaymentMethod.CARD, "state": PaymentRecordState.CAPTURED}
    session.add(Payment(order_id=made.id, amount_cents=61_31, booked_at=at, created_at=at, **card))
    session.flush()
    recount_payments(session, [made.id], at)
    issue_invoice(session, SYSTEM, made.id, at)
    reconcile(session, SYSTEM, {made.id: record(session, SYSTEM, Entry(made.id, HistoryEvent.CREATED), at)}, at,
              selling=[made.id])  # fmt: skip
    session.expire_all()
    return made


def close(session: Session, actor: Actor, month: dt.date, now: dt.datetime = NOW, note: str = "") -> None:
    plan = plan_closing(session, actor, month, now)
    close_month(session, actor, month, plan.figures_hash, now, note=note)
    session.flush()
    session.expire_all()


def faults(session: Session) -> list[str]:
    session.expire_all()
    return [sentence for _, found in verify_closings(session) for sentence in found]


def damage(session: Session, statement: str) -> None:
    """Write past the triggers, as somebody with the database's own rights could."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        session.execute(sa.text(statement))
        session.execute(sa.text("SET LOCAL session_replication_role = origin"))
        return
    triggers = session.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for trigger in triggers:
        session.execute(sa.text(f"DROP TRIGGER {trigger.name}"))
    session.execute(sa.text(statement))
    for trigger in triggers:
        session.execute(sa.text(trigger.sql.replace(":", r"\:")))


def test_a_month_is_frozen_to_the_cent_by_seller_rate_and_means(session: Session, finance: Actor, order: Order) -> None:
    close(session, finance, OCTOBER)
    (closed,) = closed_months(session, ADMIN)
    of = {"currency": "EUR", "seller_id": order.seller_id}
    said = closed.figures
    assert said["sales"] == [of | {"orders": 1, "cents": 61_31, "lines": 2, "line_cents": 56_41}]
    # 25,00 / 1,055 = 23,696 → 23,70; 36,31 / 1,20 = 30,258 → 30,26.
    rate = {"kind": "invoice", "documents": 1}
    assert said["documents"] == [
        of | rate | {"rate_bp": 2000, "net_cents": 30_26, "vat_cents": 6_05, "gross_cents": 36_31},
        of | rate | {"rate_bp": 550, "net_cents": 23_70, "vat_cents": 1_30, "gross_cents": 25_00},
    ]
    assert said["money"] == [of | {"method": "card", "kind": "payment", "payments": 1, "cents": 61_31}]
    # 2,9 % of 61,31 € = 1,778.
    assert said["ledger"] == [
        of | {"kind": "fee", "entries": 1, "cents": -1_78},
        of | {"kind": "sale", "entries": 1, "cents": 61_31},
    ]
    assert (closed.person_name, closed.closed_at) == (finance.name, NOW)
    assert faults(session) == []
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "month_closed")).one()
    assert (entry.label, entry.details["after"]["content_hash"]) == ("octobre 2026", closed.content_hash)


def test_months_are_closed_one_after_the_other_once_they_are_over(session: Session, finance: Actor) -> None:
    assert plan_closing(session, finance, NOVEMBER, NOW).blockers == ("Il n’est pas terminé.",)
    close(session, finance, OCTOBER)
    assert plan_closing(session, finance, OCTOBER, NOW).blockers == ("Il est déjà clos.",)
    september = dt.date(2026, 9, 1)
    assert plan_closing(session, finance, september, NOW).blockers == ("Il est déjà clos.",)
    january = dt.datetime(2027, 1, 5, tzinfo=dt.UTC)
    assert plan_closing(session, finance, dt.date(2026, 12, 1), january).blockers == (
        "Clôturez d’abord novembre 2026.",
    )
    close(session, finance, NOVEMBER, DECEMBER)
    assert faults(session) == []


def test_what_is_still_to_be_done_is_in_the_way_and_said(session: Session, finance: Actor, order: Order) -> None:
    session.add(DueDocument(order_id=order.id, kind=DocumentKind.CREDIT_NOTE, due_at=THEN, created_at=THEN))
    create_order(session, placed_at=THEN, intake_at=None)
    create_order(session, placed_at=THEN, status=OrderStatus.ERROR)
    card = {"method": PaymentMethod.CARD, "state": PaymentRecordState.CAPTURED, "created_at": THEN}
    session.add(Payment(order_id=order.id, amount_cents=1, **card))
    session.flush()
    plan = plan_closing(session, finance, OCTOBER, NOW)
    assert plan.blockers == (
        "1\u00a0commande attend sa prise en charge.",
        "1\u00a0commande est en erreur (Commandes, statut Erreur).",
        "1\u00a0paiement est à enregistrer.",
        "1\u00a0facture ou avoir reste à établir (Factures › À établir).",
    )
    with pytest.raises(NotClosableError, match="prise en charge"):
        close_month(session, finance, OCTOBER, plan.figures_hash, NOW)
    assert closed_months(session, ADMIN) == []


def test_nothing_is_closed_that_was_not_shown(session: Session, finance: Actor, order: Order) -> None:
    plan = plan_closing(session, finance, OCTOBER, NOW)
    sold(session, THEN)
    with pytest.raises(FiguresChangedError, match="d’octobre 2026"):
        close_month(session, finance, OCTOBER, plan.figures_hash, NOW)


def test_an_unexplained_difference_is_accepted_with_a_reason_or_not_at_all(
    session: Session, finance: Actor, order: Order
) -> None:
    session.execute(sa.text("UPDATE payments SET amount_cents = 6000"))
    with pytest.raises(UnexplainedError, match="écart inexpliqué"):
        close(session, finance, OCTOBER)
    close(session, finance, OCTOBER, note="Vu avec la banque : 1,31 € de frais.")
    (closed,) = closed_months(session, ADMIN)
    assert closed.note == "Vu avec la banque : 1,31 € de frais."


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER])
def test_finance_and_administrators_close_months(session: Session, role: Role) -> None:
    actor = Actor.person(viewer_for(create_person(session, role)))
    with pytest.raises(NotAllowedError):
        plan_closing(session, actor, OCTOBER, NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orders SET total_cents = total_cents + 1",
        "UPDATE orders SET currency = 'CHF'",
        "UPDATE orders SET seller_id = (SELECT max(id) FROM sellers)",
        "UPDATE orders SET placed_on = '2026-11-02'",
        "UPDATE orders SET intake_at = NULL",
        "DELETE FROM orders",
        "UPDATE order_lines SET total_cents = total_cents + 1",
        "UPDATE order_lines SET vat_rate_bp = 1000",
        "DELETE FROM order_lines",
        _ANOTHER_ARTICLE,
        "UPDATE payments SET amount_cents = 1",
        "UPDATE payments SET state = 'failed'",
        "UPDATE payments SET booked_at = NULL",
        "DELETE FROM payments",
    ],
)
def test_a_closed_month_refuses_other_amounts_in_a_sentence(
    session: Session, finance: Actor, order: Order, statement: str
) -> None:
    create_seller(session, "Autre")
    close(session, finance, OCTOBER)
    with pytest.raises(MonthClosedError, match="mois clos"), session.begin_nested():
        session.execute(sa.text(statement))
    assert faults(session) == []


def test_an_order_of_an_open_month_is_not_moved_into_a_closed_one(session: Session, finance: Actor) -> None:
    close(session, finance, OCTOBER)
    create_order(session, placed_at=NOW, intake_at=THEN)
    with pytest.raises(MonthClosedError), session.begin_nested():
        session.execute(sa.text("UPDATE orders SET placed_on = '2026-10-31'"))


def test_what_changes_no_amount_goes_on_and_refunds_of_today_do(session: Session, finance: Actor, order: Order) -> None:
    session.execute(sa.update(Order).values(status=OrderStatus.RECEIVED))
    close(session, finance, OCTOBER)
    session.execute(sa.update(Order).values(customer_name="Autre nom", carrier="Colissimo"))
    version = session.get_one(Order, order.id).version
    given_back = SettlementRequest(shipping_cents=4_90, reason="Retard")
    settle_order(session, finance, order.id, version, given_back, "k", NOW)
    refund = session.scalars(sa.select(Payment.id).where(Payment.kind == PaymentKind.REFUND)).all()
    mark_done(session, finance, refund, "", local_day(NOW), NOW, notifies=False)
    # All of it is of November, whatever day the order is of: October comes out as it was frozen.
    assert faults(session) == []
    dated = [
        *session.scalars(sa.select(Document.issued_on).where(Document.kind == DocumentKind.CREDIT_NOTE)),
        *(local_day(at) for at in session.scalars(sa.select(LedgerEntry.at).order_by(LedgerEntry.id.desc()).limit(2))),
        *(local_day(at) for at in session.scalars(sa.select(Payment.booked_at).where(Payment.id.in_(refund)))),
    ]
    assert set(dated) == {local_day(NOW)}
    assert len(dated) == 4


def test_a_refund_of_a_closed_month_that_comes_back_is_received_today_and_refunded_again(
    session: Session, finance: Actor, order: Order
) -> None:
    session.execute(sa.update(Order).values(status=OrderStatus.RECEIVED))
    version = session.get_one(Order, order.id).version
    settle_order(
        session, finance, order.id, version, SettlementRequest(shipping_cents=4_90, reason="Retard"), "k", THEN
    )
    refund = session.scalars(sa.select(Payment.id).where(Payment.kind == PaymentKind.REFUND)).all()
    mark_done(session, finance, refund, "", local_day(THEN), THEN, notifies=False)
    close(session, finance, OCTOBER)
    moved = mark_refused(session, finance, refund, "Compte clôturé", NOW)
    (refused,) = moved.refused
    assert isinstance(refused.error, RefundOfClosedMonthError)
    receipt = Receipt(local_day(NOW), 4_90, PaymentMethod.TRANSFER, "Virement revenu")
    record_payment(session, finance, order.id, session.get_one(Order, order.id).version, receipt, NOW)
    session.expire_all()
    # 61,31 + 4,90 received, 4,90 given back, of a sale of 56,41: 4,90 are owed back.
    booked = session.get_one(Order, order.id)
    assert (booked.paid_cents, booked.refunded_cents) == (66_21, 4_90)
    assert faults(session) == []


def test_money_that_somebody_dates_back_into_a_closed_month_is_booked_today(
    session: Session, finance: Actor, order: Order
) -> None:
    unpaid = create_order(session, status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    close(session, finance, OCTOBER)
    receipt = Receipt(THEN.date(), 31_90, PaymentMethod.CHEQUE, "CH 12")
    record_payment(session, finance, unpaid.id, unpaid.version, receipt, NOW)
    payment = session.scalars(sa.select(Payment).where(Payment.order_id == unpaid.id)).one()
    assert (local_day(payment.received_at), payment.booked_at) == (THEN.date(), NOW)
    assert faults(session) == []


def test_a_sale_that_comes_late_is_taken_and_shown_and_changes_nothing_frozen(
    session: Session, finance: Actor, order: Order
) -> None:
    close(session, finance, OCTOBER)
    late = create_order(session, placed_at=THEN, intake_at=None, total_cents=12_00)
    assert [each.number for each in late_sales(session, ADMIN, closed_months(session, ADMIN)[0])] == [late.number]
    session.execute(sa.update(Order).where(Order.id == late.id).values(intake_at=NOW + dt.timedelta(minutes=1)))
    # It can still be mended: it is none of what was frozen.
    session.execute(sa.update(OrderLine).where(OrderLine.order_id == late.id).values(total_cents=11_00))
    session.execute(sa.update(Order).where(Order.id == late.id).values(total_cents=11_00))
    (told,) = late_sales(session, ADMIN, closed_months(session, ADMIN)[0])
    assert (told.number, told.total_cents, told.placed_on) == (late.number, 11_00, THEN.date())
    assert faults(session) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE orders SET total_cents = 6000",
            "Ventes, Maison du thé\u00a0: montant 61,31\u00a0€ à la clôture, 60,00",
        ),
        ("DELETE FROM order_lines WHERE position = 1", "Ventes, Maison du thé\u00a0: articles 2 à la clôture, 1 auj"),
        ("DELETE FROM payments", "Règlements, Maison du thé, carte bancaire, encaissements\u00a0: règlements 1 à la"),
        (
            "UPDATE document_vat SET vat_cents = 605 - 5, net_cents = 3026 + 5 WHERE rate_bp = 2000",
            "20\u00a0%, factures\u00a0: TVA 6,05",
        ),
        ("DELETE FROM ledger_entries WHERE kind = 'fee'", "Comptes vendeurs, Maison du thé, commissions"),
        ("UPDATE month_closings SET figures = '{}' WHERE month = '2026-10-01'", "ont été modifiés"),
        ("UPDATE month_closings SET content_hash = 'x' WHERE month = '2026-10-01'", "la chaîne est rompue"),
        ("UPDATE month_closings SET note = 'Vu'", "sa justification ont été modifiés"),
        ("DELETE FROM month_closings WHERE month = '2026-10-01'", "la chaîne est rompue"),
    ],
)
def test_what_somebody_changes_past_the_triggers_is_found_and_named(
    session: Session, finance: Actor, order: Order, statement: str, named: str
) -> None:
    close(session, finance, OCTOBER)
    close(session, finance, NOVEMBER, DECEMBER)
    if "ledger_entries" in statement:
        damage(session, "DELETE FROM payout_entries")
    damage(session, statement)
    assert any(named in sentence for sentence in faults(session)), faults(session)


def test_the_night_tells_of_it_among_the_balances(session: Session, finance: Actor, order: Order) -> None:
    close(session, finance, OCTOBER)
    damage(session, "UPDATE payments SET amount_cents = 6000")
    (found,) = closing_findings(session)
    assert found["subject"] == "closings"
    assert found["sentence"].startswith("Clôture d’octobre 2026\u00a0: Règlements")


def test_a_closed_month_is_never_changed_or_deleted(session: Session, finance: Actor) -> None:
    close(session, finance, OCTOBER)
    for statement in ("UPDATE month_closings SET note = ''", "DELETE FROM month_closings"):
        with pytest.raises(sa.exc.IntegrityError, match="never changed or deleted"), session.begin_nested():
            session.execute(sa.text(statement))
