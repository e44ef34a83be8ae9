"""Journals, VAT and e-reporting against sums made by hand, and in pandas from what the documents themselves state."""

import datetime as dt

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.accounting import Account
from db.domain.accounting_reports import AccountingFilter, filter_from_json
from db.domain.actor import SYSTEM
from db.domain.credit import CreditRequest
from db.domain.documents import DocumentKind
from db.domain.errors import NotAllowedError
from db.domain.orders import PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.permissions import Role
from db.domain.snapshot import Nature
from db.models import Document, FeeDocument, Payment, Seller
from db.queries.accounting.e_reporting import days_of_payments, days_of_sales
from db.queries.accounting.entries import entries_of
from db.queries.accounting.money_journal import money_count, money_rows, money_totals
from db.queries.accounting.periods import Days
from db.queries.accounting.sales_journal import sales_count, sales_rows, sales_totals
from db.queries.accounting.vat import vat_by_month
from db.services.documents.issue import issue_credit_note, issue_invoice
from tests.db.services.documents.test_issue import tea_order
from tests.factories import (
    ADMIN,
    create_customer,
    create_issuer,
    create_line,
    create_order,
    create_payee,
    create_person,
    viewer_for,
)
from tests.fees import create_house, invoice_all, paid, sell
from tests.payouts import pays

