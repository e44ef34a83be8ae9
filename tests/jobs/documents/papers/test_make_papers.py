"""The file of a printing: its pages in order, its ZIP, whose orders it holds, what becomes of it when things change."""

import datetime as dt
import hashlib
import io
import multiprocessing
import zipfile
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from db.domain.actor import SYSTEM, Actor
from db.domain.files import FileKind, FileState
from db.domain.orders import OrderStatus
from db.domain.papers import Chosen, Form, Paper, Wanted
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import make_engine, reading, transaction
from db.models import DocumentSettings, Order, Person, Seller, StoredFile
from db.queries.papers import plan_papers
from db.services.documents.issue import issue_invoice
from db.services.files import cancel_file
from db.services.papers import ask_for_papers
from db.storage import storage
from jobs import files as jobs_files
from jobs.documents.make import make_documents
from jobs.documents.papers import make
from jobs.documents.papers.make import make_papers
from jobs.files import make_files
from jobs.run import Run
from tests.db.services.documents.test_issue import tea_order
from tests.factories import ADMIN, create_issuer, create_order, create_person, viewer_for
from tests.jobs.documents.making import content, stored
from tests.jobs.documents.papers.drawing import plain

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


@pytest.fixture
def asker(run: Run) -> Actor:
    with transaction(run.engine) as session:
        return Actor.person(viewer_for(create_person(session, Role.ADMIN)))


def orders(engine: sa.Engine, count: int = 3, *, invoiced: bool = True) -> list[int]:
    """Orders ORD-1, ORD-2, … of one seller, invoiced last to first: the last one has the first number."""
    with transaction(engine) as session:
        seller = create_issuer(session, code="THE")
        made = [tea_order(session, seller, number=f"ORD-{place}") for place in range(1, count + 1)]
        if invoiced:
            for order in reversed(made):
                issue_invoice(session, SYSTEM, order.id, utc_now())
        return [order.id for order in made]


def ask(engine: sa.Engine, asker: Actor, paper: Paper, ids: Sequence[int], form: Form = Form.ONE_PDF) -> int:
    with transaction(engine) as session:
        return ask_for_papers(session, asker, Wanted(paper, Chosen(ids), form), utc_now())


def made(run: Run, file_id: int) -> StoredFile:
    make_files(run)
    row = stored(run.engine, file_id)
    assert row.state is FileState.READY, row.error
    return row


def pages(row: StoredFile) -> list[str]:
    return [plain(page.extract_text()) for page in PdfReader(io.BytesIO(content(row))).pages]


def unpacked(row: StoredFile) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content(row))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_invoices_are_printed_in_the_order_of_their_numbers(
    run: Run, asker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "_IN_ONE_PART", 2)  # Three of them: two parts are joined.
    row = made(run, ask(run.engine, asker, Paper.INVOICES, orders(run.engine)))
    printed = pages(row)
    numbers = [f"F2026-THE-00000{place}" for place in (1, 2, 3)]
    assert [[number for number in numbers if number in page] for page in printed] == [[each] for each in numbers]
    assert ["ORD-3" in printed[0], "ORD-1" in printed[2]] == [True, True]
    assert (row.name, row.done, row.total) == ("3 factures de 3 commandes choisies.pdf", 3, 3)
    assert not PdfReader(io.BytesIO(content(row))).attachments  # A print is no invoice of its own.


def test_a_zip_holds_the_very_files_that_are_stored(run: Run, asker: Actor) -> None:
    ids = orders(run.engine)
    make_documents(run)
    row = made(run, ask(run.engine, asker, Paper.INVOICES, ids, Form.ZIP))
    found = unpacked(row)
    assert sorted(found) == [f"F2026-THE-00000{place} – ORD-{4 - place} – Évelyne Morin.pdf" for place in (1, 2, 3)]
    with reading(run.engine) as session:
        rows = session.scalars(
            sa.select(StoredFile).where(StoredFile.kind == FileKind.DOCUMENT).order_by(StoredFile.id)
        )
        assert [found[name] for name in sorted(found)] == [content(each) for each in rows]
    assert (row.name, row.media_type) == ("3 factures de 3 commandes choisies.zip", "application/zip")


