"""Finances › Factures: which documents a filter finds, how they stand, and what they come to."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.credit import CreditRequest
from db.domain.document_filter import DocumentFilter, DocumentStatus
from db.domain.documents import DocumentKind, DocumentNotFoundError
from db.domain.errors import NotAllowedError
from db.domain.files import FileState
from db.domain.orders import PaymentState
from db.domain.permissions import ROLE_PERMISSIONS, Role
from db.domain.vat import VatTotal
from db.domain.viewer import Viewer
from db.models import Customer, Document, Order, OrderSearch, Seller, StoredFile
from db.queries import documents
from db.queries.document_detail import document_detail
from db.queries.document_gaps import missing_count, missing_invoices
from db.queries.document_totals import document_totals
from db.queries.documents import document_page
from db.services.documents.issue import issue_credit_note, issue_invoice
from tests.db.services.documents.test_issue import tea_order
from tests.factories import ADMIN, create_customer, create_issuer, create_person, viewer_for

S = DocumentStatus
WHOLE = CreditRequest(whole=True)
OCTOBER, NOVEMBER = (dt.datetime(2026, month, 5, 10, tzinfo=dt.UTC) for month in (10, 11))


@dataclass(frozen=True)
class Shop:
    """Six documents: three invoices and a credit note of the tea house, an invoice and its credit note of the books.

    Each invoice is the one of ``tea_order``: 25,00 at 5.5 % and 36,31 at 20 %, 61,31 in all.
    """

    tea: Seller
    books: Seller
    paid: int
    unpaid: int
    partly: int
    partly_note: int
    credited: int
    credited_note: int


@pytest.fixture
def shop(session: Session) -> Shop:
    tea, books = create_issuer(session, code="THE"), create_issuer(session, "Livres & Cie", code="LIVRES")
    zoe = create_customer(session, "Zoé Wu", "zoe@example.org", company="Mairie de Dol")
    zoe.search_text = "zoe wu | mairie de dol | zoe@example.org"

    def invoice(at: dt.datetime, seller: Seller, number: str, **columns: object) -> int:
        return issue_invoice(session, SYSTEM, tea_order(session, seller, number=number, **columns).id, at).document_id

    unpaid = {"payment_state": PaymentState.UNPAID, "customer": zoe}
    paid = invoice(OCTOBER, tea, "T-1")
    owed = invoice(NOVEMBER, tea, "T-2", **unpaid)
    partly = invoice(NOVEMBER, tea, "T-3")
    # One of the two teas, 12,50 at 5.5 %.
    note = issue_credit_note(session, SYSTEM, partly, CreditRequest(units={1: 1}), "Un thé", NOVEMBER).document_id
    credited = invoice(NOVEMBER, books, "L-1")
    whole = issue_credit_note(session, SYSTEM, credited, WHOLE, "Retour", NOVEMBER).document_id
    session.execute(sa.update(StoredFile).values(state=FileState.READY, sha256="0" * 64))
    add_search_text(session)
    return Shop(tea, books, paid, owed, partly, note, credited, whole)


def ids(session: Session, viewer: Viewer = ADMIN, **wanted: object) -> list[int]:
    return [row.id for row in document_page(session, viewer, DocumentFilter(**wanted)).rows]


def test_the_newest_document_comes_first(session: Session, shop: Shop) -> None:
    everything = [shop.credited_note, shop.credited, shop.partly_note, shop.partly, shop.unpaid, shop.paid]
    assert ids(session) == everything
    assert ids(session, first_day=dt.date(2026, 11, 1)) == everything[:-1]
    assert ids(session, last_day=dt.date(2026, 10, 31)) == [shop.paid]


def test_invoices_and_credit_notes_are_told_apart(session: Session, shop: Shop) -> None:
    assert ids(session, kind=DocumentKind.CREDIT_NOTE) == [shop.credited_note, shop.partly_note]
    assert ids(session, kind=DocumentKind.INVOICE) == [shop.credited, shop.partly, shop.unpaid, shop.paid]
    assert ids(session, kind=DocumentKind.CREDIT_NOTE, seller_id=shop.tea.id) == [shop.partly_note]


@pytest.mark.parametrize(
    ("status", "names"),
    [
        (S.SETTLED, ("partly", "paid")),
        (S.TO_SETTLE, ("unpaid",)),
        (S.PARTLY_CREDITED, ("partly",)),
        (S.CREDITED, ("credited",)),
        (S.TO_CHECK, ()),
    ],
)
@pytest.mark.parametrize("few", [2_000, 0], ids=["found", "walked"])
def test_each_status_lists_the_documents_that_show_it(
    session: Session,
    shop: Shop,
    status: DocumentStatus,
    names: tuple[str, ...],
    few: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("db.queries.document_conditions.FEW", few)
    expected = [getattr(shop, name) for name in names]
    assert ids(session, status=status) == expected
    page = document_page(session, ADMIN, DocumentFilter())
    assert [row.id for row in page.rows if status in row.statuses] == expected


def test_an_invoice_is_to_be_paid_until_what_is_left_of_it_is_there(session: Session, shop: Shop) -> None:
    order = session.get_one(Order, session.get_one(Document, shop.partly).order_id)
    order.payment_state = PaymentState.PARTLY_PAID
    # 61,31 less the 12,50 given back leaves 48,81.
    for paid_cents, status in ((48_80, S.TO_SETTLE), (48_81, S.SETTLED)):
        order.paid_cents = paid_cents
        session.flush()
        row = next(row for row in document_page(session, ADMIN, DocumentFilter()).rows if row.id == shop.partly)
        assert row.statuses == (status, S.PARTLY_CREDITED)
        assert shop.partly in ids(session, status=status)


def test_money_given_back_leaves_an_invoice_to_be_paid_that_was_not_credited(session: Session, shop: Shop) -> None:
    order = session.get_one(Order, session.get_one(Document, shop.paid).order_id)
    order.refunded_cents = 10_00
    session.flush()
    assert ids(session, status=S.TO_SETTLE) == [shop.unpaid, shop.paid]


def test_files_in_trouble_and_under_way_have_their_lists(session: Session, shop: Shop) -> None:
    def change(document_id: int, **columns: object) -> None:
        session.execute(sa.update(StoredFile).where(StoredFile.document_id == document_id).values(**columns))

    change(shop.paid, state=FileState.FAILED, error="La police manque.")
    change(shop.credited_note, state=FileState.DAMAGED)
    change(shop.partly, is_flagged=True, faults=[{"rule": "BR-CO-15", "text": "…"}])
    change(shop.unpaid, state=FileState.MAKING)

    assert ids(session, status=S.TO_CHECK) == [shop.credited_note, shop.partly, shop.paid]
    assert ids(session, status=S.TO_CHECK, kind=DocumentKind.INVOICE) == [shop.partly, shop.paid]
    assert ids(session, status=S.IN_PREPARATION) == [shop.unpaid]
    row = document_page(session, ADMIN, DocumentFilter(status=S.TO_CHECK)).rows[0]
    assert row.statuses == (S.TO_CHECK,)


@pytest.mark.parametrize("few", [2_000, 0], ids=["found", "walked"])
@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("F2026-THE-000002", ("unpaid",)),
        ("f2026-the-000002", ("unpaid",)),
        ("F2026-THE-0000", ("partly", "unpaid", "paid")),
        ("F2026-THE", ("partly", "unpaid", "paid")),
        ("F2026-THE-", ("partly", "unpaid", "paid")),
        ("AV2026", ("credited_note", "partly_note")),
        ("AV", ("credited_note", "partly_note")),
        ("000003", ("partly",)),
        ("THE-000003", ("partly",)),
        ("the-000001", ("partly_note", "paid")),
        ("THE-0000", ("partly_note", "partly", "unpaid", "paid")),
        ("THE-", ()),
        ("-000001", ()),
        ("T-3", ("partly_note", "partly")),
        ("t-", ("partly_note", "partly", "unpaid", "paid")),
        ("F2027", ()),
        ("F2026-THE-000009", ()),
        ("'; --", ()),
        ("\u0000", ()),
        ("9" * 40, ()),
    ],
)
def test_a_number_is_found_by_its_start_its_end_or_the_order_s(
    session: Session, shop: Shop, typed: str, names: tuple[str, ...], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.queries.document_conditions.FEW", few)
    assert ids(session, number=typed) == [getattr(shop, name) for name in names]


@pytest.mark.parametrize("known", [1_000, 0], ids=["few customers", "a common name"])
@pytest.mark.parametrize("typed", ["zoé", "wu zoe", "zoe@example.org", "mairie de dol"])
def test_a_customer_is_found_by_name_email_or_company(
    session: Session, shop: Shop, typed: str, known: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.queries.document_conditions._CUSTOMERS_KNOWN", known)
    assert ids(session, customer=typed) == [shop.unpaid]
    assert ids(session, customer="personne de ce nom") == []
    assert ids(session, customer="\u0000") == []


def test_a_customer_without_an_account_is_found_by_the_order(session: Session, shop: Shop) -> None:
    invoice = session.get_one(Document, shop.paid)
    add_search_text(session, {invoice.order_id: "t-1 | gaston guest | gaston@example.org"})
    session.execute(sa.update(Order).where(Order.id == invoice.order_id).values(customer_id=None))
    assert ids(session, customer="gaston") == [shop.paid]


@pytest.mark.parametrize("few", [2_000, 0], ids=["found", "walked"])
def test_an_amount_finds_an_invoice_and_the_credit_note_of_the_same(
    session: Session, shop: Shop, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.queries.document_conditions.FEW", few)
    assert ids(session, min_cents=61_31, max_cents=61_31) == [
        shop.credited_note,
        shop.credited,
        shop.partly,
        shop.unpaid,
        shop.paid,
    ]
    assert ids(session, max_cents=20_00) == [shop.partly_note]
    assert ids(session, min_cents=61_32) == []


def test_totals_add_up_invoices_and_credit_notes_per_rate(session: Session, shop: Shop) -> None:
    totals = document_totals(session, ADMIN, DocumentFilter())

    # 5.5 %: four invoices of 23,70 + 1,30; less the whole of one, less one tea: 12,50 / 1,055 = 11,848 → 11,85 + 0,65.
    # 20 %: four of 30,26 + 6,05 less one.
    assert (totals.documents, totals.is_capped) == (6, False)
    (euros,) = totals.currencies
    assert euros.rates == (
        VatTotal(550, 3 * 23_70 - 11_85, 3 * 1_30 - 65, 3 * 25_00 - 12_50),
        VatTotal(2000, 3 * 30_26, 3 * 6_05, 3 * 36_31),
    )
    assert (euros.net_cents, euros.vat_cents, euros.gross_cents) == (150_03, 21_40, 171_43)
    assert [each.gross_cents for each in euros.invoices] == [4 * 25_00, 4 * 36_31]
    assert euros.credit_notes == (
        VatTotal(550, -23_70 - 11_85, -1_30 - 65, -25_00 - 12_50),
        VatTotal(2000, -30_26, -6_05, -36_31),
    )


@pytest.mark.parametrize("few", [2_000, 0], ids=["found", "walked"])
def test_totals_are_those_of_the_filter(
    session: Session, shop: Shop, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.queries.document_conditions.FEW", few)
    filters = {
        DocumentFilter(status=S.PARTLY_CREDITED): (1, 61_31),
        DocumentFilter(number="T-3"): (2, 48_81),
        DocumentFilter(max_cents=20_00): (1, -12_50),
        DocumentFilter(kind=DocumentKind.CREDIT_NOTE): (2, -73_81),
        DocumentFilter(seller_id=shop.books.id, first_day=dt.date(2026, 11, 1)): (2, 0),
        DocumentFilter(last_day=dt.date(2026, 10, 31)): (1, 61_31),
        DocumentFilter(number="Z"): (0, 0),
    }
    for wanted, (count, gross) in filters.items():
        totals = document_totals(session, ADMIN, wanted)
        assert (totals.documents, sum(each.gross_cents for each in totals.currencies)) == (count, gross), wanted


def test_currencies_are_never_added_up(session: Session, shop: Shop) -> None:
    order = tea_order(session, shop.tea, currency="GBP")
    issue_invoice(session, SYSTEM, order.id, NOVEMBER)
    totals = document_totals(session, ADMIN, DocumentFilter())
    assert [(each.currency, each.gross_cents) for each in totals.currencies] == [("EUR", 171_43), ("GBP", 61_31)]


def test_where_too_many_match_a_filter_no_sum_is_claimed(
    session: Session, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.queries.document_conditions.FEW", 1)
    monkeypatch.setattr("db.queries.document_totals.COUNT_CAP", 1)
    totals = document_totals(session, ADMIN, DocumentFilter(status=S.SETTLED))
    assert (totals.documents, totals.is_capped, totals.currencies) == (1, True, ())


def test_a_page_leads_to_the_older_and_back_to_the_newer(
    session: Session, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "PAGE_SIZE", 2)
    for wanted in (DocumentFilter(), DocumentFilter(number="F2026"), DocumentFilter(min_cents=1)):
        first = document_page(session, ADMIN, wanted)
        second = document_page(session, ADMIN, wanted, before=first.rows[-1].id)
        again = document_page(session, ADMIN, wanted, after=second.rows[0].id)
        assert (first.has_newer, first.has_older) == (False, True)
        assert second.has_newer
        assert again.rows == first.rows
        assert (again.has_newer, again.has_older) == (False, True)
        assert not {row.id for row in first.rows} & {row.id for row in second.rows}


def test_a_seller_sees_their_own_documents_alone(session: Session, shop: Shop) -> None:
    books = viewer_for(create_person(session, Role.SELLER, seller_id=shop.books.id))
    own = [shop.credited_note, shop.credited]
    assert ids(session, books) == own
    assert ids(session, books, seller_id=shop.tea.id) == []
    assert ids(session, books, number="F2026-THE") == []
    assert ids(session, books, number="T-3") == []
    assert ids(session, books, number="000001") == own
    assert ids(session, books, status=S.SETTLED) == []
    assert ids(session, books, min_cents=1) == own
    assert document_totals(session, books, DocumentFilter()).documents == 2
    assert document_totals(session, books, DocumentFilter(min_cents=1)).documents == 2
    assert document_detail(session, books, shop.credited).row.number == "F2026-LIVRES-000001"
    with pytest.raises(DocumentNotFoundError):
        document_detail(session, books, shop.paid)


def test_a_document_tells_what_belongs_to_it(session: Session, shop: Shop) -> None:
    invoice = document_detail(session, ADMIN, shop.partly)
    assert [(each.number, each.gross_cents) for each in invoice.related] == [("AV2026-THE-000001", -12_50)]
    assert invoice.person_name == "Système"
    note = document_detail(session, ADMIN, shop.partly_note)
    assert [each.number for each in note.related] == ["F2026-THE-000003"]
    assert note.stated.reason == "Un thé"


def test_documents_are_for_those_who_may_read_them(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROLE_PERMISSIONS, Role.ADMIN, frozenset())
    for ask in (document_page, document_totals):
        with pytest.raises(NotAllowedError):
            ask(session, ADMIN, DocumentFilter())
    with pytest.raises(NotAllowedError):
        document_detail(session, ADMIN, 1)


# Plans, on SQLite: each list is found or walked through an index, and never sorted or scanned whole.


def plan_of(session: Session, ask: Callable[[], object]) -> str:
    """Return the plans of the statements that an answer takes, one line a step."""
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: object) -> None:
        seen.append((statement, parameters))

    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", note)
    ask()
    sa.event.remove(engine, "before_cursor_execute", note)
    driver = session.connection().connection.driver_connection
    assert driver is not None
    return "\n".join(row[3] for each in seen for row in driver.execute(f"EXPLAIN QUERY PLAN {each[0]}", each[1]))


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (DocumentFilter(), "ix_documents_issued_on"),
        (DocumentFilter(first_day=dt.date(2026, 11, 1), last_day=dt.date(2026, 11, 30)), "ix_documents_issued_on"),
        (DocumentFilter(kind=DocumentKind.CREDIT_NOTE), "ix_documents_kind"),
        (DocumentFilter(seller_id=1), "ix_documents_seller"),
        (DocumentFilter(status=S.SETTLED), "ix_documents_issued_on"),
        (DocumentFilter(status=S.TO_SETTLE), "ix_orders_unsettled"),
        (DocumentFilter(status=S.PARTLY_CREDITED), "ix_documents_credited"),
        (DocumentFilter(status=S.TO_CHECK), "ix_files_troubled"),
        (DocumentFilter(status=S.IN_PREPARATION), "ix_files_under_way"),
        (DocumentFilter(min_cents=1_00, max_cents=2_00), "ix_documents_gross"),
        (DocumentFilter(number="F2026-THE-000002"), "sqlite_autoindex_documents"),
        (DocumentFilter(number="THE-000002"), "sqlite_autoindex_documents"),
        (DocumentFilter(customer="zoé"), "ix_documents_customer"),
    ],
)
def test_each_list_reads_its_own_index(session: Session, shop: Shop, wanted: DocumentFilter, index: str) -> None:
    plan = plan_of(session, lambda: document_page(session, ADMIN, wanted))
    assert index in plan
    assert not re.search(r"SCAN (documents|orders|files)(?! USING)", plan), plan
    if wanted.is_in_totals_index or wanted.status is S.SETTLED:
        assert "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_totals_are_read_from_one_covering_index(session: Session, shop: Shop) -> None:
    month = {"first_day": dt.date(2026, 11, 1), "last_day": dt.date(2026, 11, 30)}
    plan = plan_of(session, lambda: document_totals(session, ADMIN, DocumentFilter(**month)))
    assert "SEARCH document_vat USING COVERING INDEX ix_document_vat_totals" in plan
    plan = plan_of(session, lambda: document_totals(session, ADMIN, DocumentFilter(seller_id=1, **month)))
    assert "SEARCH document_vat USING COVERING INDEX ix_document_vat_seller" in plan


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_sales_without_an_invoice_are_read_from_their_own_index(session: Session, shop: Shop) -> None:
    plan = plan_of(session, lambda: missing_invoices(session, ADMIN, dt.date(2026, 11, 1), None))
    assert "SEARCH orders USING INDEX ix_orders_uninvoiced (placed_on>?)" in plan
    plan = plan_of(session, lambda: missing_count(session, ADMIN, dt.date(2026, 11, 1), dt.date(2026, 11, 30)))
    assert "INDEX ix_orders_uninvoiced (placed_on>? AND placed_on<?)" in plan


def add_search_text(session: Session, texts: dict[int, str] | None = None) -> None:
    """Write what intake derives: each order's number, customer, company and e-mail."""
    rows = session.execute(
        sa.select(Order.id, Order.number, Customer.search_text).join(Customer, Customer.id == Order.customer_id)
    ).all()
    for row in rows:
        session.merge(
            OrderSearch(
                order_id=row.id, who=(texts or {}).get(row.id, f"{row.number} | {row.search_text}".lower()), what=""
            )
        )
    session.flush()
