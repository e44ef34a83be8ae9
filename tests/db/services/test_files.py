"""Files that people ask for: claimed by one worker at a time, made again when it dies, given up after three tries."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import NotAllowedError
from db.domain.files import FileKind, FileState, FileUnavailableError
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import StoredFile
from db.queries.files import file_row, file_to_download
from db.services.files import (
    CLAIM,
    GAVE_UP,
    KEPT_FOR,
    KEPT_FOR_EVER,
    WAIT_AFTER_FAILURE,
    Claim,
    Finished,
    ask_for_file,
    claim_file,
    fail_file,
    finish_file,
    forget_files,
    give_back_file,
    is_any_file_wanted,
    note_progress,
    old_files,
)
from tests.conftest import NOW
from tests.factories import create_person, create_seller, viewer_for

MADE = Finished("etiquettes.pdf", "application/pdf", 12, "ab" * 32, 4_096)


@pytest.fixture
def support(session: Session) -> Viewer:
    return viewer_for(create_person(session, Role.SUPPORT))


def ask(session: Session, viewer: Viewer, at: dt.datetime = NOW) -> int:
    return ask_for_file(session, Actor.person(viewer), FileKind.LABELS, "12 étiquettes", {"paper": "a6"}, 12, at)


def claim(session: Session, worker: str = "w1", at: dt.datetime = NOW) -> Claim:
    claimed = claim_file(session, worker, at)
    assert claimed is not None
    return claimed


def test_a_file_is_asked_for_claimed_and_finished(session: Session, support: Viewer) -> None:
    file_id = ask(session, support)
    assert is_any_file_wanted(session, NOW)
    claimed = claim(session)
    assert (claimed.file_id, claimed.arguments, claimed.attempt) == (file_id, {"paper": "a6"}, 1)
    assert claimed.ref == f"labels/2026/11/{file_id}-1"
    assert note_progress(session, claimed, 5, NOW)
    assert file_row(session, support, file_id).part_done == pytest.approx(5 / 12)
    assert finish_file(session, claimed, MADE, NOW)
    session.expire_all()
    row = file_row(session, support, file_id)
    assert (row.state, row.done, row.name, row.person_name) == (FileState.READY, 12, MADE.name, support.name)
    assert file_to_download(session, support, file_id).ref == claimed.ref
    assert claim_file(session, "w2", NOW) is None


def test_a_file_that_is_being_made_is_left_alone_until_its_claim_lapses(session: Session, support: Viewer) -> None:
    ask(session, support)
    first = claim(session)
    assert claim_file(session, "w2", NOW + CLAIM) is None
    later = NOW + CLAIM + dt.timedelta(seconds=1)
    second = claim(session, "w2", later)
    assert second.attempt == 2
    assert second.ref != first.ref
    # The first one was only slow: what it says is not heard any more.
    assert not note_progress(session, first, 3, later)
    assert not finish_file(session, first, MADE, later)
    assert finish_file(session, second, MADE, later)


def test_progress_renews_the_claim(session: Session, support: Viewer) -> None:
    ask(session, support)
    claimed = claim(session)
    note_progress(session, claimed, 1, NOW + CLAIM)
    assert claim_file(session, "w2", NOW + CLAIM + dt.timedelta(seconds=30)) is None


def test_a_file_that_kills_its_workers_is_given_up(session: Session, support: Viewer) -> None:
    file_id = ask(session, support)
    at = NOW
    for attempt in (1, 2, 3):
        assert claim(session, at=at).attempt == attempt
        at += 2 * CLAIM
    assert claim_file(session, "w1", at) is None
    row = file_row(session, support, file_id)
    assert (row.state, row.error) == (FileState.FAILED, GAVE_UP)


def test_a_failed_try_waits_a_little_and_the_third_is_the_last(session: Session, support: Viewer) -> None:
    file_id = ask(session, support)
    at = NOW
    for _ in range(2):
        give_back_file(session, claim(session, at=at), at, failed=True)
        assert claim_file(session, "w1", at) is None
        at += WAIT_AFTER_FAILURE + dt.timedelta(seconds=1)
    give_back_file(session, claim(session, at=at), at, failed=True)
    session.expire_all()
    assert file_row(session, support, file_id).state is FileState.FAILED


def test_a_worker_that_stops_leaves_the_file_as_it_found_it(session: Session, support: Viewer) -> None:
    ask(session, support)
    give_back_file(session, claim(session), NOW, failed=False)
    session.expire_all()
    again = claim(session, "w2")
    assert (again.attempt, again.current_try) == (2, 1)


def test_a_refusal_is_told_as_it_is(session: Session, support: Viewer) -> None:
    file_id = ask(session, support)
    fail_file(session, claim(session), "Ces colis n’existent plus.")
    session.expire_all()
    assert file_row(session, support, file_id).error == "Ces colis n’existent plus."
    with pytest.raises(FileUnavailableError):
        file_to_download(session, support, file_id)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER])
def test_who_does_not_ship_neither_asks_for_labels_nor_has_them(session: Session, support: Viewer, role: Role) -> None:
    other = viewer_for(create_person(session, role))
    with pytest.raises(NotAllowedError):
        ask(session, other)
    file_id = ask(session, support)
    finish_file(session, claim(session), MADE, NOW)
    for look in (file_row, file_to_download):
        with pytest.raises(FileUnavailableError):
            look(session, other, file_id)


def test_colleagues_have_each_others_labels_and_sellers_none(session: Session, support: Viewer) -> None:
    file_id = ask(session, support)
    finish_file(session, claim(session), MADE, NOW)
    colleague = viewer_for(create_person(session, Role.ADMIN))
    seller = viewer_for(create_person(session, Role.SELLER, seller_id=create_seller(session).id))
    assert file_to_download(session, colleague, file_id).sha256 == MADE.sha256
    with pytest.raises(FileUnavailableError):
        file_to_download(session, seller, file_id)


@pytest.mark.parametrize("kind", [kind for kind in FileKind if kind not in KEPT_FOR_EVER])
def test_what_is_no_proof_of_the_books_is_kept_for_thirty_days_at_most(kind: FileKind) -> None:
    assert KEPT_FOR[kind] <= dt.timedelta(days=30)


def test_what_is_kept_for_ever_has_no_other_duration() -> None:
    assert KEPT_FOR.keys().isdisjoint(KEPT_FOR_EVER)


def test_labels_are_kept_for_thirty_days_and_every_try_is_deleted(session: Session, support: Viewer) -> None:
    old = ask(session, support, NOW - dt.timedelta(days=30, seconds=1))
    claim(session, at=NOW - 2 * CLAIM)
    claim(session, at=NOW)
    kept = ask(session, support, NOW - dt.timedelta(days=29))
    (found,) = old_files(session, NOW, 100)
    assert (found.id, found.refs) == (old, (f"labels/2026/10/{old}-1", f"labels/2026/10/{old}-2"))
    forget_files(session, [old])
    session.expire_all()
    assert session.get(StoredFile, old) is None
    assert session.get(StoredFile, kept) is not None
