"""The continuity report as the worker makes it: at night, and as a file that somebody asked for."""

import dataclasses
import io
from threading import Event

import pypdf
import pytest
import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.continuity import Anomaly, AnomalyKind, Check
from db.domain.errors import NotFoundError
from db.domain.files import FileKind
from db.engine import reading, transaction
from db.models import Document, DocumentCheck, DocumentSeries, Seller
from db.queries.continuity import last_check
from db.queries.marketplace import MarketplaceRow
from db.services.documents.continuity import series_to_check
from db.services.documents.issue import issue_invoice
from jobs.documents.continuity import make_continuity, write_report
from jobs.documents.continuity_check import check_continuity_now
from jobs.files import MAKERS
from jobs.makers import Made
from jobs.run import Run
from tests.conftest import NOW
from tests.db.services.documents.test_continuity import delete, tamper
from tests.db.services.documents.test_issue import tea_order
from tests.factories import ADMIN, create_issuer


def issue(engine: sa.Engine, count: int, code: str = "THE") -> None:
    with transaction(engine) as session:
        seller = create_issuer(session, code=code)
        for _ in range(count):
            issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW)


def made(engine: sa.Engine, **arguments: object) -> tuple[Made, str]:
    out = io.BytesIO()
    result = make_continuity(engine, arguments, out, lambda _: None)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(out).pages)
    return result, " ".join(text.split())  # However its lines are broken.


def kept(engine: sa.Engine) -> Check:
    with reading(engine) as session:
        found = last_check(session, ADMIN)
    assert found is not None
    return found


def make_vanish(engine: sa.Engine, code: str) -> None:
    """Delete a series with all that is in it, as somebody with the database's own rights could."""
    with transaction(engine) as session:
        series = session.scalars(sa.select(DocumentSeries).where(DocumentSeries.code == code)).one()
        ids = session.scalars(sa.select(Document.id).where(Document.series_id == series.id)).all()
        statements = [statement for document_id in ids for statement in delete(document_id)]
        tamper(session, *statements, f"DELETE FROM document_series WHERE code = '{code}'")


def test_the_night_checks_every_series_and_keeps_what_it_found(engine: sa.Engine) -> None:
    issue(engine, 3)

    assert check_continuity_now(Run(engine, "worker", Event())) == 3

    check = kept(engine)
    assert (check.person_name, check.year, check.documents, check.is_sound) == ("", None, 3, True)


def test_a_night_that_is_broken_off_keeps_nothing(engine: sa.Engine) -> None:
    issue(engine, 1)
    stop = Event()
    stop.set()

    assert check_continuity_now(Run(engine, "worker", stop)) == 0

    with reading(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(DocumentCheck)) == 0


def test_a_check_that_somebody_asked_for_is_printed(engine: sa.Engine) -> None:
    issue(engine, 2)

    result, text = made(engine, year=None, by="Zoé Finance")

    assert (result.media_type, result.rows) == ("application/pdf", 2)
    assert kept(engine).person_name == "Zoé Finance"
    for words in ("Zoé Finance", "2 documents dans 1 série", "F2026-THE", "000001", "000002", "Complète et inchangée"):
        assert words in text


def test_a_kept_check_is_printed_again_without_a_new_one(engine: sa.Engine) -> None:
    issue(engine, 1)
    made(engine, year=None, by="Zoé")
    check = kept(engine)

    _, text = made(engine, check_id=check.id, year=2025, seller_id=None)

    assert kept(engine) == check
    assert "Aucun document n’a encore été établi." in text
    with pytest.raises(NotFoundError):
        made(engine, check_id=check.id + 1, year=None, seller_id=None)


def test_anomalies_are_printed_with_what_they_mean_and_what_to_do(engine: sa.Engine) -> None:
    issue(engine, 1)
    made(engine, year=2026, by="Zoé")
    with reading(engine) as session:
        assert list(series_to_check(session).values()) == [1]
        check = last_check(session, ADMIN, 2026)
    assert check is not None
    missing = Anomaly(AnomalyKind.MISSING, "F2026-THE-000002", "F2026-THE-000004", 3)
    report = dataclasses.replace(check.reports[0], anomalies=(missing,), anomaly_count=5)
    out = io.BytesIO()

    write_report(dataclasses.replace(check, reports=[report]), MarketplaceRow("Les halles"), out)

    text = " ".join(pypdf.PdfReader(out).pages[0].extract_text().split())
    for words in (
        "Les halles",
        "5 anomalies dans la série F2026-THE",
        "Les 3 numéros de F2026-THE-000002 à F2026-THE-000004 manquent.",
        "Ne comblez pas le trou",
        "et 4 autres anomalies.",
    ):
        assert words in text


def test_such_files_have_their_maker() -> None:
    assert MAKERS[FileKind.CONTINUITY] is make_continuity


def test_a_series_that_is_there_no_more_is_told_of_for_ever(engine: sa.Engine) -> None:
    run = Run(engine, "worker", Event())
    issue(engine, 3)
    issue(engine, 1, "LIVRES")
    check_continuity_now(run)
    make_vanish(engine, "F2026-THE")

    for _ in range(2):  # However often it is checked.
        assert check_continuity_now(run) == 1
        check = kept(engine)
        assert [(report.code, report.is_sound) for report in check.reports] == [
            ("F2026-LIVRES", True),
            ("F2026-THE", False),
        ]
    (gone,) = check.reports[1].anomalies
    assert gone.words == "La série F2026-THE, qu’un contrôle précédent avait lue, a disparu avec 3\u00a0documents."
    assert check.verdict == "1\u00a0document dans 2\u00a0séries\u00a0: 1\u00a0anomalie dans la série F2026-THE."
    printed = " ".join(gone.words.split())
    assert printed in made(engine, year=2026, by="Zoé")[1]
    assert printed not in made(engine, year=2025, by="Zoé")[1]


def test_a_series_that_begins_anew_is_not_the_one_that_was(engine: sa.Engine) -> None:
    run = Run(engine, "worker", Event())
    issue(engine, 2)
    check_continuity_now(run)
    make_vanish(engine, "F2026-THE")
    check_continuity_now(run)
    with transaction(engine) as session:
        seller = session.scalars(sa.select(Seller)).one()
        issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW)

    check_continuity_now(run)

    (report,) = kept(engine).reports
    assert [(each.kind, each.number) for each in report.anomalies] == [(AnomalyKind.MISSING, "F2026-THE-000002")]
    assert report.anchor.sequence == 2