def documents_of(engine: sa.Engine) -> list[StoredFile]:
    with reading(engine) as session:
        found = sa.select(StoredFile).where(StoredFile.kind == FileKind.DOCUMENT).order_by(StoredFile.id)
        rows = list(session.scalars(found))
        session.expunge_all()
        return rows


def change(engine: sa.Engine, file_id: int, **values: object) -> None:
    with transaction(engine) as session:
        session.execute(sa.update(StoredFile).where(StoredFile.id == file_id).values(**values))


def test_what_is_missing_from_a_zip_is_told_with_it(run: Run, asker: Actor) -> None:
    ids = orders(run.engine)
    make_documents(run)
    otherwise, unmade, flagged = documents_of(run.engine)
    # Stored and drawn again, it is not what was handed out.
    change(run.engine, otherwise.id, sha256=hashlib.sha256(b"otherwise").hexdigest())
    change(run.engine, unmade.id, state=FileState.QUEUED, sha256="", ref="")
    change(run.engine, flagged.id, is_flagged=True)
    row = made(run, ask(run.engine, asker, Paper.INVOICES, ids, Form.ZIP))

    found = unpacked(row)

    assert sorted(found) == ["F2026-THE-000003 – ORD-1 – Évelyne Morin.pdf", "À lire.txt"]
    lost = "F2026-THE-000001\u00a0: absent, son fichier est perdu ou altéré et n’a pas pu être refait à l’identique."
    late = "F2026-THE-000002\u00a0: absent, son fichier est encore en préparation."
    said = found["À lire.txt"].decode("utf-8-sig").split("\r\n")
    assert said[0] == "3\u00a0factures de 3\u00a0commandes choisies (ZIP) – 1 sur 3\u00a0: 2 manquent"
    assert said[2:4] == [lost, late]
    assert said[4].startswith("F2026-THE-000003\u00a0: présent, mais signalé")
    assert (row.done, row.total) == (1, 3)
    assert row.warnings == [{"text": lost}, {"text": late}]
    assert row.name == "3 factures de 3 commandes choisies (1 sur 3 - 2 manquent).zip"
    # The one that is not as it was is asked for again.
    assert stored(run.engine, otherwise.id).state is FileState.QUEUED


def test_what_is_lost_or_altered_is_in_the_zip_as_it_was_made(run: Run, asker: Actor) -> None:
    ids = orders(run.engine)
    make_documents(run)
    rows = documents_of(run.engine)
    as_made = [content(row) for row in rows]
    storage().delete(rows[0].ref)
    storage().put(rows[1].ref, io.BytesIO(b"%PDF altered"))

    row = made(run, ask(run.engine, asker, Paper.INVOICES, ids, Form.ZIP))

    found = unpacked(row)
    said = found.pop("À lire.txt").decode("utf-8-sig")
    assert [found[name] for name in sorted(found)] == as_made
    assert (row.done, row.warnings, row.name) == (3, [], "3 factures de 3 commandes choisies.zip")
    assert said.count("présent, refait à l’identique") == 2
    assert [stored(run.engine, each.id).state for each in rows] == [FileState.QUEUED, FileState.QUEUED, FileState.READY]


def test_a_zip_of_nothing_is_refused(run: Run, asker: Actor) -> None:
    file_id = ask(run.engine, asker, Paper.INVOICES, orders(run.engine), Form.ZIP)
    make_files(run)
    row = stored(run.engine, file_id)
    assert row.state is FileState.FAILED
    assert "Aucun de ces fichiers n’est disponible" in row.error


def test_slips_in_a_zip_are_one_file_each(run: Run, asker: Actor) -> None:
    ids = orders(run.engine, invoiced=False)
    found = unpacked(made(run, ask(run.engine, asker, Paper.DELIVERY_SLIPS, ids, Form.ZIP)))
    assert sorted(found) == [f"Bon de livraison ORD-{place} – Évelyne Morin.pdf" for place in (1, 2, 3)]
    assert all(len(PdfReader(io.BytesIO(each)).pages) == 1 for each in found.values())


