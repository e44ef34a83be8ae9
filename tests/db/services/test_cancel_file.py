"""Giving up a file: by whoever asked for it or an administrator, while it is not ready, and never a legal document."""

import pytest
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.files import DocumentStaysError, FileKind, FileOverError, FileState, FileUnavailableError
from db.domain.permissions import Role
from db.models import StoredFile
from db.services.documents.issue import issue_invoice
from db.services.files import Finished, ask_for_file, cancel_file, claim_file, finish_file, note_progress
from tests.conftest import NOW
from tests.factories import create_issuer, create_order, create_person, viewer_for


@pytest.fixture
def support(session: Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.SUPPORT, name="Sami")))


def ask(session: Session, actor: Actor) -> int:
    return ask_for_file(session, actor, FileKind.PAPERS, "12 factures", {}, 12, NOW)


def test_a_file_that_waits_is_given_up_and_never_made(session: Session, support: Actor) -> None:
    file_id = ask(session, support)
    cancel_file(session, support, file_id, NOW)
    row = session.get_one(StoredFile, file_id)
    assert (row.state, row.error) == (FileState.CANCELLED, "Abandonné par Sami le 21/11/2026 10:30.")
    assert claim_file(session, "w1", NOW) is None


def test_who_makes_a_file_notices_at_once_that_it_is_given_up(session: Session, support: Actor) -> None:
    file_id = ask(session, support)
    claim = claim_file(session, "w1", NOW)
    assert claim is not None
    cancel_file(session, Actor.person(viewer_for(create_person(session, Role.ADMIN))), file_id, NOW)
    session.flush()
    assert not note_progress(session, claim, 3, NOW)
    assert not finish_file(session, claim, Finished("a.pdf", "application/pdf", 12, "ab" * 32, 1), NOW)
    session.expire_all()
    assert session.get_one(StoredFile, file_id).state is FileState.CANCELLED


def test_a_file_that_is_over_stays_as_it_is(session: Session, support: Actor) -> None:
    file_id = ask(session, support)
    claim = claim_file(session, "w1", NOW)
    assert claim is not None
    finish_file(session, claim, Finished("a.pdf", "application/pdf", 12, "ab" * 32, 1), NOW)
    with pytest.raises(FileOverError, match="prêt"):
        cancel_file(session, support, file_id, NOW)


def test_somebody_elses_file_is_not_theirs_to_give_up(session: Session, support: Actor) -> None:
    file_id = ask(session, support)
    colleague = Actor.person(viewer_for(create_person(session, Role.MANAGER)))
    for actor, wanted in ((colleague, file_id), (support, 10**9)):
        with pytest.raises(FileUnavailableError):
            cancel_file(session, actor, wanted, NOW)


def test_the_file_of_an_invoice_is_always_made(session: Session) -> None:
    issued = issue_invoice(session, SYSTEM, create_order(session, create_issuer(session)).id, NOW)
    row = session.query(StoredFile).filter_by(document_id=issued.document_id).one()
    admin = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
    with pytest.raises(DocumentStaysError):
        cancel_file(session, admin, row.id, NOW)
