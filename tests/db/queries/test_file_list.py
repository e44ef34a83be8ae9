"""« Fichiers »: which files each list holds, who sees which, page by page, and the index each list walks."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.file_list import FileFilter, FileTab
from db.domain.files import FileKind, FileState, FileUnavailableError
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import Seller, StoredFile
from db.queries import file_list
from db.queries.file_list import askers, file_page, files_under_way, troubled_count
from db.queries.files import file_row, file_to_download
from db.services.documents.issue import issue_invoice
from db.services.files import ask_for_file, cancel_file
from tests.conftest import NOW
from tests.factories import ADMIN, create_issuer, create_order, create_person, viewer_for

ASKED_FOR, DOCUMENTS, TROUBLED = FileTab
S = FileState

#: SQLite keeps the files without a document together, newest last, at the head of a unique index; PostgreSQL, which
#: does not, has an index of them.
NO_DOCUMENT = "document_id=? AND rowid"


def create_asked(
    session: Session,
    viewer: Viewer,
    kind: FileKind = FileKind.PAPERS,
    title: str = "12 factures",
    at: dt.datetime = NOW,
    **columns: object,
) -> int:
    file_id = ask_for_file(session, Actor.person(viewer), kind, title, {}, 12, at)
    return _changed(session, file_id, columns)


def create_document(
    session: Session, seller: Seller, at: dt.datetime = NOW, state: FileState = S.READY, **columns: object
) -> int:
    issued = issue_invoice(session, SYSTEM, create_order(session, seller).id, at)
    file_id = session.scalars(sa.select(StoredFile.id).where(StoredFile.document_id == issued.document_id)).one()
    return _changed(session, file_id, {"state": state} | columns)


def _changed(session: Session, file_id: int, columns: dict[str, object]) -> int:
    row = session.get_one(StoredFile, file_id)
    if columns.get("state") is S.READY:
        columns = {"sha256": "ab" * 32} | columns
    for name, value in columns.items():
        setattr(row, name, value)
    session.flush()
    return file_id


def person(session: Session, role: Role, **columns: object) -> Viewer:
    return viewer_for(create_person(session, role, **columns))


def ids(session: Session, viewer: Viewer, **wanted: object) -> list[int]:
    return [row.id for row in file_page(session, viewer, FileFilter(**wanted)).rows]


@pytest.fixture
def seller(session: Session) -> Seller:
    return create_issuer(session, code="THE")


@pytest.fixture
def support(session: Session) -> Viewer:
    return person(session, Role.SUPPORT)


# Which files.


def test_the_page_opens_on_what_people_asked_for_and_leaves_documents_to_their_list(
    session: Session, seller: Seller, support: Viewer
) -> None:
    first = create_asked(session, support)
    document = create_document(session, seller)
    second = create_asked(session, support, FileKind.LABELS)
    assert ids(session, support) == [second, first]
    assert ids(session, support, tab=DOCUMENTS) == [document]
    assert ids(session, support, tab=TROUBLED) == []


def test_documents_in_trouble_have_a_list_of_their_own(session: Session, seller: Seller, support: Viewer) -> None:
    create_document(session, seller)
    flagged = create_document(session, seller, is_flagged=True, faults=[{"rule": "BR-CO-15", "text": "Totaux"}])
    failed = create_document(session, seller, state=S.FAILED, error="Illisible.")
    damaged = create_document(session, seller, state=S.DAMAGED)
    create_asked(session, support, state=S.FAILED)  # No document: whoever asked is told, nobody else.
    assert ids(session, support, tab=TROUBLED) == [damaged, failed, flagged]
    assert troubled_count(session, support) == 3
    rows = file_page(session, support, FileFilter(TROUBLED)).rows
    assert all(row.is_troubled for row in rows)
    assert rows[-1].faults == [{"rule": "BR-CO-15", "text": "Totaux"}]


def test_files_are_filtered_by_kind_state_person_and_title(session: Session, support: Viewer) -> None:
    colleague = person(session, Role.ADMIN)
    tea = create_asked(session, support, title="3 récapitulatifs pour « Thés d’Été »")
    labels = create_asked(session, colleague, FileKind.LABELS, "5 étiquettes d’envoi", state=S.READY)
    assert ids(session, support, kind=FileKind.LABELS) == [labels]
    assert ids(session, support, state=S.QUEUED) == [tea]
    assert ids(session, support, person_id=colleague.person_id) == [labels]
    assert ids(session, support, text="ETE recapitulatifs") == [tea]
    assert ids(session, support, text="etiquettes 5") == [labels]
    assert ids(session, support, text="étiquettes", kind=FileKind.PAPERS) == []


def test_documents_are_filtered_by_state_number_and_person(session: Session, seller: Seller, support: Viewer) -> None:
    ready, waiting = create_document(session, seller), create_document(session, seller, state=S.QUEUED)
    failed = create_document(session, seller, state=S.FAILED)
    by_hand = create_document(session, seller, person_id=support.person_id)
    assert ids(session, support, tab=DOCUMENTS) == [by_hand, failed, waiting, ready]
    assert ids(session, support, tab=DOCUMENTS, state=S.READY) == [by_hand, ready]
    assert ids(session, support, tab=DOCUMENTS, state=S.QUEUED) == [waiting]
    assert ids(session, support, tab=DOCUMENTS, state=S.FAILED) == [failed]
    assert ids(session, support, tab=DOCUMENTS, state=S.CANCELLED) == []
    assert ids(session, support, tab=DOCUMENTS, person_id=support.person_id) == [by_hand]
    assert ids(session, support, tab=DOCUMENTS, text=" f2026-the-000002 ") == [waiting]
    assert ids(session, support, tab=DOCUMENTS, text="F2026-THE-00000") == []
    assert ids(session, support, tab=DOCUMENTS, text="\x00") == []
    assert ids(session, support, tab=TROUBLED, text="F2026-THE-000001") == []
    assert ids(session, support, tab=TROUBLED, text="F2026-THE-000003") == [failed]


def test_days_are_those_of_paris(session: Session, support: Viewer) -> None:
    # 23:30 UTC on the 20th is 00:30 on the 21st in Paris.
    before = create_asked(session, support, at=dt.datetime(2026, 11, 20, 22, 30, tzinfo=dt.UTC))
    after = create_asked(session, support, at=dt.datetime(2026, 11, 20, 23, 30, tzinfo=dt.UTC))
    twentieth, next_day = dt.date(2026, 11, 20), dt.date(2026, 11, 21)
    assert ids(session, support, first_day=twentieth, last_day=twentieth) == [before]
    assert ids(session, support, first_day=next_day) == [after]
    assert ids(session, support, last_day=dt.date(2026, 11, 19)) == []


# Who sees which.


def test_a_kind_is_listed_for_who_may_have_it(session: Session, support: Viewer) -> None:
    finance = person(session, Role.FINANCE)
    labels, papers = create_asked(session, support, FileKind.LABELS), create_asked(session, support)
    listing = create_asked(session, finance, FileKind.DOCUMENT_LIST)
    assert ids(session, ADMIN) == [listing, papers, labels]
    assert ids(session, support) == [papers, labels]
    assert ids(session, finance) == [listing, papers]
    assert ids(session, finance, kind=FileKind.LABELS) == []


def test_a_seller_sees_what_they_asked_for_and_their_own_documents(
    session: Session, seller: Seller, support: Viewer
) -> None:
    other = create_issuer(session, "Brûlerie", code="CAFE", siren="552100554", siret="55210055400013")
    theirs, others = person(session, Role.SELLER, seller_id=seller.id), create_document(session, other)
    own = [
        create_document(session, seller, is_flagged=True),
        create_document(session, seller, NOW + dt.timedelta(days=1)),
    ]
    asked = create_asked(session, theirs)
    foreign = create_asked(session, support)
    colleague = create_asked(session, person(session, Role.SELLER, seller_id=seller.id))
    assert ids(session, theirs) == [asked]
    assert ids(session, theirs, tab=DOCUMENTS) == own[::-1]
    assert ids(session, theirs, tab=DOCUMENTS, last_day=dt.date(2026, 11, 21)) == own[:1]
    assert ids(session, theirs, tab=DOCUMENTS, text="F2026-CAFE-000001") == []
    assert ids(session, theirs, tab=TROUBLED) == own[:1]
    assert troubled_count(session, theirs) == 1
    assert askers(session, theirs) == {}
    for file_id in (own[1], asked):
        assert file_row(session, theirs, file_id).id == file_id
    for file_id in (others, foreign, colleague):
        with pytest.raises(FileUnavailableError):
            file_row(session, theirs, file_id)
    _changed(session, own[1], {"ref": "document/1"})
    assert file_to_download(session, theirs, own[1]).ref == "document/1"
    with pytest.raises(FileUnavailableError):
        file_to_download(session, theirs, others)


def test_who_changes_sides_leaves_the_files_of_the_other_side_behind(
    session: Session, seller: Seller, support: Viewer
) -> None:
    other = create_issuer(session, "Brûlerie", code="CAFE", siren="552100554", siret="55210055400013")
    as_seller = person(session, Role.SELLER, seller_id=seller.id)
    now_of_another = replace(as_seller, seller_id=other.id)
    now_a_seller = replace(support, role=Role.SELLER, seller_id=seller.id)
    theirs, houses = create_asked(session, as_seller, state=S.READY), create_asked(session, support, state=S.READY)
    waiting = create_asked(session, as_seller)
    documents = [create_document(session, each) for each in (seller, other)]

    assert [ids(session, viewer) for viewer in (as_seller, now_of_another, now_a_seller)] == [[waiting, theirs], [], []]
    assert files_under_way(session, now_of_another).asked_for == 0
    for viewer, kept, lost in (
        (as_seller, [theirs, documents[0]], [houses, documents[1]]),
        (now_of_another, [documents[1]], [theirs, waiting, documents[0]]),
        (now_a_seller, [documents[0]], [houses, theirs, documents[1]]),
    ):
        assert [file_to_download(session, viewer, file_id).id for file_id in kept] == kept
        for file_id in lost:
            for look in (file_row, file_to_download):
                with pytest.raises(FileUnavailableError):
                    look(session, viewer, file_id)
    with pytest.raises(FileUnavailableError):
        cancel_file(session, Actor.person(now_of_another), waiting, NOW)


# Under way.


def test_what_is_under_way_is_listed_oldest_first_and_documents_are_counted(
    session: Session, seller: Seller, support: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_asked(session, support, state=S.READY)
    first, _, third = (create_asked(session, support) for _ in range(3))
    create_document(session, seller, state=S.QUEUED)
    create_document(session, seller)
    monkeypatch.setattr(file_list, "UNDER_WAY_SHOWN", 2)
    under_way = files_under_way(session, support)
    assert ([row.id for row in under_way.rows], under_way.asked_for, under_way.documents) == ([first, third - 1], 3, 1)
    stranger = files_under_way(session, person(session, Role.SELLER, seller_id=create_issuer(session, "B").id))
    assert (stranger.rows, stranger.asked_for, stranger.documents) == ((), 0, 0)


def test_the_time_left_is_reckoned_from_the_pace_so_far(session: Session, support: Viewer) -> None:
    file_id = create_asked(session, support, state=S.MAKING, done=3, started_at=NOW)
    row = file_row(session, support, file_id)
    # 3 of 12 in 10 s: 9 more at the same pace take 30 s.
    assert row.time_left(NOW + dt.timedelta(seconds=10)) == dt.timedelta(seconds=30)
    assert file_row(session, support, create_asked(session, support)).time_left(NOW) is None


def test_a_file_is_given_up_by_who_asked_or_by_an_administrator_and_no_document_is(
    session: Session, seller: Seller, support: Viewer
) -> None:
    asked = file_row(session, support, create_asked(session, support))
    assert asked.may_be_cancelled_by(support)
    assert asked.may_be_cancelled_by(ADMIN)
    assert not asked.may_be_cancelled_by(person(session, Role.SUPPORT))
    assert not file_row(session, support, create_asked(session, support, state=S.READY)).may_be_cancelled_by(support)
    waiting = create_document(session, seller, state=S.QUEUED)
    assert not file_row(session, support, waiting).may_be_cancelled_by(ADMIN)


# Page by page.


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
@pytest.mark.parametrize("tab", [ASKED_FOR, DOCUMENTS])
def test_pages_follow_each_other_both_ways_without_a_gap(
    session: Session, seller: Seller, monkeypatch: pytest.MonkeyPatch, tab: FileTab, role: Role
) -> None:
    monkeypatch.setattr(file_list, "PAGE_SIZE", 3)
    viewer = person(session, role, **({"seller_id": seller.id} if role is Role.SELLER else {}))
    if tab is ASKED_FOR:
        made = [create_asked(session, viewer) for _ in range(8)]
    else:
        made = [create_document(session, seller, NOW + dt.timedelta(hours=6 * each)) for each in range(8)]
    newest = made[::-1]
    wanted, seen, before = FileFilter(tab), [], None
    while True:
        page = file_page(session, viewer, wanted, before=before)
        assert page.has_newer is bool(seen)
        seen += [row.id for row in page.rows]
        if not page.has_older:
            break
        before = page.rows[-1].id
    assert seen == newest
    back = file_page(session, viewer, wanted, after=newest[6])
    assert [row.id for row in back.rows] == newest[3:6]
    assert (back.has_newer, back.has_older) == (True, True)
    top = file_page(session, viewer, wanted, after=newest[3])
    assert ([row.id for row in top.rows], top.has_newer) == (newest[:3], False)


# How they are found.


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("role", "wanted", "index"),
    [
        (Role.ADMIN, FileFilter(), NO_DOCUMENT),
        (Role.ADMIN, FileFilter(kind=FileKind.PAPERS, state=S.READY), NO_DOCUMENT),
        (Role.ADMIN, FileFilter(person_id=1, text="factures"), NO_DOCUMENT),
        (Role.ADMIN, FileFilter(first_day=NOW.date()), NO_DOCUMENT),
        (Role.SELLER, FileFilter(), "ix_files_person"),
        (
            Role.ADMIN,
            FileFilter(DOCUMENTS),
            "INTEGER PRIMARY KEY (rowid<?)",
        ),  # The primary key, newest first: all are documents.
        (Role.ADMIN, FileFilter(DOCUMENTS, state=S.READY), "INTEGER PRIMARY KEY (rowid<?)"),
        (Role.ADMIN, FileFilter(DOCUMENTS, state=S.QUEUED), "ix_files_under_way"),
        (Role.ADMIN, FileFilter(DOCUMENTS, state=S.FAILED), "ix_files_troubled"),
        (Role.ADMIN, FileFilter(DOCUMENTS, person_id=1), "ix_files_person"),
        (Role.ADMIN, FileFilter(DOCUMENTS, text="F2026-THE-000001"), "document_id=?"),
        (Role.ADMIN, FileFilter(TROUBLED), "ix_files_troubled"),
        (Role.SELLER, FileFilter(DOCUMENTS), "ix_documents_seller"),
        (Role.SELLER, FileFilter(DOCUMENTS, first_day=NOW.date()), "ix_documents_seller"),
        (Role.SELLER, FileFilter(TROUBLED), "ix_files_troubled"),
    ],
)
def test_sqlite_walks_the_index_of_the_list(
    session: Session, seller: Seller, role: Role, wanted: FileFilter, index: str
) -> None:
    create_document(session, seller)
    create_document(session, seller, is_flagged=True)
    viewer = person(session, role, **({"seller_id": seller.id} if role is Role.SELLER else {}))
    plans = _plans(session, lambda: file_page(session, viewer, wanted, before=10))
    assert any(index in line for line in plans), plans
    assert not [line for line in plans if line.startswith("SCAN files") or "TEMP B-TREE" in line], plans


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [Role.ADMIN, Role.SELLER])
def test_sqlite_finds_what_is_under_way_or_in_trouble_among_a_million(
    session: Session, seller: Seller, role: Role
) -> None:
    viewer = person(session, role, **({"seller_id": seller.id} if role is Role.SELLER else {}))
    under_way = _plans(session, lambda: files_under_way(session, viewer))
    assert [line for line in under_way if " files " in line] == [
        "SEARCH files USING INDEX ix_files_under_way (kind=?)",  # The oldest of each kind…
        "SEARCH files USING INDEX ix_files_under_way (kind=?)",  # … how many there are, and how many documents.
        "SEARCH files USING INDEX ix_files_under_way (kind=?)",
    ]
    troubled = _plans(session, lambda: troubled_count(session, viewer))
    assert "SCAN files USING INDEX ix_files_troubled" in troubled


def _plans(session: Session, ask: Callable[[], object]) -> list[str]:
    """Return the plans of every statement about the files."""
    lines: list[str] = []

    def explain(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("SELECT") and "FROM files" in statement:
            explained = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            lines.extend(row[3] for row in explained)

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", explain)
    ask()
    sa.event.remove(connection, "before_cursor_execute", explain)
    return lines