@pytest.mark.parametrize("paper", [each for each in Paper if each is not Paper.CREDIT_NOTES])
@pytest.mark.parametrize("form", Form)
def test_as_many_papers_are_made_as_were_planned(sqlite_run: Run, paper: Paper, form: Form) -> None:
    engine = sqlite_run.engine
    with transaction(engine) as session:
        person = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
        seller = create_issuer(session)
        a_few = [tea_order(session, seller, status=status).id for status in OrderStatus]
        for order_id in a_few[:2]:
            issue_invoice(session, SYSTEM, order_id, utc_now())
        for line in session.get_one(Order, a_few[6], options=[sa.orm.selectinload(Order.lines)]).lines:
            line.quantity_shipped = line.quantity
        session.get_one(Order, a_few[1]).delivery_mode = "in_store"
        session.flush()
        planned = plan_papers(session, ADMIN, Wanted(paper, Chosen(a_few), form), utc_now().date())
    make_documents(sqlite_run)
    row = made(sqlite_run, ask(engine, person, paper, a_few, form))
    assert row.done == row.total
    found = len(unpacked(row)) if form is Form.ZIP else len(pages(row))
    assert found == planned.papers > 0


@pytest.fixture
def sqlite_run(sqlite_engine: sa.Engine, files: Path) -> Run:
    return Run(sqlite_engine, "worker", Event())


def test_an_order_that_has_no_slip_any_more_is_named_after_the_others(run: Run, asker: Actor) -> None:
    ids = orders(run.engine, invoiced=False)
    file_id = ask(run.engine, asker, Paper.DELIVERY_SLIPS, ids)
    with transaction(run.engine) as session:
        session.get_one(Order, ids[1]).status = OrderStatus.CANCELLED
    row = made(run, file_id)
    *slips, last = pages(row)
    assert len(slips) == 2
    assert "Commande ORD-2 : elle n’a plus de bon de livraison." in last
    assert row.warnings == [{"text": "Commande ORD-2\u00a0: elle n’a plus de bon de livraison."}]
    assert row.name == "3 bons de livraison de 3 commandes choisies (2 sur 3 - 1 manque).pdf"


def test_of_many_that_are_missing_the_first_are_told_beside_the_file(
    run: Run, asker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "_TOLD", 1)
    ids = orders(run.engine, 4, invoiced=False)
    file_id = ask(run.engine, asker, Paper.PICKING_LIST, ids)
    with transaction(run.engine) as session:
        session.execute(sa.update(Order).where(Order.id.in_(ids[1:])).values(status=OrderStatus.CANCELLED))
    row = made(run, file_id)
    assert (row.done, row.total) == (1, 4)
    assert [each["text"] for each in row.warnings] == [
        "Commande ORD-2\u00a0: il n’y a plus rien à préparer.",
        "Et 2\u00a0autres\u00a0: le fichier les nomme tous.",
    ]


def test_nothing_left_by_the_time_it_is_made_is_a_sentence(run: Run, asker: Actor) -> None:
    ids = orders(run.engine, 1, invoiced=False)
    files_asked = [ask(run.engine, asker, Paper.PICKING_LIST, ids, form) for form in Form]
    with transaction(run.engine) as session:
        session.get_one(Order, ids[0]).status = OrderStatus.CANCELLED
    make_files(run)
    for file_id in files_asked:
        row = stored(run.engine, file_id)
        assert (row.state, row.ref) == (FileState.FAILED, "")
        assert row.error.startswith("Il n’y a rien à imprimer\u00a0: aucune liste de prélèvement")


