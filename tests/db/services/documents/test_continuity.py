"""The continuity report on real series: sound as they are issued, and whatever is done behind their back is found."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.continuity import AnomalyKind, SeriesReport, range_of_missing, reports_from_json
from db.domain.credit import CreditRequest
from db.domain.errors import NotAllowedError
from db.domain.permissions import Role
from db.domain.snapshot_json import chained_hash
from db.engine import reading, transaction
from db.models import Document, DocumentCheck, DocumentSeries, Seller, StoredFile
from db.queries.todo import DocumentTodo, document_todo_counts
from db.services.documents import continuity, series_reading
from db.services.documents.continuity import (
    ask_for_check,
    ask_for_report,
    inspect_series,
    keep_check,
    known_anchors,
    series_to_check,
)
from db.services.documents.issue import issue_credit_note, issue_invoice
from tests.conftest import NOW
from tests.db.services.documents.test_issue import WHOLE, tea_order
from tests.factories import create_issuer, create_person, viewer_for


def issue(session: Session, count: int, code: str = "THE") -> list[int]:
    """Issue invoices of one seller, a minute apart; return their ids."""
    seller = create_issuer(session, code=code)
    return [
        issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW + dt.timedelta(minutes=each)).document_id
        for each in range(count)
    ]


def check(session: Session, year: int | None = None) -> list[SeriesReport]:
    session.flush()
    known = known_anchors(session)
    return [inspect_series(session, each, known) for each in series_to_check(session, year)]


def found(reports: Sequence[SeriesReport]) -> list[tuple[AnomalyKind, str]]:
    return [(each.kind, each.number) for report in reports for each in report.anomalies]


def tamper(session: Session, *statements: str) -> None:
    """Do what the triggers refuse, as somebody with the database's own rights could; all is rolled back afterwards."""
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        triggers = [f"{table}_never_{act}" for table in ("documents", "document_vat") for act in ("update", "delete")]
        for trigger in triggers:
            session.execute(sa.text(f"DROP TRIGGER IF EXISTS {trigger}"))
    else:
        for table in ("documents", "document_vat"):
            session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    for statement in statements:
        session.execute(sa.text(statement))
    session.expire_all()


def delete(document_id: int) -> tuple[str, ...]:
    return (
        f"DELETE FROM document_vat WHERE document_id = {document_id}",
        f"DELETE FROM files WHERE document_id = {document_id}",
        f"DELETE FROM documents WHERE id = {document_id}",
    )


def test_what_is_issued_is_sound_series_by_series(session: Session) -> None:
    invoices = issue(session, 4)
    issue_credit_note(session, SYSTEM, invoices[0], CreditRequest(units={1: 1}), "Un sachet abîmé", NOW)
    issue_credit_note(session, SYSTEM, invoices[0], WHOLE, "Le reste", NOW)
    issue(session, 1, "LIVRES")

    reports = check(session)

    assert found(reports) == []
    assert {report.code: (report.count, report.first_number, report.last_number) for report in reports} == {
        "F2026-THE": (4, "F2026-THE-000001", "F2026-THE-000004"),
        "AV2026-THE": (2, "AV2026-THE-000001", "AV2026-THE-000002"),
        "F2026-LIVRES": (1, "F2026-LIVRES-000001", "F2026-LIVRES-000001"),
    }


def test_a_check_of_one_year_reads_that_year_alone(session: Session) -> None:
    seller = create_issuer(session, code="THE")
    for at in (NOW, NOW + dt.timedelta(days=60)):
        issue_invoice(session, SYSTEM, tea_order(session, seller).id, at)

    assert [report.code for report in check(session)] == ["F2027-THE", "F2026-THE"]
    assert [report.code for report in check(session, 2026)] == ["F2026-THE"]


def test_a_changed_total_is_found(session: Session) -> None:
    ids = issue(session, 3)
    tamper(session, f"UPDATE documents SET gross_cents = 1000, net_cents = 265 WHERE id = {ids[1]}")

    (report,) = check(session)

    assert found([report]) == [(AnomalyKind.COLUMNS_DIFFER, "F2026-THE-000002")]
    assert report.anomalies[0].detail == "montants"


def test_a_changed_rate_of_vat_is_found(session: Session) -> None:
    ids = issue(session, 2)
    tamper(session, f"UPDATE document_vat SET rate_bp = 1000 WHERE document_id = {ids[0]} AND rate_bp = 2000")

    (report,) = check(session)

    assert [(each.number, each.detail) for each in report.anomalies] == [("F2026-THE-000001", "TVA par taux")]


