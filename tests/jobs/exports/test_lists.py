"""Each list that can be exported: what its rows say, whose they are, and who may have them."""

import datetime as dt
import io
from typing import Any

import pytest
import python_calamine
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.credit import CreditRequest
from db.domain.customer_filter import CustomerFilter
from db.domain.document_filter import DocumentFilter
from db.domain.documents import DocumentKind
from db.domain.errors import NotAllowedError
from db.domain.exports import ExportFormat, ExportRequest, ExportSubject, NoColumnError, NothingToExportError
from db.domain.filter_json import Filter, filter_to_json
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.mailbox import MailFilter, MailTab
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.orders import OrderStatus, ReturnStatus
from db.domain.payout_filter import PayoutFilter, PayoutTab
from db.domain.permissions import Role
from db.domain.return_filter import ReturnFilter, ReturnTab
from db.engine import reading, transaction
from db.models import OutboxMessage, Person, Return, ReturnLine
from db.queries.exports import LISTS, columns_of, count_rows, plan_export, usual_columns
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.exports import ask_for_export
from db.services.payouts.marking import mark_paid
from jobs.exports.make import make_export
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import (
    create_customer,
    create_issuer,
    create_line,
    create_order,
    create_payee,
    create_person,
    create_seller,
    viewer_for,
)
from tests.jobs.exports.making import TODAY, asked, csv_rows, exported, made
from tests.payouts import TODAY as PAID_ON
from tests.payouts import exported as transmitted
from tests.payouts import finance, prepared

CSV = ExportFormat.CSV


def rows_of(engine: sa.Engine, subject: ExportSubject, wanted: Filter) -> list[dict[str, str]]:
    return csv_rows(exported(engine, subject, wanted, CSV))


