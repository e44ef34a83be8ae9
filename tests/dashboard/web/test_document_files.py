"""Downloading an invoice: whole as it was made, or a sentence and it is made again."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.files import FileState
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import transaction
from db.models import Seller, StoredFile
from db.services.documents.issue import issue_invoice
from db.services.files import Finished, claim_file, finish_file
from db.settings import settings
from db.storage import storage
from tests.dashboard.apptest import open_session
from tests.dashboard.web.conftest import Site
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_issuer

SignUp = Callable[..., int]
CONTENT = b"%PDF an invoice"
REPAIRED = "Ce fichier est abîmé ou manquant. Il est en cours de rétablissement\u00a0: réessayez dans une minute."


@pytest.fixture
def files(use_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FILES_URL", f"file://{tmp_path}")
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def issue(*, ready: bool = True, faults: tuple[dict[str, str], ...] = ()) -> int:
    """Issue an invoice of « THE » and store its file; return the file."""
    now = utc_now()
    with transaction() as session:
        seller = session.scalar(sa.select(Seller).where(Seller.code == "THE")) or create_issuer(session, code="THE")
        issue_invoice(session, SYSTEM, tea_order(session, seller).id, now)
        file_id = session.scalars(sa.select(StoredFile.id).order_by(StoredFile.id.desc()).limit(1)).one()
        if ready:
            claim = claim_file(session, "w", now)
            assert claim is not None
            kept = storage().put(claim.ref, io.BytesIO(CONTENT))
            made = Finished("F2026-THE-000001.pdf", "application/pdf", 1, kept.sha256, kept.size, faults)
            assert finish_file(session, claim, made, now)
    return file_id


def get(site: Site, person_id: int, file_id: int) -> httpx.Response:
    with site.client(open_session(person_id).token) as client:
        return client.get(f"/fichiers/{file_id}")


def row_of(file_id: int) -> StoredFile:
    with transaction() as session:
        row = session.get_one(StoredFile, file_id)
        session.expunge(row)
        return row


def assert_says(answer: httpx.Response, words: str, *, again: bool) -> None:
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert words in answer.text
    assert ("refresh" in answer.headers) is again
    assert CONTENT not in answer.content


def test_an_invoice_arrives_as_it_was_made(site: Site, files: Path, signed_up: SignUp) -> None:
    answer = get(site, signed_up(Role.SUPPORT), issue())

    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert "F2026-THE-000001.pdf" in answer.headers["content-disposition"]


def test_a_flagged_invoice_can_be_downloaded_too(site: Site, files: Path, signed_up: SignUp) -> None:
    file_id = issue(faults=({"rule": "BR-CO-09", "text": "The Seller VAT identifier…"},))

    assert row_of(file_id).is_flagged
    assert get(site, signed_up(Role.FINANCE), file_id).content == CONTENT


@pytest.mark.parametrize("content", [CONTENT[:-1] + b"!", CONTENT + b"!", b"", None])
def test_of_what_is_lost_or_altered_not_a_byte_leaves_and_it_is_made_again(
    site: Site, files: Path, signed_up: SignUp, content: bytes | None
) -> None:
    person_id, file_id = signed_up(Role.FINANCE), issue()
    stored = files / row_of(file_id).ref
    stored.unlink() if content is None else stored.write_bytes(content)

    assert_says(get(site, person_id, file_id), REPAIRED, again=True)

    row = row_of(file_id)
    assert (row.state, row.sha256 != "") == (FileState.QUEUED, True)
    assert_says(get(site, person_id, file_id), REPAIRED, again=True)


def test_one_that_could_not_be_made_again_says_so(site: Site, files: Path, signed_up: SignUp) -> None:
    file_id = issue()
    with transaction() as session:
        session.execute(sa.update(StoredFile).values(state=FileState.DAMAGED, error="…"))

    assert_says(get(site, signed_up(Role.SUPPORT), file_id), "n’a pas pu être préparé tel qu’il doit être", again=False)


def test_one_that_is_not_made_yet_asks_for_a_moment(site: Site, files: Path, signed_up: SignUp) -> None:
    file_id = issue(ready=False)

    assert_says(get(site, signed_up(Role.SUPPORT), file_id), "Ce fichier est en cours de préparation", again=True)


def test_a_seller_has_their_own_invoices_and_knows_of_no_other(site: Site, files: Path, signed_up: SignUp) -> None:
    file_id, waiting = issue(), issue(ready=False)
    with transaction() as session:
        seller_id = session.scalars(sa.select(Seller.id).where(Seller.code == "THE")).one()
    own, stranger = signed_up(Role.SELLER, seller_id=seller_id), signed_up(Role.SELLER)

    assert get(site, own, file_id).content == CONTENT
    assert get(site, own, waiting).status_code == 503
    assert [get(site, stranger, each).status_code for each in (file_id, waiting)] == [404, 404]