def test_a_changed_address_inside_a_document_is_found(session: Session) -> None:
    ids = issue(session, 3)
    snapshot = dict(session.get_one(Document, ids[1]).snapshot)
    snapshot["billing"] = snapshot["billing"] | {"city": "Ailleurs"}
    tamper(session)
    changed = sa.update(Document.__table__).where(Document.id == ids[1])
    session.execute(changed.values(snapshot=snapshot))

    assert found(check(session)) == [(AnomalyKind.CONTENT_CHANGED, "F2026-THE-000002")]

    previous = session.scalars(sa.select(Document.previous_hash).where(Document.id == ids[1])).one()
    session.execute(changed.values(content_hash=chained_hash(previous, snapshot)))
    assert found(check(session)) == [(AnomalyKind.LINK_BROKEN, "F2026-THE-000003")]


def test_a_document_deleted_in_the_middle_is_missed(session: Session) -> None:
    ids = issue(session, 4)
    tamper(session, *delete(ids[1]), *delete(ids[2]))

    (report,) = check(session)

    assert [each.words for each in report.anomalies] == [
        "Les 2 numéros de F2026-THE-000002 à F2026-THE-000003 manquent."
    ]


def test_a_document_deleted_at_the_end_is_missed(session: Session) -> None:
    ids = issue(session, 3)
    tamper(session, *delete(ids[2]))

    assert found(check(session)) == [(AnomalyKind.MISSING, "F2026-THE-000003")]


def test_a_series_emptied_altogether_is_missed(session: Session) -> None:
    ids = issue(session, 2)
    tamper(session, *delete(ids[0]), *delete(ids[1]))

    (report,) = check(session)

    assert report.count == 0
    assert [(each.number, each.until) for each in report.anomalies] == [("F2026-THE-000001", "F2026-THE-000002")]


def test_an_end_deleted_with_its_counter_is_missed_by_the_check_after(session: Session) -> None:
    ids = issue(session, 3)
    keep_check(session, check(session), NOW)
    last = session.get_one(Document, ids[1])
    counter = {"last_sequence": 2, "last_hash": last.content_hash, "last_issued_at": last.issued_at}
    tamper(session, *delete(ids[2]))
    session.execute(sa.update(DocumentSeries).values(counter))

    for _ in range(2):  # However often it is checked.
        reports = check(session)
        keep_check(session, reports, NOW)
        assert found(reports) == [(AnomalyKind.MISSING, "F2026-THE-000003")]


def test_a_forged_document_is_found(session: Session) -> None:
    ids = issue(session, 2)
    columns = [column.name for column in Document.__table__.columns if column.name != "id"]
    forged = {"sequence": "3", "number": "'F2026-THE-000003'", "previous_hash": "content_hash"}
    picked = ", ".join(forged.get(name, name) for name in columns)
    tamper(session, f"INSERT INTO documents ({', '.join(columns)}) SELECT {picked} FROM documents WHERE id = {ids[1]}")

    (report,) = check(session)

    assert {each.kind for each in report.anomalies} == {
        AnomalyKind.NOT_GIVEN,
        AnomalyKind.CONTENT_CHANGED,
        AnomalyKind.COLUMNS_DIFFER,
    }
    assert {each.number for each in report.anomalies} == {"F2026-THE-000003"}


@pytest.mark.parametrize("shared_engine", ["postgresql"], indirect=True)  # SQLite drops no constraint.
def test_a_number_given_twice_is_found(session: Session) -> None:
    ids = issue(session, 3)
    tamper(
        session,
        "ALTER TABLE documents DROP CONSTRAINT uq_documents_series_id_sequence",
        "ALTER TABLE documents DROP CONSTRAINT uq_documents_number",
        f"UPDATE documents SET sequence = 2, number = 'F2026-THE-000002' WHERE id = {ids[2]}",
    )

    (report,) = check(session)

    # Once as a number borne twice, by the third document that says otherwise, and whose own is missing.
    assert {(each.kind, each.number) for each in report.anomalies} == {
        (AnomalyKind.DOUBLED, "F2026-THE-000002"),
        (AnomalyKind.LINK_BROKEN, "F2026-THE-000002"),
        (AnomalyKind.COLUMNS_DIFFER, "F2026-THE-000002"),
        (AnomalyKind.MISSING, "F2026-THE-000003"),
    }