def test_documents_have_a_row_for_each_rate_so_that_any_sum_is_right(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        tea = create_issuer(session, code="THE")
        customer = create_customer(session, '=HYPERLINK("http://mal.example")')
        order = tea_order(session, tea, number="T-1", customer=customer)
        invoice = issue_invoice(session, SYSTEM, order.id, NOW)
        issue_credit_note(session, SYSTEM, invoice.document_id, CreditRequest(units={1: 1}), "Un thé", NOW)
    rows = rows_of(engine, ExportSubject.DOCUMENTS, DocumentFilter())
    # 25,00 / 1,055 = 23,70; (31,41 + 4,90) / 1,20 = 30,26; the credit note: 12,50 / 1,055 = 11,85.
    assert [tuple(row.values())[:4] + tuple(row.values())[9:] for row in rows] == [
        ("21/11/2026", "Facture", "F2026-THE-000001", "", "5,50", "23,70", "1,30", "25,00"),
        ("21/11/2026", "Facture", "F2026-THE-000001", "", "20,00", "30,26", "6,05", "36,31"),
        ("21/11/2026", "Avoir", "AV2026-THE-000001", "F2026-THE-000001", "5,50", "-11,85", "-0,65", "-12,50"),
    ]
    assert {row["Client"] for row in rows} == {'\'=HYPERLINK("http://mal.example")'}
    assert len(rows_of(engine, ExportSubject.DOCUMENTS, DocumentFilter(kind=DocumentKind.CREDIT_NOTE))) == 1
    content = exported(engine, ExportSubject.DOCUMENTS, DocumentFilter(), ExportFormat.XLSX)
    *_, foot = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert (foot[0], foot[-1]) == ("Total EUR", 48.81)  # 25,00 + 36,31 − 12,50.


@pytest.mark.parametrize("few", [2_000, 0], ids=["found", "walked"])
def test_documents_are_those_of_the_screen(engine: sa.Engine, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.queries.document_conditions.FEW", few)
    with transaction(engine) as session:
        for code in ("THE", "LIVRES"):
            issue_invoice(session, SYSTEM, tea_order(session, create_issuer(session, code=code), number=code).id, NOW)
    rows = rows_of(engine, ExportSubject.DOCUMENTS, DocumentFilter(number="F2026-LIVRES"))
    assert [row["Commande"] for row in rows] == ["LIVRES", "LIVRES"]


def test_payouts_are_what_the_bank_s_statement_is_compared_with(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        prepared(session, create_payee(session, "=Formule"), 10_00)
        paid = transmitted(session, create_payee(session, "Maison du thé"))
        mark_paid(session, finance(session), paid.id, paid.version, PAID_ON, NOW)
        prepared(session, create_payee(session, "Sans IBAN", iban=None), 30_00)
        reference = f"REV-{paid.id:06d}"
    rows = {row["Vendeur"]: row for row in rows_of(engine, ExportSubject.PAYOUTS, PayoutFilter(PayoutTab.ALL))}
    assert set(rows) == {"'=Formule", "Maison du thé", "Sans IBAN"}
    told = rows["Maison du thé"]
    assert told["Référence"] == reference
    assert [told[name] for name in ("État", "Ventes", "Net", "Écritures", "Devise", "Payé le")] == [
        "Payé", "100,00", "100,00", "1", "EUR", "21/11/2026"
    ]  # fmt: skip
    # An account number goes no further than where it is paid: its country, key and end are enough to compare.
    assert told["IBAN"] == "FR14 •••• •••• 2606"
    assert told["Remise"].startswith("VIR-")
    held = rows["Sans IBAN"]
    assert (held["État"], held["Motif"], held["IBAN"], held["Préparé par"]) == (
        "Retenu",
        "IBAN manquant",
        "",
        "Système",
    )


def test_returns_tell_what_is_sent_back(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        lines = [create_line("Thé vert", 20_00, 2), create_line("Tasse", 5_00)]
        order = create_order(session, lines=lines, total_cents=25_00, number="R-1", status=OrderStatus.RECEIVED)
        asked_back = Return(order_id=order.id, requested_at=NOW, status=ReturnStatus.REQUESTED, explanation="@casse")
        session.add(asked_back)
        session.flush()
        session.add_all(
            [
                ReturnLine(return_id=asked_back.id, order_line_id=lines[1].id, quantity=1),
                ReturnLine(return_id=asked_back.id, order_line_id=lines[0].id, quantity=2, quantity_received=1),
            ]
        )
    (row,) = rows_of(engine, ExportSubject.RETURNS, ReturnFilter(ReturnTab.OPEN))
    assert row["Articles annoncés"] == "2 × Thé vert, 1 × Tasse"
    assert (row["Unités annoncées"], row["Unités reçues"], row["Remboursé"]) == ("3", "1", "0,00")
    assert (row["Commande"], row["Statut"], row["Explication"]) == ("R-1", "En attente de confirmation", "'@casse")
    assert row["Demandé le"] == "21/11/2026 10:30:00"


def test_customers_tell_how_often_they_ordered(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        seller = create_seller(session)
        loyal = create_customer(session, "Évelyne Morin", phone="+33 6 12 34 56 78", search_text="evelyne morin")
        create_customer(session, "Marc Petit", search_text="marc petit")
        for days in (0, 40):
            create_order(session, seller, loyal, placed_at=NOW - dt.timedelta(days=days))
    evelyne, marc = (rows_of(engine, ExportSubject.CUSTOMERS, CustomerFilter(text)) for text in ("évelyne", "petit"))
    assert [row["Nom"] for row in evelyne] == ["Évelyne Morin"]
    told = evelyne[0]
    assert (told["Commandes"], told["Première commande"], told["Dernière commande"]) == (
        "2",
        "12/10/2026 11:30:00",  # Summer time.
        "21/11/2026 10:30:00",
    )
    assert told["Téléphone"] == "+33 6 12 34 56 78"
    assert (marc[0]["Commandes"], marc[0]["Dernière commande"]) == ("0", "")
    assert len(rows_of(engine, ExportSubject.CUSTOMERS, CustomerFilter())) == 2


def test_messages_tell_what_became_of_them_and_not_what_they_say(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        order = create_order(session, number="M-1")
        for state in (OutboxState.SENT, OutboxState.FAILED):
            session.add(
                OutboxMessage(
                    order_id=order.id,
                    event=f"move:{state}",
                    template=EmailTemplate.MESSAGE,
                    recipient_kind=RecipientKind.CUSTOMER,
                    recipient="evelyne@example.org",
                    state=state,
                    subject="=1+1",
                    html="<p>secret</p>",
                )
            )
    (row,) = rows_of(engine, ExportSubject.EMAILS, MailFilter(MailTab.SENT))
    assert (row["Commande"], row["Adresse ou numéro"], row["Objet"]) == ("M-1", "evelyne@example.org", "'=1+1")
    assert len(rows_of(engine, ExportSubject.EMAILS, MailFilter(MailTab.ALL, order_number="M-1"))) == 2
    assert b"secret" not in exported(engine, ExportSubject.EMAILS, MailFilter(MailTab.ALL), CSV)


def test_the_words_of_a_search_are_only_words(engine: sa.Engine) -> None:
    """PostgreSQL's COPY takes no parameters: what people type is written into it, and must stay what it is."""
    with transaction(engine) as session:
        create_order(session, create_seller(session), create_customer(session))
    for typed in ("'; DROP TABLE orders; --", "100 %s %(a)s", "\\'; --", "$$", "a:b", "\\"):
        with pytest.raises(NothingToExportError):
            asked(engine, ExportSubject.ORDERS, OrderFilter(ALL_STATUSES, text=typed), CSV)
        said = asked(engine, ExportSubject.ORDERS, OrderFilter(ALL_STATUSES), CSV)
        said["request"]["filter"] = filter_to_json(OrderFilter(ALL_STATUSES, text=typed))
        with pytest.raises(NothingToExportError):
            made(engine, said)


def test_a_seller_s_rows_are_their_own(session: Session) -> None:
    tea, bread = create_seller(session), create_seller(session, "Boulangerie")
    create_order(session, tea)
    create_order(session, bread)
    viewer = viewer_for(create_person(session, Role.SELLER, seller_id=tea.id))
    for subject in (ExportSubject.ORDERS, ExportSubject.LINES):
        request = ExportRequest(subject, filter_to_json(OrderFilter(ALL_STATUSES)), ("seller",), CSV)
        assert count_rows(session, viewer, request, TODAY) == 1
        rows = session.execute(plan_export(session, viewer, request, TODAY).values).all()
        assert [row.seller for row in rows] == [tea.name]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
def test_who_exports_nothing_cannot_ask(session: Session, role: Role) -> None:
    columns = {"seller_id": create_seller(session).id} if role is Role.SELLER else {}
    actor = Actor.person(viewer_for(create_person(session, role, **columns)))
    request = ExportRequest(ExportSubject.ORDERS, filter_to_json(OrderFilter()), ("number",), CSV)
    with pytest.raises(NotAllowedError):
        ask_for_export(session, actor, request, 1, NOW)


def test_an_empty_list_and_one_without_columns_are_refused(session: Session) -> None:
    actor = Actor.person(viewer_for(create_person(session, Role.FINANCE)))
    request = ExportRequest(ExportSubject.ORDERS, filter_to_json(OrderFilter()), ("number",), CSV)
    with pytest.raises(NothingToExportError):
        ask_for_export(session, actor, request, 0, NOW)
    nothing = ExportRequest(ExportSubject.ORDERS, filter_to_json(OrderFilter()), (), CSV)
    with pytest.raises(NoColumnError):
        ask_for_export(session, actor, nothing, 1, NOW)
    unknown = ExportRequest(ExportSubject.ORDERS, filter_to_json(OrderFilter()), ("no such column",), CSV)
    with pytest.raises(NoColumnError):
        plan_export(session, viewer_for(create_person(session, Role.FINANCE)), unknown, TODAY)


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.SUPPORT}])
def test_who_may_not_export_any_more_gets_no_file(engine: sa.Engine, change: dict[str, Any]) -> None:
    with transaction(engine) as session:
        create_order(session)
    said = asked(engine, ExportSubject.ORDERS, OrderFilter(ALL_STATUSES), CSV)
    with transaction(engine) as session:
        session.execute(sa.update(Person).where(Person.id == said["person_id"]).values(**change))
    with pytest.raises(NotAllowedError):
        made(engine, said)


def test_progress_is_told_and_who_stops_it_leaves_nothing_open(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("csv_file", "workbook"):
        monkeypatch.setattr(f"jobs.exports.{module}._FETCHED_AT_ONCE", 2)
    monkeypatch.setattr("jobs.exports.parquet._ROWS_OF_A_GROUP", 2)
    with transaction(engine) as session:
        seller, customer = create_seller(session), create_customer(session)
        for _ in range(5):
            create_order(session, seller, customer)
    for file_format in ExportFormat:
        said, told = asked(engine, ExportSubject.ORDERS, OrderFilter(ALL_STATUSES), file_format), list[int]()
        make_export(engine, said, io.BytesIO(), told.append)
        assert told[:2] == [2, 4]

        def stop(_done: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            make_export(engine, said, io.BytesIO(), stop)
    with reading(engine) as session:
        assert session.scalar(sa.select(sa.literal(1))) == 1


def test_every_list_can_be_made_in_every_format_with_every_column(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        viewer = viewer_for(create_person(session, Role.ADMIN))
        for subject, listed in LISTS.items():
            keys = [column.key for column in columns_of(subject)]
            assert len(set(keys)) == len(keys)
            assert len({column.title for column in columns_of(subject)}) == len(keys)
            assert set(usual_columns(subject)) < set(keys) or usual_columns(subject) == tuple(keys)
            request = ExportRequest(subject, filter_to_json(listed.filter_type()), tuple(keys), CSV)
            assert count_rows(session, viewer, request, TODAY) == 0
            assert session.execute(plan_export(session, viewer, request, TODAY).values).all() == []
