"""Files of invoices and credit notes: made once, flagged, tried again, made again as they were."""

import datetime as dt
import hashlib
import io
import multiprocessing
from pathlib import Path
from threading import Event
from unittest.mock import Mock

import pytest
import sqlalchemy as sa
from facturx import get_xml_from_pdf
from PIL import Image
from pypdf import PdfReader

from db.domain.actor import SYSTEM
from db.domain.errors import MarketplaceError
from db.domain.files import FileKind, FileState
from db.domain.formats import amount
from db.domain.time import utc_now
from db.engine import make_engine, reading, transaction
from db.models import Document, DocumentSettings, StoredFile
from db.services.document_files import StoredDocument, make_again, report_damage
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.files import CAME_OUT_OTHERWISE, GAVE_UP, ask_for_file
from db.settings import settings
from db.storage import storage
from jobs.documents import original
from jobs.documents.make import make_documents
from jobs.files import make_files
from jobs.run import Run
from tests.db.services.documents.test_issue import WHOLE, tea_order
from tests.jobs.documents.facturx.reading import totals
from tests.jobs.documents.making import content, invoices, stored

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def as_stored(row: StoredFile) -> StoredDocument:
    return StoredDocument(row.id, row.ref, row.sha256)


def lose(run: Run, file_id: int) -> StoredFile:
    """Have what is stored vanish, and be noticed; return the file as it was."""
    row = stored(run.engine, file_id)
    storage().delete(row.ref)
    with transaction(run.engine) as session:
        assert report_damage(session, as_stored(row), utc_now())
    return row


def test_an_invoice_is_made_stored_and_named_by_its_number(run: Run) -> None:
    (file_id,) = invoices(run.engine)

    assert make_documents(run) == 1

    row = stored(run.engine, file_id)
    made = content(row)
    year = row.asked_at.year
    assert (row.state, row.name, row.media_type) == (FileState.READY, f"F{year}-THE-000001.pdf", "application/pdf")
    assert (row.sha256, row.size_bytes) == (hashlib.sha256(made).hexdigest(), len(made))
    assert (row.is_flagged, row.faults, row.warnings) == (False, [], [])
    assert make_documents(run) == 0


def test_xml_print_and_database_state_the_same_to_the_cent(run: Run) -> None:
    (file_id,) = invoices(run.engine)
    with transaction(run.engine) as session:
        (invoice_id,) = session.scalars(sa.select(Document.id))
        issue_credit_note(session, SYSTEM, invoice_id, WHOLE, "Retour", utc_now())

    assert make_documents(run) == 2

    for row in (stored(run.engine, file_id), stored(run.engine, file_id + 1)):
        with reading(run.engine) as session:
            document = session.get_one(Document, row.document_id)
        pdf = io.BytesIO(content(row))
        xml = totals(get_xml_from_pdf(pdf.getvalue(), check_xsd=True)[1])
        printed = " ".join(page.extract_text() for page in PdfReader(pdf).pages)
        kept = (document.net_cents, document.vat_cents, document.gross_cents)
        assert (xml["net"], xml["vat"], xml["gross"]) == tuple(map(abs, kept))
        # 53,96 + 7,35 = 61,31, worked out in tests/db/services/documents/test_issue.py.
        assert tuple(map(abs, kept)) == (53_96, 7_35, 61_31)
        assert all(amount(cents) in printed for cents in kept)


def test_the_two_jobs_leave_each_other_their_files(run: Run) -> None:
    (document,) = invoices(run.engine)
    with transaction(run.engine) as session:
        labels = ask_for_file(session, SYSTEM, FileKind.LABELS, "Étiquettes", {}, 1, utc_now())
    maker = Mock(side_effect=MarketplaceError("Ces colis n’existent plus."))

    assert make_files(run, makers={FileKind.LABELS: maker}) == 1
    assert stored(run.engine, document).state is FileState.QUEUED
    assert make_documents(run) == 1

    assert stored(run.engine, labels).state is FileState.FAILED
    assert maker.call_count == 1


def test_a_document_that_breaks_a_rule_is_stored_and_flagged_with_the_rule(run: Run) -> None:
    (broken,) = invoices(run.engine, vat_number="83404833048")
    (sound,) = invoices(run.engine, code="LIVRES")

    assert make_documents(run) == 2

    row = stored(run.engine, broken)
    assert (row.state, row.is_flagged) == (FileState.READY, True)
    assert [fault["rule"] for fault in row.faults] == ["BR-CO-09"]
    assert "shall have a prefix" in row.faults[0]["text"]
    assert content(row).startswith(b"%PDF")
    assert not stored(run.engine, sound).is_flagged


def test_a_document_that_no_xml_can_state_is_printed_without_and_flagged(run: Run) -> None:
    with transaction(run.engine) as session:
        order = tea_order(session, currency="ABC")
        issue_invoice(session, SYSTEM, order.id, utc_now())
        file_id = session.scalars(sa.select(StoredFile.id)).one()

    assert make_documents(run) == 1

    row = stored(run.engine, file_id)
    assert (row.state, row.is_flagged, row.faults[0]["rule"]) == (FileState.READY, True, "Factur-X")
    assert "ABC" in row.faults[0]["text"]
    assert PdfReader(io.BytesIO(content(row))).attachments == {}