def test_a_renumbered_document_is_found(session: Session) -> None:
    ids = issue(session, 3)
    tamper(session, f"UPDATE documents SET sequence = 7, number = 'F2026-THE-000007' WHERE id = {ids[1]}")

    (report,) = check(session)

    assert [(each.kind, each.number) for each in report.anomalies if each.kind is not AnomalyKind.LINK_BROKEN] == [
        (AnomalyKind.MISSING, "F2026-THE-000002"),
        (AnomalyKind.MISSING, "F2026-THE-000004"),
        (AnomalyKind.NOT_GIVEN, "F2026-THE-000007"),
        (AnomalyKind.OUT_OF_ORDER, "F2026-THE-000007"),
        (AnomalyKind.COLUMNS_DIFFER, "F2026-THE-000007"),
    ]


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)  # PostgreSQL takes nothing but JSON.
def test_a_content_that_is_no_json_any_more_is_reported(session: Session) -> None:
    ids = issue(session, 2)
    tamper(session, f"UPDATE documents SET snapshot = 'x' WHERE id = {ids[0]}")

    assert found(check(session)) == [(AnomalyKind.CONTENT_CHANGED, "F2026-THE-000001")]


def test_a_check_is_kept_with_who_asked_and_what_it_found(session: Session) -> None:
    issue(session, 2)
    reports = check(session)

    check_id = keep_check(session, reports, NOW, year=2026, person_name="Zoé").id

    session.expire_all()
    kept = session.get_one(DocumentCheck, check_id)
    assert (kept.checked_at, kept.person_name, kept.year, kept.documents, kept.is_sound) == (NOW, "Zoé", 2026, 2, True)
    assert reports_from_json(kept.report) == reports


def test_a_long_series_is_read_in_pieces_and_tells_how_far_it_is(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(session, 5)
    monkeypatch.setattr(series_reading, "_READ_AT_ONCE", 2)
    told: list[int] = []

    (series_id,) = series_to_check(session)
    report = inspect_series(session, series_id, {}, told.append)

    assert (report.count, report.is_sound, told) == (5, True, [2, 4, 5])


def test_what_is_issued_while_a_series_is_read_belongs_to_the_next_check(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series_reading, "_READ_AT_ONCE", 2)
    with transaction(engine) as session:
        issue(session, 5)
        order_id = tea_order(session, session.scalars(sa.select(Seller)).one()).id

    def issue_another(read: int) -> None:
        if read == 2:
            with transaction(engine) as other:
                issue_invoice(other, SYSTEM, order_id, NOW + dt.timedelta(hours=1))

    reports = []
    for progress in (issue_another, lambda _: None):
        with reading(engine) as session:
            (series_id,) = series_to_check(session)
            reports.append(inspect_series(session, series_id, {}, progress))

    assert [(report.count, report.is_sound) for report in reports] == [(5, True), (6, True)]


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_a_series_is_read_in_the_order_of_its_index(session: Session) -> None:
    issue(session, 1)
    (series_id,) = series_to_check(session)
    statement = continuity._documents_of(series_id).compile(session.get_bind(), compile_kwargs={"literal_binds": True})

    plan = [row.detail for row in session.execute(sa.text(f"EXPLAIN QUERY PLAN {statement}"))]

    assert any("document_series USING INTEGER PRIMARY KEY" in step for step in plan), plan
    assert any("documents USING INDEX" in step and "(series_id=?)" in step for step in plan), plan
    assert not [step for step in plan if "SCAN" in step or "TEMP B-TREE" in step], plan


def test_finance_asks_for_a_check_and_for_its_print_and_support_does_not(session: Session) -> None:
    issue(session, 3)
    finance, support = (Actor.person(viewer_for(create_person(session, role))) for role in (Role.FINANCE, Role.SUPPORT))

    file_id = ask_for_check(session, finance, NOW, year=2026)
    print_id = ask_for_report(session, finance, 1, NOW, year=None, seller_id=None)

    wanted = session.get_one(StoredFile, file_id)
    assert (wanted.title, wanted.total) == ("Contrôle de continuité 2026", 3)
    assert wanted.arguments == {"year": 2026, "by": finance.name}
    assert session.get_one(StoredFile, print_id).arguments == {"check_id": 1, "year": None, "seller_id": None}
    with pytest.raises(NotAllowedError):
        ask_for_check(session, support, NOW)


def test_what_is_not_sound_waits_for_finance_until_a_whole_check_finds_it_sound(session: Session) -> None:
    finance, support = (viewer_for(create_person(session, role)) for role in (Role.FINANCE, Role.SUPPORT))
    issue(session, 1)
    (sound,) = check(session)
    torn = replace(sound, anomalies=(range_of_missing(sound.code, 2, 2),), anomaly_count=1)

    counts = []
    for reports, year in (([sound], None), ([torn, torn, sound], 2026), ([sound], 2026), ([sound], None)):
        keep_check(session, reports, NOW, year=year)
        counts.append(document_todo_counts(session, finance)[DocumentTodo.CONTINUITY])

    assert counts == [0, 2, 2, 0]
    assert document_todo_counts(session, support) == {}