OCTOBER, NOVEMBER = (dt.datetime(2026, month, 5, 10, tzinfo=dt.UTC) for month in (10, 11))
YEAR = AccountingFilter(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture
def shop(session: Session) -> tuple[Seller, Seller]:
    """Each invoice: 25.00 at 5.5 % (23.70 + 1.30) and 36.31 at 20 % (30.26 + 6.05); the note 12.50 (11.85 + 0.65)."""
    tea, books = create_issuer(session, "Thé", code="THE"), create_issuer(session, "Livres", code="LIVRES")
    town_hall = create_customer(session, "Mairie", siren="213500200")
    issue_invoice(session, SYSTEM, tea_order(session, tea, number="T-1").id, OCTOBER)
    partly = issue_invoice(session, SYSTEM, tea_order(session, tea, number="T-2").id, NOVEMBER).document_id
    issue_credit_note(session, SYSTEM, partly, CreditRequest(units={1: 1}), "Un thé", NOVEMBER)
    issue_invoice(session, SYSTEM, tea_order(session, books, number="L-1", customer=town_hall).id, NOVEMBER)
    return tea, books


def stated(session: Session) -> pd.DataFrame:
    """What the documents themselves state, rate by rate, one row each; read from their snapshots alone."""
    rows = session.execute(sa.select(Document.snapshot)).scalars()
    return pd.DataFrame(
        [
            {
                "month": said["issued_on"][:7],
                "issuer": said["issuer"]["name"],
                "kind": said["kind"],
                "is_consumer": not (said["buyer"]["siren"] or said["buyer"]["vat_number"]),
                "rate": line["rate_bp"],
                "net": line["net_cents"],
                "vat": line["vat_cents"],
                "gross": line["gross_cents"],
            }
            for said in rows
            for line in said["vat"]
        ]
    )


@pytest.mark.usefixtures("shop")
def test_the_sales_journal_is_what_the_documents_state(session: Session) -> None:
    totals = sales_totals(session, ADMIN, YEAR)
    expected = stated(session).groupby(["issuer", "rate", "kind"])[["net", "vat", "gross"]].sum()
    found = {(each.seller_name, each.rate_bp, each.kind.value): each for each in totals}
    assert set(found) == set(expected.index)
    for key, row in expected.iterrows():
        assert (found[key].net_cents, found[key].vat_cents, found[key].gross_cents) == tuple(row)
    # By hand: two invoices of the tea house at 5.5 %, less the note.
    assert found["Thé", 550, "invoice"].net_cents + found["Thé", 550, "credit_note"].net_cents == 2 * 23_70 - 11_85
    assert sales_count(session, ADMIN, YEAR, 100) == 4
    rows = sales_rows(session, ADMIN, YEAR, None, 100)
    assert [(row.order_number, row.rate_bp, row.gross_cents) for row in rows] == [
        ("T-1", 550, 25_00),
        ("T-1", 2000, 36_31),
        ("T-2", 550, 25_00),
        ("T-2", 2000, 36_31),
        ("T-2", 550, -12_50),
        ("L-1", 550, 25_00),
        ("L-1", 2000, 36_31),
    ]
    later = sales_rows(session, ADMIN, YEAR, (rows[0].issued_on, rows[0].document_id), 2)
    assert [row.number for row in later] == [row.number for row in rows[2:5]]


def test_a_journal_can_be_of_one_seller_rate_and_period(session: Session, shop: tuple[Seller, Seller]) -> None:
    tea, _ = shop
    only = AccountingFilter(dt.date(2026, 11, 1), dt.date(2026, 11, 30), "EUR", tea.id, 550)
    assert [(each.rate_bp, each.kind, each.gross_cents) for each in sales_totals(session, ADMIN, only)] == [
        (550, DocumentKind.INVOICE, 25_00),
        (550, DocumentKind.CREDIT_NOTE, -12_50),
    ]
    assert [row.gross_cents for row in sales_rows(session, ADMIN, only, None, 10)] == [25_00, -12_50]
    assert filter_from_json(only.to_json()) == only


@pytest.mark.usefixtures("shop")
def test_vat_is_told_month_by_month_with_its_credit_notes(session: Session) -> None:
    found = {(each.month.month, each.issuer_name, each.rate_bp): each for each in vat_by_month(session, ADMIN, YEAR)}
    november = found[11, "Thé", 550]
    assert (november.invoiced_vat_cents, november.credited_vat_cents, november.vat_cents) == (1_30, -65, 65)
    assert (november.net_cents, found[10, "Thé", 2000].vat_cents) == (23_70 - 11_85, 6_05)
    expected = stated(session).groupby(["month", "issuer", "rate"])[["net", "vat"]].sum()
    assert {(f"2026-{month:02d}", name, rate) for month, name, rate in found} == set(expected.index)
    for (month, name, rate), row in expected.iterrows():
        one = found[int(month[5:]), name, rate]
        assert (one.net_cents, one.vat_cents) == tuple(row)


def test_the_house_declares_the_vat_of_its_fees_alone(session: Session) -> None:
    create_house(session)
    pays(session)
    seller = create_payee(session)
    sell(session, seller)
    paid(session, seller)
    invoice_all(session)
    (net, vat, issued_on) = session.execute(
        sa.select(FeeDocument.net_cents, FeeDocument.vat_cents, FeeDocument.issued_on)
    ).one()
    wanted = AccountingFilter(issued_on, issued_on)
    (row,) = vat_by_month(session, ADMIN, wanted)
    assert (row.seller_id, row.rate_bp, row.net_cents, row.vat_cents) == (None, 2000, net, vat)


@pytest.mark.usefixtures("shop")
def test_e_reporting_leaves_out_who_gets_an_electronic_invoice(session: Session) -> None:
    days = days_of_sales(session, ADMIN, YEAR)
    consumers = stated(session).query("is_consumer")
    assert sum(each.vat_cents for each in days) == consumers["vat"].sum()
    assert {each.seller_name for each in days} == {"Thé"}
    assert [
        (each.day.isoformat(), each.category, each.rate_bp, each.invoices, each.credit_notes, each.net_cents)
        for each in days
    ] == [
        ("2026-10-05", "TLB1", 550, 1, 0, 23_70),
        ("2026-10-05", "TLB1", 2000, 1, 0, 30_26),
        ("2026-11-05", "TLB1", 550, 1, 1, 11_85),
        ("2026-11-05", "TLB1", 2000, 1, 0, 30_26),
    ]


def test_payments_are_transmitted_for_services_whose_vat_is_due_when_paid(session: Session) -> None:
    """By hand: of 120.00 for services 60.00 are paid, half at 20 % and half at 10 %: 30.00 each, VAT 5.00 and 2.73."""
    services = create_issuer(session, "Ateliers", nature=Nature.SERVICES)
    debits = create_issuer(session, "Cours", nature=Nature.SERVICES, vat_on_debits=True)
    goods = create_issuer(session, "Thé")
    for seller in (services, debits, goods):
        lines = [create_line(total_cents=60_00, vat_rate_bp=rate) for rate in (2000, 1000)]
        order = create_order(session, seller, total_cents=120_00, lines=lines)
        row = {"state": PaymentRecordState.CAPTURED, "booked_at": NOVEMBER, "received_at": OCTOBER}
        session.add(
            Payment(order_id=order.id, kind=PaymentKind.PAYMENT, method=PaymentMethod.CARD, amount_cents=60_00, **row)
        )
    session.flush()
    assert [
        (each.day.isoformat(), each.seller_name, each.rate_bp, each.payments, each.gross_cents, each.vat_cents)
        for each in days_of_payments(session, ADMIN, YEAR)
    ] == [("2026-11-05", "Ateliers", 1000, 1, 30_00, 2_73), ("2026-11-05", "Ateliers", 2000, 1, 30_00, 5_00)]
    # By the day on which the books took it in, not by the day of value.
    october = AccountingFilter(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    assert money_count(session, ADMIN, october, 10) == 0
    assert [(each.seller_name, each.cents) for each in money_totals(session, ADMIN, YEAR)] == [
        ("Ateliers", 60_00),
        ("Cours", 60_00),
        ("Thé", 60_00),
    ]


@pytest.mark.parametrize("report", [sales_totals, money_totals, vat_by_month, days_of_sales, days_of_payments])
def test_reports_are_for_those_who_may_export(session: Session, report: object) -> None:
    support = viewer_for(create_person(session, Role.SUPPORT))
    with pytest.raises(NotAllowedError):
        report(session, support, YEAR)


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_the_journals_walk_their_indexes(session: Session) -> None:
    seen: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        seen.append((statement, parameters))

    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        money_totals(session, ADMIN, YEAR)
        sales_totals(session, ADMIN, YEAR)
        sales_rows(session, ADMIN, YEAR, (OCTOBER.date(), 1), 50)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    plans = [
        " ".join(row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", parameters))
        for said, parameters in seen
        if said.startswith("SELECT")
    ]
    assert "ix_payments_booked_at" in plans[0]
    assert "ix_document_vat_totals" in plans[1]
    assert "ix_documents_issued_on" in plans[2]


def received(
    session: Session, order_id: int, cents: int, kind: PaymentKind = PaymentKind.PAYMENT, **columns: object
) -> None:
    row = {"method": PaymentMethod.CARD, "state": PaymentRecordState.CAPTURED, "booked_at": NOVEMBER} | columns
    session.add(Payment(order_id=order_id, kind=kind, amount_cents=cents, **row))
    session.flush()


def test_who_gets_an_electronic_invoice_is_left_out_of_sales_and_payments_alike(session: Session) -> None:
    """By hand: the same 25.00 + 36.31 by a consumer (once invoiced, once not yet) and by the town hall (the same)."""
    workshop = create_issuer(session, "Ateliers", nature=Nature.SERVICES)
    town_hall = create_customer(session, "Mairie", siren="213500200")
    somebody = create_customer(session, "Jeanne")
    for customer in (somebody, town_hall):
        for name, is_invoiced in (("1", True), ("2", False)):
            order = tea_order(session, workshop, number=f"{customer.name}-{name}", customer=customer)
            received(session, order.id, 61_31)
            if is_invoiced:
                issue_invoice(session, SYSTEM, order.id, NOVEMBER)
    sales, paid_for = days_of_sales(session, ADMIN, YEAR), days_of_payments(session, ADMIN, YEAR)
    assert [(each.rate_bp, each.invoices, each.net_cents + each.vat_cents) for each in sales] == [
        (550, 1, 25_00),
        (2000, 1, 36_31),
    ]
    expected = [(550, 2, 50_00), (2000, 2, 72_62)]
    assert [(each.rate_bp, each.payments, each.gross_cents) for each in paid_for] == expected
    # What an invoice states stays. Of what has none yet, the town hall's counts now, and Jeanne's does not.
    somebody.siren, town_hall.siren = "213500200", ""
    session.flush()
    paid_for = days_of_payments(session, ADMIN, YEAR)
    assert [(each.rate_bp, each.payments, each.gross_cents) for each in paid_for] == expected


def test_of_who_sells_both_only_services_are_in_the_payments(session: Session) -> None:
    """By hand: 120.00, of which 60.00 were paid: a jar of 30.00 and its shipping of 10.00, lessons of 20.00 and 60.00.

    At 20 % half of 40.00 + 20.00 = 60.00, so 30.00, of which 20/60 are lessons: 10.00. At 5.5 % half of 60.00: 30.00.
    """
    both = create_issuer(session, "Miel et cours", nature=Nature.MIXED)
    jar, lesson, course = (
        create_line(total_cents=30_00, vat_rate_bp=2000, weight_g=500),
        create_line(total_cents=20_00, vat_rate_bp=2000, weight_g=0),
        create_line(total_cents=60_00, vat_rate_bp=550, weight_g=0),
    )
    order = create_order(
        session, both, total_cents=120_00, shipping_cents=10_00, shipping_vat_rate_bp=2000, lines=[jar, lesson, course]
    )
    received(session, order.id, 60_00)
    assert [(each.rate_bp, each.gross_cents) for each in days_of_payments(session, ADMIN, YEAR)] == [
        (550, 30_00),
        (2000, 10_00),
    ]
    # The journal has all of it.
    assert [row.rates for row in money_rows(session, ADMIN, YEAR, None, 10)] == [((550, 30_00), (2000, 30_00))]


def test_the_journal_and_the_report_of_payments_hold_the_money_of_the_fec(session: Session) -> None:
    """By hand: 40.00 came, 10.00 went back by card, 8.00 as a voucher, which is no money."""
    workshop = create_issuer(session, "Ateliers", nature=Nature.SERVICES)
    order = create_order(session, workshop, total_cents=40_00, lines=[create_line(total_cents=40_00)])
    received(session, order.id, 40_00)
    received(session, order.id, 10_00, PaymentKind.REFUND)
    received(session, order.id, 8_00, PaymentKind.REFUND, method=PaymentMethod.VOUCHER)
    assert [(each.kind, each.method, each.cents) for each in money_totals(session, ADMIN, YEAR)] == [
        (PaymentKind.PAYMENT, PaymentMethod.CARD, 40_00),
        (PaymentKind.REFUND, PaymentMethod.CARD, 10_00),
    ]
    assert [row.cents for row in money_rows(session, ADMIN, YEAR, None, 10)] == [40_00, -10_00]
    assert money_count(session, ADMIN, YEAR, 10) == 2
    assert [each.gross_cents for each in days_of_payments(session, ADMIN, YEAR)] == [30_00]
    in_books = entries_of(session, Days(YEAR.first_day, YEAR.last_day), "EUR")
    assert sum(part.cents for each in in_books for part in each.postings if part.account is Account.CARD) == 30_00