def test_a_seller_gets_only_what_is_theirs_when_it_is_made(run: Run) -> None:
    own, other = orders(run.engine, 2, invoiced=False)
    with transaction(run.engine) as session:
        asker = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
    file_id = ask(run.engine, asker, Paper.DELIVERY_SLIPS, [own, other])
    with transaction(run.engine) as session:
        # Who asked has become a seller meanwhile, and one of the orders is another seller's.
        seller = create_issuer(session, "Librairie")
        session.get_one(Order, own).seller_id = seller.id
        row = session.get_one(Person, asker.person_id)
        row.role, row.seller_id = Role.SELLER, seller.id
    (page,) = pages(made(run, file_id))
    assert "ORD-1" in page


def test_who_has_lost_the_right_gets_nothing(run: Run, asker: Actor) -> None:
    file_id = ask(run.engine, asker, Paper.DELIVERY_SLIPS, orders(run.engine, invoiced=False))
    with transaction(run.engine) as session:
        session.get_one(Person, asker.person_id).is_active = False
    make_files(run)
    row = stored(run.engine, file_id)
    assert (row.state, row.ref) == (FileState.FAILED, "")
    assert "Votre rôle ne permet pas" in row.error


def test_a_logo_that_is_lost_leaves_its_place_to_the_name(run: Run, asker: Actor) -> None:
    with transaction(run.engine) as session:
        session.add(DocumentSettings(id=1, logo_ref="logos/gone.png"))
    (page,) = pages(made(run, ask(run.engine, asker, Paper.DELIVERY_SLIPS, orders(run.engine, 1, invoiced=False))))
    assert "Marketplace" in page


def test_a_printing_that_is_given_up_leaves_nothing_stored(
    run: Run, asker: Actor, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_files, "_SECONDS_BETWEEN_NOTES", 0)
    file_id = ask(run.engine, asker, Paper.DELIVERY_SLIPS, orders(run.engine, invoiced=False))
    seen: list[int] = []

    def cancelled_at_the_second(engine, arguments, out, progress):
        def told(done: int) -> None:
            seen.append(done)
            if done == 2:
                with transaction(engine) as session:
                    cancel_file(session, asker, file_id, utc_now())
            progress(done)

        return make_papers(engine, arguments, out, told)

    assert make_files(run, makers={FileKind.PAPERS: cancelled_at_the_second}) == 0
    row = stored(run.engine, file_id)
    assert (row.state, seen, row.ref) == (FileState.CANCELLED, [1, 2], "")
    assert [path for path in files.rglob("*") if path.is_file()] == []
    assert make_files(run) == 0


def print_and_never_end(url: str, began) -> None:
    def stuck(engine, arguments, out, _progress):
        def told(_done: int) -> None:
            began.set()
            Event().wait()

        return make_papers(engine, arguments, out, told)

    make_files(Run(make_engine(url), "mortal", Event()), makers={FileKind.PAPERS: stuck})


def test_a_killed_workers_printing_is_made_by_the_next_one(database_url: str, run: Run, asker: Actor) -> None:
    file_id = ask(run.engine, asker, Paper.DELIVERY_SLIPS, orders(run.engine, invoiced=False))
    began = _processes.Event()
    worker = _processes.Process(target=print_and_never_end, args=[database_url, began], daemon=True)
    worker.start()
    assert began.wait(60)
    worker.kill()
    worker.join()
    with transaction(run.engine) as session:  # A minute later.
        session.execute(sa.update(StoredFile).values(claimed_until=utc_now() - dt.timedelta(seconds=1)))
    row = made(run, file_id)
    assert (row.attempts, len(pages(row))) == (2, 3)


def test_sellers_of_one_printing_keep_their_own_names(run: Run, asker: Actor) -> None:
    with transaction(run.engine) as session:
        ids = [create_order(session, create_issuer(session, name)).id for name in ("Thés", "Livres")]
        assert session.scalar(sa.select(sa.func.count()).select_from(Seller)) == 2
    names = sorted(unpacked(made(run, ask(run.engine, asker, Paper.PICKING_LIST, ids, Form.ZIP))))
    assert names == ["Liste de prélèvement – Livres.pdf", "Liste de prélèvement – Thés.pdf"]
