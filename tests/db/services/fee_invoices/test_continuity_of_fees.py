"""The marketplace's own series in the continuity report: sound as issued; what is done behind their back is found."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db.domain.continuity import HOUSE_ID, AnomalyKind, SeriesReport
from db.domain.documents import DocumentKind
from db.models import FeeDocument, FeeSeries
from db.services.documents.continuity import keep_check, known_anchors, lost_series
from db.services.fee_invoices.continuity import fee_series_to_check, inspect_fee_series
from tests.conftest import NOW
from tests.factories import create_payee
from tests.fees import create_house, document, give_back, invoice_all, paid, sell
from tests.payouts import pays


@pytest.fixture(autouse=True)
def invoices(session: Session) -> None:
    """Two invoices, and a credit note on the second."""
    create_house(session)
    pays(session)
    seller = create_payee(session)
    for _ in range(2):
        order = sell(session, seller)
        paid(session, seller)
        invoice_all(session)
    give_back(session, order)
    sell(session, seller, 100_00, 1)
    paid(session, seller)
    assert invoice_all(session) == ["AC2026-000001"]


def check(session: Session) -> list[SeriesReport]:
    session.flush()
    known = known_anchors(session)
    return [inspect_fee_series(session, each, known) for each in fee_series_to_check(session, 2026)]


def found(reports: list[SeriesReport]) -> list[tuple[AnomalyKind, str, str]]:
    return [(each.kind, each.number, each.detail) for report in reports for each in report.anomalies]


def tamper(session: Session, *statements: str) -> None:
    """Do what the triggers refuse, as somebody with the database's own rights could; all is rolled back afterwards."""
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            session.execute(sa.text(f"DROP TRIGGER IF EXISTS fee_documents_never_{act}"))
    else:
        session.execute(sa.text("ALTER TABLE fee_documents DISABLE TRIGGER USER"))
    for statement in statements:
        session.execute(sa.text(statement))
    session.expire_all()


def test_what_is_issued_is_sound_and_the_house_s(session: Session) -> None:
    reports = check(session)
    assert found(reports) == []
    assert [(each.code, each.count, each.kind) for each in reports] == [
        ("FC2026", 2, DocumentKind.INVOICE),
        ("AC2026", 1, DocumentKind.CREDIT_NOTE),
    ]
    assert {(each.seller_id, each.seller) for each in reports} == {(HOUSE_ID, "Place du Marché")}


@pytest.mark.parametrize("statement", ["UPDATE fee_documents SET gross_cents = 1", "DELETE FROM fee_documents"])
def test_the_database_refuses_to_change_or_delete_one(session: Session, statement: str) -> None:
    with pytest.raises(DBAPIError):
        session.execute(sa.text(statement))


def test_a_missing_number_is_found(session: Session) -> None:
    gone = document(session, "FC2026-000001").id
    tamper(
        session,
        f"UPDATE payouts SET fee_document_id = NULL WHERE fee_document_id = {gone}",
        f"DELETE FROM fee_documents WHERE id = {gone}",
    )
    assert found(check(session)) == [(AnomalyKind.MISSING, "FC2026-000001", "")]


def test_a_changed_content_is_found(session: Session) -> None:
    changed = document(session, "FC2026-000002")
    said = dict(changed.snapshot) | {"reason": "autre"}
    tamper(session)
    session.execute(sa.update(FeeDocument.__table__).where(FeeDocument.id == changed.id).values(snapshot=said))
    assert found(check(session)) == [(AnomalyKind.CONTENT_CHANGED, "FC2026-000002", "")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("net_cents = 70, vat_cents = 23", "montants"),
        ("last_on = '2027-01-01'", "période"),
        ("currency = 'USD'", "devise, classement de la TVA"),
    ],
)
def test_columns_that_say_otherwise_are_found(session: Session, change: str, words: str) -> None:
    tamper(session, f"UPDATE fee_documents SET {change} WHERE number = 'FC2026-000001'")
    ((kind, number, detail),) = found(check(session))
    assert (kind, number) == (AnomalyKind.COLUMNS_DIFFER, "FC2026-000001")
    assert detail.startswith(words.partition(",")[0])


def test_a_payout_whose_fees_are_not_those_invoiced_is_found(session: Session) -> None:
    invoice = document(session, "FC2026-000001")
    tamper(session, f"UPDATE payouts SET fee_document_id = NULL WHERE fee_document_id = {invoice.id}")
    assert found(check(session)) == [
        (AnomalyKind.COLUMNS_DIFFER, "FC2026-000001", "commissions des reversements"),
    ]


def test_a_series_that_a_check_knew_is_missed_when_it_is_gone(session: Session) -> None:
    keep_check(session, check(session), NOW)
    assert lost_series(session) == []
    tamper(
        session,
        "UPDATE payouts SET fee_document_id = NULL",
        "DELETE FROM fee_documents",
        "DELETE FROM fee_series WHERE code = 'AC2026'",
    )
    (lost,) = lost_series(session)
    assert (lost.code, lost.anomalies[0].kind) == ("AC2026", AnomalyKind.VANISHED)
    assert session.scalars(sa.select(FeeSeries.code)).all() == ["FC2026"]
