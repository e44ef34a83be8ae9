"""Invoices and credit notes: what they state, their numbers, and what nobody can do to them."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.credit import CreditRequest
from db.domain.documents import (
    FIRST_HASH,
    AlreadyInvoicedError,
    AmountChangedError,
    FullyCreditedError,
    InvoicedElsewhereError,
    IssuerIncompleteError,
    NothingToCreditError,
    NothingToInvoiceError,
    TooMuchToCreditError,
)
from db.domain.errors import InvalidInputError, NotAllowedError, OrderNotFoundError
from db.domain.orders import OrderStatus, PaymentKind, PaymentMethod, PaymentRecordState, PaymentState
from db.domain.permissions import Role
from db.domain.snapshot import Snapshot, VatCategory
from db.domain.snapshot_json import chained_hash, from_json
from db.models import Document, DocumentSeries, DocumentVat, Order, OrderHistory, Payment, Seller, StoredFile
from db.services.documents.issue import Issued, issue_credit_note, issue_invoice
from db.services.order_facts import load_facts
from tests.conftest import NOW
from tests.factories import (
    create_customer,
    create_issuer,
    create_line,
    create_order,
    create_person,
    viewer_for,
)

WHOLE = CreditRequest(whole=True)


def tea_order(session: Session, seller: Seller | None = None, **columns: object) -> Order:
    """Two teas at 5.5 %, a teapot at 20 % with a discount, shipping at 20 %: 61,31 €."""
    lines = [
        create_line("Thé vert bio", 25_00, quantity=2, vat_rate_bp=550),
        create_line("Théière", 31_41, unit_price_cents=34_90, discount_cents=3_49, vat_rate_bp=2000, sku="POT-1"),
    ]
    totals = {"total_cents": 61_31, "items_cents": 56_41, "discount_cents": 3_49}
    totals |= {"shipping_cents": 4_90, "shipping_vat_rate_bp": 2000}
    return create_order(session, seller or create_issuer(session, code="THE"), lines=lines, **(totals | columns))


def snapshot_of(session: Session, issued: Issued) -> Snapshot:
    return from_json(session.get_one(Document, issued.document_id).snapshot)


def test_an_invoice_states_base_and_vat_per_rate_to_the_cent(session: Session) -> None:
    issued = issue_invoice(session, SYSTEM, tea_order(session).id, NOW)

    stated = snapshot_of(session, issued)

    # 25,00 / 1,055 = 23,6967 → 23,70; (31,41 + 4,90) / 1,20 = 30,2583 → 30,26.
    assert [(each.rate_bp, each.net_cents, each.vat_cents, each.gross_cents) for each in stated.vat] == [
        (550, 23_70, 1_30, 25_00),
        (2000, 30_26, 6_05, 36_31),
    ]
    assert (stated.net_cents, stated.vat_cents, stated.gross_cents) == (53_96, 7_35, 61_31)
    # 30,26 over 31,41 and 4,90: 26,176 and 4,083; the missing cent goes to the larger remainder.
    assert [line.net_cents for line in stated.lines] == [23_70, 26_18, 4_08]
    assert [line.gross_cents for line in stated.lines] == [25_00, 31_41, 4_90]
    assert [line.is_shipping for line in stated.lines] == [False, False, True]
    rows = session.execute(sa.select(DocumentVat.rate_bp, DocumentVat.net_cents).order_by(DocumentVat.rate_bp))
    assert [tuple(row) for row in rows] == [(550, 23_70), (2000, 30_26)]


def test_an_invoice_keeps_what_the_order_and_its_people_were(session: Session) -> None:
    order = tea_order(session)
    issued = issue_invoice(session, SYSTEM, order.id, NOW)
    order.customer_name = "Quelqu’un d’autre"
    session.get_one(Seller, order.seller_id).legal_name = "Autre SARL"
    session.flush()

    stated = snapshot_of(session, issued)

    assert stated.buyer.name == "Évelyne Morin"
    assert stated.issuer.legal_name == "Maison du thé SARL"
    assert stated.mandate_signed_on == dt.date(2025, 1, 15)
    assert (stated.paid_cents, stated.due_cents) == (61_31, 0)
    assert session.scalar(sa.select(Order.invoice_number)) == "F2026-THE-000001"


def test_numbers_follow_each_other_per_seller_kind_and_year(session: Session) -> None:
    tea, books = create_issuer(session, code="THE"), create_issuer(session, code="LIVRES")
    next_year = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)  # 2027 in Paris.
    instants = [(tea, NOW), (tea, NOW), (books, NOW), (tea, next_year)]

    invoices = [issue_invoice(session, SYSTEM, tea_order(session, seller).id, at) for seller, at in instants]
    credited = issue_credit_note(session, SYSTEM, invoices[0].document_id, WHOLE, "Retour", NOW)

    numbers = [each.number for each in invoices]
    assert numbers == ["F2026-THE-000001", "F2026-THE-000002", "F2026-LIVRES-000001", "F2027-THE-000001"]
    assert credited.number == "AV2026-THE-000001"


def test_a_document_is_never_dated_before_the_last_of_its_series(session: Session) -> None:
    seller = create_issuer(session)
    issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW)

    late = issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW - dt.timedelta(seconds=3))

    assert session.get_one(Document, late.document_id).issued_at == NOW


def test_each_document_goes_on_from_the_hash_of_the_one_before(session: Session) -> None:
    seller = create_issuer(session)
    for _ in range(3):
        issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW)
    session.expire_all()

    rows = session.scalars(sa.select(Document).order_by(Document.sequence)).all()

    assert [row.previous_hash for row in rows] == [FIRST_HASH, rows[0].content_hash, rows[1].content_hash]
    assert [chained_hash(row.previous_hash, row.snapshot) for row in rows] == [row.content_hash for row in rows]
    assert session.scalar(sa.select(DocumentSeries.last_hash)) == rows[2].content_hash


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE documents SET gross_cents = 1, net_cents = 1, vat_cents = 0",
        "DELETE FROM documents",
        "UPDATE document_vat SET rate_bp = 0",
        "DELETE FROM document_vat",
    ],
)
def test_the_database_itself_refuses_to_change_or_delete_a_document(session: Session, act: str) -> None:
    issue_invoice(session, SYSTEM, tea_order(session).id, NOW)

    with pytest.raises(DBAPIError, match="never changed or deleted"), session.begin_nested():
        session.execute(sa.text(act))


def test_a_second_invoice_comes_only_after_the_first_is_wholly_credited(session: Session) -> None:
    order = tea_order(session)
    first = issue_invoice(session, SYSTEM, order.id, NOW)
    with pytest.raises(AlreadyInvoicedError, match="F2026-THE-000001"):
        issue_invoice(session, SYSTEM, order.id, NOW)
    issue_credit_note(session, SYSTEM, first.document_id, CreditRequest(units={1: 1}), "Un sachet abîmé", NOW)
    with pytest.raises(AlreadyInvoicedError):
        issue_invoice(session, SYSTEM, order.id, NOW)
    issue_credit_note(session, SYSTEM, first.document_id, WHOLE, "Le reste", NOW)

    second = issue_invoice(session, SYSTEM, order.id, NOW)

    assert second.number == "F2026-THE-000002"


def test_credit_notes_end_at_exactly_zero_for_each_rate(session: Session) -> None:
    invoice = issue_invoice(session, SYSTEM, tea_order(session).id, NOW).document_id
    for request in (CreditRequest(units={1: 1}), CreditRequest(amounts={2: 10_00}), CreditRequest(amounts={3: 4_90})):
        issue_credit_note(session, SYSTEM, invoice, request, "Geste commercial", NOW)

    last = snapshot_of(session, issue_credit_note(session, SYSTEM, invoice, WHOLE, "Le reste", NOW))

    # 12,50 left of the teas, 21,41 of the teapot.
    assert last.gross_cents == -33_91
    left = sa.select(DocumentVat.rate_bp, *(sa.func.sum(c) for c in (DocumentVat.net_cents, DocumentVat.vat_cents)))
    assert [tuple(map(int, row)) for row in session.execute(left.group_by(DocumentVat.rate_bp))] == [
        (550, 0, 0),
        (2000, 0, 0),
    ]
    with pytest.raises(FullyCreditedError):
        issue_credit_note(session, SYSTEM, invoice, WHOLE, "Encore", NOW)


def test_a_credit_note_mirrors_the_lines_and_names_the_invoice(session: Session) -> None:
    invoice = issue_invoice(session, SYSTEM, tea_order(session).id, NOW)

    request = CreditRequest(units={2: 1})
    credited = issue_credit_note(session, SYSTEM, invoice.document_id, request, "Théière fêlée", NOW)

    stated = snapshot_of(session, credited)
    (line,) = stated.lines
    assert (line.quantity, line.unit_price_cents, line.discount_cents, line.gross_cents) == (-1, 34_90, -3_49, -31_41)
    assert line.net_cents == -26_18  # 31,41 / 1,20 = 26,175.
    assert stated.original is not None
    assert (stated.original.number, stated.original.issued_on) == ("F2026-THE-000001", dt.date(2026, 11, 21))
    assert stated.reason == "Théière fêlée"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (CreditRequest(units={1: 3}), "il reste 2 unités"),
        (CreditRequest(amounts={3: 4_91}), "il reste 4,90\u00a0€"),
        (CreditRequest(units={1: 1}, amounts={1: 12_51}), "il reste 12,50\u00a0€"),
    ],
)
def test_more_than_is_left_cannot_be_credited(session: Session, request_: CreditRequest, words: str) -> None:
    invoice = issue_invoice(session, SYSTEM, tea_order(session).id, NOW)

    with pytest.raises(TooMuchToCreditError, match=words):
        issue_credit_note(session, SYSTEM, invoice.document_id, request_, "Trop", NOW)


def test_a_credit_note_of_nothing_or_for_no_reason_is_refused(session: Session) -> None:
    invoice = issue_invoice(session, SYSTEM, tea_order(session).id, NOW).document_id

    with pytest.raises(NothingToCreditError):
        issue_credit_note(session, SYSTEM, invoice, CreditRequest(), "Rien", NOW)
    with pytest.raises(InvalidInputError, match="motif"):
        issue_credit_note(session, SYSTEM, invoice, WHOLE, "  ", NOW)


def test_a_seller_of_whom_the_law_knows_too_little_issues_nothing_and_takes_no_number(session: Session) -> None:
    seller = create_issuer(session, siren="", mandate_signed_on=None)

    with pytest.raises(IssuerIncompleteError, match="le SIREN et la date du mandat de facturation"):
        issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW)

    assert session.scalar(sa.select(sa.func.count()).select_from(DocumentSeries)) == 0


def test_a_seller_whose_code_changes_goes_on_with_the_series_that_was_begun(session: Session) -> None:
    seller = create_issuer(session, code="THE")
    issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW)
    seller.code = "CAFE"
    session.flush()

    assert issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW).number == "F2026-THE-000002"


def test_a_credit_note_is_never_dated_before_its_invoice(session: Session) -> None:
    tomorrow = NOW + dt.timedelta(days=1)
    invoice = issue_invoice(session, SYSTEM, tea_order(session).id, tomorrow)

    credited = issue_credit_note(session, SYSTEM, invoice.document_id, WHOLE, "Retour", NOW)

    assert snapshot_of(session, credited).issued_at == tomorrow


def test_an_order_whose_articles_do_not_come_to_its_total_is_not_invoiced(session: Session) -> None:
    order = tea_order(session, total_cents=61_30)

    with pytest.raises(NothingToInvoiceError, match="font 61,31\u00a0€, son total 61,30\u00a0€"):
        issue_invoice(session, SYSTEM, order.id, NOW)


def test_what_was_given_back_is_not_stated_as_paid(session: Session) -> None:
    order = tea_order(session, refunded_cents=61_31)
    session.add_all(
        Payment(
            order_id=order.id,
            kind=kind,
            method=PaymentMethod.CARD,
            state=PaymentRecordState.CAPTURED,
            amount_cents=61_31,
            received_at=NOW,
        )
        for kind in PaymentKind
    )
    session.flush()

    stated = snapshot_of(session, issue_invoice(session, SYSTEM, order.id, NOW))

    assert (stated.paid_cents, stated.due_cents) == (0, 61_31)
    assert [receipt.amount_cents for receipt in stated.receipts] == [61_31, -61_31]


def test_another_amount_than_was_announced_is_refused(session: Session) -> None:
    order = tea_order(session)
    with pytest.raises(AmountChangedError, match="61,31"):
        issue_invoice(session, SYSTEM, order.id, NOW, expected_cents=60_00)
    invoice = issue_invoice(session, SYSTEM, order.id, NOW, expected_cents=61_31)
    issue_credit_note(session, SYSTEM, invoice.document_id, CreditRequest(amounts={2: 10_00}), "Geste", NOW)

    with pytest.raises(AmountChangedError, match="51,31"):
        issue_credit_note(session, SYSTEM, invoice.document_id, WHOLE, "Retour", NOW, expected_cents=61_31)


def test_only_a_day_that_happened_is_stated_as_the_delivery(session: Session) -> None:
    order = tea_order(session, expected_delivery_on=dt.date(2026, 12, 24))

    delivery = snapshot_of(session, issue_invoice(session, SYSTEM, order.id, NOW)).delivery

    assert (delivery.delivered_on, delivery.expected_on) == (None, dt.date(2026, 12, 24))


@pytest.mark.parametrize("attributes", [["a", "b"], {"Taille": 42, "Neuf": True}])
def test_attributes_of_any_shape_do_not_keep_an_invoice_back(session: Session, attributes: object) -> None:
    lines = [create_line(attributes=attributes)]
    order = create_order(session, create_issuer(session), lines=lines)

    (line,) = snapshot_of(session, issue_invoice(session, SYSTEM, order.id, NOW)).lines

    assert line.attributes == ({} if isinstance(attributes, list) else {"Taille": "42", "Neuf": "True"})


def test_there_is_nothing_to_invoice_of_a_cancelled_or_free_order(session: Session) -> None:
    seller = create_issuer(session)
    cancelled = create_order(session, seller, status=OrderStatus.CANCELLED)
    free = create_order(session, seller, total_cents=0)

    for order in (cancelled, free):
        with pytest.raises(NothingToInvoiceError):
            issue_invoice(session, SYSTEM, order.id, NOW)


def test_an_order_that_another_programme_invoiced_is_not_invoiced_again(session: Session) -> None:
    order = tea_order(session, invoice_number="PS-2026-77")

    with pytest.raises(InvoicedElsewhereError, match="PS-2026-77"):
        issue_invoice(session, SYSTEM, order.id, NOW)
    assert not load_facts(session, SYSTEM, [order.id])[order.id].is_to_invoice


def test_an_unpaid_order_may_be_invoiced_and_says_what_is_due(session: Session) -> None:
    order = tea_order(session, status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)

    stated = snapshot_of(session, issue_invoice(session, SYSTEM, order.id, NOW))

    assert (stated.paid_cents, stated.due_cents, stated.due_on) == (0, 61_31, dt.date(2026, 11, 21))


def test_only_who_may_issue_documents_does(session: Session) -> None:
    order = tea_order(session)
    support = Actor.person(viewer_for(create_person(session, Role.SUPPORT)))

    with pytest.raises(NotAllowedError):
        issue_invoice(session, support, order.id, NOW)
    with pytest.raises(OrderNotFoundError):
        issue_invoice(session, SYSTEM, order.id + 1, NOW)


def test_issuing_is_in_the_history_and_asks_for_the_file(session: Session) -> None:
    order = tea_order(session)

    issued = issue_invoice(session, SYSTEM, order.id, NOW)

    row = session.get_one(OrderHistory, issued.history_id)
    assert row.after == {
        "document_id": issued.document_id,
        "kind": "invoice",
        "number": "F2026-THE-000001",
        "amount_cents": 61_31,
    }
    wanted = session.scalars(sa.select(StoredFile)).one()
    assert wanted.document_id == issued.document_id
    assert wanted.title == "Facture F2026-THE-000001 de 61,31\u00a0€"


def test_companies_get_the_mentions_between_professionals_and_private_people_do_not(session: Session) -> None:
    seller = create_issuer(session, vat_on_debits=True)
    company = create_customer(session, "Achats", company="Mairie de Rennes", siren="213502388")
    town, person = tea_order(session, seller, customer=company), tea_order(session, seller)

    codes = [
        [mention.code for mention in snapshot_of(session, issue_invoice(session, SYSTEM, order.id, NOW)).mentions]
        for order in (town, person)
    ]

    assert codes == [["REG", "AAI", "TXD", "PMD", "PMT", "AAB"], ["REG", "AAI", "TXD"]]


def test_who_charges_no_vat_says_why(session: Session) -> None:
    words = "TVA non applicable, art. 293 B du CGI"
    seller = create_issuer(session, vat_number="", vat_exemption=words)
    order = create_order(session, seller, lines=[create_line(total_cents=10_00, vat_rate_bp=0)], total_cents=10_00)

    stated = snapshot_of(session, issue_invoice(session, SYSTEM, order.id, NOW))

    (vat,) = stated.vat
    assert (vat.category, vat.exemption, vat.vat_cents) == (VatCategory.EXEMPT, words, 0)
    assert words in [mention.text for mention in stated.mentions]
