"""Documents' files in the database: which are to be checked, reported, tried again, and how they are found."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import NotAllowedError
from db.domain.files import FileKind, FileState
from db.domain.permissions import Role
from db.models import StoredFile
from db.services.document_files import (
    StoredDocument,
    count_of_documents,
    documents_to_check,
    make_again,
    note_sound,
    report_damage,
)
from db.services.documents.issue import issue_invoice
from db.services.files import (
    CLAIM,
    MAX_TRIES,
    Finished,
    ask_for_file,
    claim_file,
    finish_file,
    is_any_file_wanted,
)
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_issuer, create_person, viewer_for

DAY = dt.timedelta(days=1)
#: The states in which a document is past its first making.
STORED = {"state": FileState.READY, "ref": "document/1", "sha256": "ab" * 32, "checked_at": NOW - DAY}


def documents(session: Session, count: int, **columns: object) -> list[StoredFile]:
    """Issue invoices; return their files, stored if nothing else is said."""
    seller = create_issuer(session)
    before = session.scalar(sa.select(sa.func.max(StoredFile.id))) or 0
    for _ in range(count):
        issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW)
    rows = list(session.scalars(sa.select(StoredFile).where(StoredFile.id > before).order_by(StoredFile.id)))
    for row in rows:
        for name, value in (STORED | columns).items():
            setattr(row, name, value)
    session.flush()
    return rows


def test_those_never_checked_come_first_then_those_checked_longest_ago(session: Session) -> None:
    recent, old, never = documents(session, 3)
    (waiting,) = documents(session, 1, state=FileState.QUEUED, ref="", sha256="", checked_at=None)
    (damaged,) = documents(session, 1, state=FileState.DAMAGED, checked_at=NOW - 2 * DAY)
    old.checked_at, never.checked_at = NOW - 3 * DAY, None
    session.flush()

    found = documents_to_check(session, NOW, 10)

    assert [each.file_id for each in found] == [never.id, old.id, damaged.id, recent.id]
    assert [each.file_id for each in documents_to_check(session, NOW, 1)] == [never.id]
    assert [each.file_id for each in documents_to_check(session, NOW - DAY, 10)] == [never.id, old.id, damaged.id]
    assert waiting.id not in {each.file_id for each in found}
    assert count_of_documents(session) == 5


def test_what_is_sound_is_ready_and_what_is_not_is_made_again(session: Session) -> None:
    sound, lost = documents(session, 2)

    note_sound(session, [sound.id], NOW)
    assert report_damage(session, StoredDocument(lost.id, lost.ref, lost.sha256), NOW)
    assert not report_damage(session, StoredDocument(sound.id, "another/ref", sound.sha256), NOW)

    session.expire_all()
    assert (sound.state, sound.checked_at) == (FileState.READY, NOW)
    assert (lost.state, lost.sha256, lost.tries) == (FileState.QUEUED, STORED["sha256"], 0)


def test_who_makes_a_lost_document_again_knows_what_it_replaces(session: Session) -> None:
    (lost,) = documents(session, 1)
    report_damage(session, StoredDocument(lost.id, lost.ref, lost.sha256), NOW)

    claim = claim_file(session, "w", NOW, [FileKind.DOCUMENT])

    assert claim is not None
    assert (claim.replaces, claim.sha256, claim.ref) == ("document/1", STORED["sha256"], "document/1-1")


def test_only_documents_in_trouble_are_tried_again_by_who_may_issue_them(session: Session) -> None:
    ready, failed, damaged = documents(session, 3)
    failed.state, damaged.state = FileState.FAILED, FileState.DAMAGED
    failed.attempts, failed.tries, failed.error = 3, 3, "Échec."
    session.flush()
    support, finance = (Actor.person(viewer_for(create_person(session, role))) for role in (Role.SUPPORT, Role.FINANCE))

    with pytest.raises(NotAllowedError):
        make_again(session, support, [failed.id])
    assert make_again(session, finance, [ready.id, failed.id, damaged.id]) == 2

    session.expire_all()
    assert [row.state for row in (ready, failed, damaged)] == [FileState.READY, FileState.QUEUED, FileState.QUEUED]
    assert (failed.attempts, failed.tries, failed.error) == (3, 0, "")


def test_a_slow_try_of_before_never_has_the_place_of_one_that_was_asked_for_again(session: Session) -> None:
    (file,) = documents(session, 1, state=FileState.QUEUED, ref="", sha256="", checked_at=None)
    at, claims = NOW, []
    for _ in range(MAX_TRIES):
        claims.append(claim_file(session, "w", at, [FileKind.DOCUMENT]))
        at += 2 * CLAIM
    assert claim_file(session, "w", at, [FileKind.DOCUMENT]) is None
    make_again(session, SYSTEM, [file.id])
    session.expire_all()

    claims.append(claim_file(session, "w", at, [FileKind.DOCUMENT]))

    # The first three are all still drawing, in a worker of the same name: none of them is the fourth.
    assert len({claim.ref for claim in claims}) == MAX_TRIES + 1
    assert set(claims[-1].earlier_refs) == {claim.ref for claim in claims[:-1]}
    made = Finished("F.pdf", "application/pdf", 1, "ab" * 32, 1)
    assert not any(finish_file(session, slow, made, at) for slow in claims[:-1])
    assert finish_file(session, claims[-1], made, at)


def test_a_document_that_is_lost_twice_is_never_stored_where_it_was(session: Session) -> None:
    (file,) = documents(session, 1)
    places = [file.ref]
    for _ in range(2):
        assert report_damage(session, StoredDocument(file.id, file.ref, file.sha256), NOW)
        session.expire_all()
        slow = claim_file(session, "w", NOW, [FileKind.DOCUMENT])
        claim = claim_file(session, "w", NOW + 2 * CLAIM, [FileKind.DOCUMENT])
        finish_file(session, claim, Finished("F.pdf", "application/pdf", 1, file.sha256, 1), NOW)
        session.expire_all()
        places += [slow.ref, file.ref]

    assert len(set(places)) == 5


def test_files_are_claimed_by_kind(session: Session) -> None:
    (document,) = documents(session, 1, state=FileState.QUEUED)
    labels = ask_for_file(session, SYSTEM, FileKind.LABELS, "Étiquettes", {}, 1, NOW)

    claims = [claim_file(session, "w", NOW, [kind]) for kind in (FileKind.LABELS, FileKind.PAPERS, FileKind.DOCUMENT)]

    assert [claim.file_id if claim else None for claim in claims] == [labels, None, document.id]
    assert not is_any_file_wanted(session, NOW)


def test_a_million_files_are_never_read_whole(session: Session) -> None:
    rows = [{"kind": FileKind.LABELS, "title": "Étiquettes", "asked_at": NOW, **STORED} for _ in range(3_000)]
    session.execute(sa.insert(StoredFile), rows)
    documents(session, 5)
    session.execute(sa.text("ANALYZE files"))
    plans: list[str] = []
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"

    def explain(_connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "files" in statement and not statement.startswith("EXPLAIN"):
            asked = cursor.connection.cursor()
            asked.execute(f"EXPLAIN {'QUERY PLAN ' * is_sqlite}{statement}", parameters)
            plans.append("\n".join(str(row[3 if is_sqlite else 0]) for row in asked.fetchall()))

    sa.event.listen(connection, "before_cursor_execute", explain)
    is_any_file_wanted(session, NOW, [FileKind.DOCUMENT])
    claim_file(session, "w", NOW, [FileKind.LABELS, FileKind.PAPERS])
    documents_to_check(session, NOW, 100)
    count_of_documents(session)
    sa.event.remove(connection, "before_cursor_execute", explain)

    assert len(plans) == 5
    indexes = ["ix_files_under_way"] * 2 + ["ix_files_checked_at"] * 2
    if is_sqlite:  # PostgreSQL has several good ways to so few documents.
        assert all(index in plan for index, plan in zip(indexes, plans, strict=False)), plans
    assert not any("Seq Scan on files" in plan for plan in plans), plans
    assert not any(plan.startswith("SCAN files") and "USING" not in plan for plan in plans), plans