def test_a_document_that_cannot_be_drawn_fails_with_a_sentence_and_the_others_are_made(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.services.files.WAIT_AFTER_FAILURE", dt.timedelta(seconds=-1))
    broken, whole = invoices(run.engine, 2)
    draw = original.render

    def fragile(snapshot, out, **rest) -> tuple[str, ...]:
        if snapshot.sequence == 1:
            raise ZeroDivisionError
        return draw(snapshot, out, **rest)

    monkeypatch.setattr(original, "render", fragile)
    make_documents(run)

    row = stored(run.engine, broken)
    assert (row.state, row.error, row.attempts) == (FileState.FAILED, GAVE_UP, 3)
    assert stored(run.engine, whole).state is FileState.READY
    monkeypatch.setattr(original, "render", draw)
    with transaction(run.engine) as session:
        assert make_again(session, SYSTEM, [broken, whole]) == 1
    assert make_documents(run) == 1
    assert (stored(run.engine, broken).state, stored(run.engine, broken).error) == (FileState.READY, "")


def draw_and_never_end(url: str, files_url: str, began) -> None:
    import os  # noqa: PLC0415  the settings of the process that dies

    os.environ["FILES_URL"] = files_url
    settings.cache_clear()

    def endless(_snapshot, out, **_rest) -> tuple[str, ...]:
        out.write(b"half an invoice")
        began.set()
        Event().wait()
        raise AssertionError

    original.render = endless
    make_documents(Run(make_engine(url), "mortal", Event()))


def test_a_killed_workers_document_is_made_once_by_the_next_one(database_url: str, run: Run, files: Path) -> None:
    (file_id,), began = invoices(run.engine), _processes.Event()
    worker = _processes.Process(target=draw_and_never_end, args=[database_url, f"file://{files}", began], daemon=True)
    worker.start()
    assert began.wait(60)
    worker.kill()
    worker.join()

    assert make_documents(run) == 0
    with transaction(run.engine) as session:  # A minute later.
        half = session.scalars(sa.select(StoredFile)).one()
        # As one leaves it that is killed after it stored the file, before it could say so.
        storage().put(f"document/{half.asked_at:%Y/%m}/{half.id}-1", io.BytesIO(b"%PDF nobody knows of"))
        session.execute(sa.update(StoredFile).values(claimed_until=utc_now() - dt.timedelta(seconds=1)))
    assert make_documents(run) == 1

    row = stored(run.engine, file_id)
    assert (row.state, row.attempts) == (FileState.READY, 2)
    assert [path.name for path in files.rglob("*") if path.is_file()] == [row.ref.rpartition("/")[2]]


def test_what_is_lost_is_made_again_with_the_same_bytes(run: Run) -> None:
    (file_id,) = invoices(run.engine)
    make_documents(run)
    was = lose(run, file_id)
    assert stored(run.engine, file_id).state is FileState.QUEUED
    with transaction(run.engine) as session:
        assert not report_damage(session, as_stored(was), utc_now())  # Somebody else noticed it, too.

    assert make_documents(run) == 1

    row = stored(run.engine, file_id)
    assert (row.state, row.sha256, row.error) == (FileState.READY, was.sha256, "")
    assert row.ref != was.ref
    assert hashlib.sha256(content(row)).hexdigest() == was.sha256
    with transaction(run.engine) as session:
        assert not report_damage(session, as_stored(was), utc_now())  # News from before.


def test_what_comes_out_otherwise_is_never_served_as_the_document(
    run: Run, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file_id,) = invoices(run.engine)
    make_documents(run)
    was = lose(run, file_id)
    monkeypatch.setattr(original, "render", lambda _snapshot, out, **_rest: out.write(b"%PDF another") and ())

    assert make_documents(run) == 0

    row = stored(run.engine, file_id)
    assert (row.state, row.error) == (FileState.DAMAGED, CAME_OUT_OTHERWISE)
    assert (row.sha256, row.ref) == (was.sha256, was.ref)
    assert [path for path in files.rglob("*") if path.is_file()] == []


def test_the_logo_is_drawn_and_its_absence_is_told(run: Run) -> None:
    png = io.BytesIO()
    Image.new("RGB", (4, 2), "#0f5c4d").save(png, "PNG")
    storage().put("logo/1", io.BytesIO(png.getvalue()))
    with transaction(run.engine) as session:
        session.merge(DocumentSettings(id=1, logo_ref="logo/1"))
    drawn, undrawn = invoices(run.engine), invoices(run.engine, code="LIVRES")

    make_documents(run)
    storage().delete("logo/1")
    with transaction(run.engine) as session:
        session.execute(
            sa.update(StoredFile).where(StoredFile.id.in_(undrawn)).values(state=FileState.QUEUED, ref="", sha256="")
        )
    make_documents(run)

    with_logo, without = stored(run.engine, drawn[0]), stored(run.engine, undrawn[0])
    assert (with_logo.warnings, without.warnings) == ([], [{"text": "Le logo n’a pas été trouvé."}])
    assert [len(PdfReader(io.BytesIO(content(row))).pages[0].images) for row in (with_logo, without)] == [
        2,
        1,
    ]  # One is the QR code.


def test_the_e_mails_that_wait_for_a_document_are_woken(postgres_engine: sa.Engine, files: Path) -> None:
    invoices(postgres_engine)
    make_documents(Run(postgres_engine, "worker", Event()))

    with postgres_engine.connect() as connection:
        woken = connection.scalars(sa.text("SELECT task_name FROM procrastinate_jobs ORDER BY id")).all()
    assert woken[-2:] == ["make-documents", "deliver-emails"]
