"""The download route: who gets a file, how it arrives, and what happens to one that is not what was made."""

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from db.domain.actor import Actor
from db.domain.files import FileKind
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import transaction
from db.models import Person, StoredFile
from db.services.files import Finished, ask_for_file, claim_file, finish_file
from db.services.people import change_person
from db.settings import settings
from db.storage import CHUNK_BYTES, StorageError, storage
from tests.dashboard.apptest import open_session
from tests.dashboard.web.conftest import Site
from tests.factories import ADMIN, create_seller, viewer_for

SignUp = Callable[..., int]
CONTENT = b"%PDF" + bytes(range(256)) * 2_000  # Two pieces.


@pytest.fixture
def files(use_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FILES_URL", f"file://{tmp_path}")
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def make_file(
    person_id: int,
    content: bytes = CONTENT,
    name: str = "étiquette « 1 ».pdf",
    media_type: str = "application/pdf",
    *,
    kind: FileKind = FileKind.LABELS,
    ready: bool = True,
) -> int:
    now = utc_now()
    with transaction() as session:
        actor = Actor.person(viewer_for(session.get_one(Person, person_id)))
        file_id = ask_for_file(session, actor, kind, "1 étiquette", {}, 1, now)
        claim = claim_file(session, "w", now) if ready else None
        if claim:
            stored = storage().put(claim.ref, io.BytesIO(content))
            finish_file(session, claim, Finished(name, media_type, 1, stored.sha256, stored.size), now)
    return file_id


def get(site: Site, person_id: int, file_id: object) -> httpx.Response:
    with site.client(open_session(person_id).token) as client:
        return client.get(f"/fichiers/{file_id}")


def test_a_file_arrives_whole_with_its_name_and_hash(site: Site, files: Path, signed_up: SignUp) -> None:
    assert len(CONTENT) > CHUNK_BYTES
    person_id = signed_up(Role.SUPPORT)
    answer = get(site, person_id, make_file(person_id))
    assert (answer.status_code, answer.content) == (200, CONTENT)
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-length"] == str(len(CONTENT))
    assert headers["etag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"] == (
        "attachment; filename=\"_tiquette _ 1 _.pdf\"; filename*=UTF-8''%C3%A9tiquette%20%C2%AB%201%20%C2%BB.pdf"
    )


def test_a_pdf_opens_in_the_browser_when_asked_to(site: Site, files: Path, signed_up: SignUp) -> None:
    person_id = signed_up(Role.SUPPORT)
    answer = get(site, person_id, f"{make_file(person_id)}?voir=1")
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-disposition"].startswith("inline; filename=")
    policy = answer.headers["content-security-policy"]
    # In a sandbox no browser shows a PDF; its scripts and whoever would frame it are refused all the same.
    assert "sandbox" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_nothing_but_a_pdf_is_opened_in_the_browser(site: Site, files: Path, signed_up: SignUp) -> None:
    person_id = signed_up(Role.SUPPORT)
    file_id = make_file(person_id, b"<script>alert(1)</script>", "a.html", "text/html")
    headers = get(site, person_id, f"{file_id}?voir=1").headers
    assert headers["content-disposition"].startswith("attachment; ")
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_a_name_cannot_break_out_of_its_header(site: Site, files: Path, signed_up: SignUp) -> None:
    person_id = signed_up(Role.SUPPORT)
    answer = get(site, person_id, make_file(person_id, name='a"; filename=b\r\nX-Evil: 1.pdf'))
    assert answer.status_code == 200
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize(("role", "status"), [(Role.ADMIN, 200), (Role.SUPPORT, 200), (Role.FINANCE, 404),
                                              (Role.MANAGER, 404), (Role.SELLER, 404)])  # fmt: skip
def test_a_file_is_there_for_who_may_ask_for_its_kind(
    site: Site, files: Path, signed_up: SignUp, role: Role, status: int
) -> None:
    file_id = make_file(signed_up(Role.SUPPORT))
    assert get(site, signed_up(role), file_id).status_code == status


def test_who_changes_sides_leaves_finished_files_behind(site: Site, files: Path, signed_up: SignUp) -> None:
    was_seller, was_staff = signed_up(Role.SELLER), signed_up(Role.SUPPORT)
    asked = {person_id: make_file(person_id, kind=FileKind.PAPERS) for person_id in (was_seller, was_staff)}
    assert [get(site, *pair).status_code for pair in asked.items()] == [200, 200]

    with transaction() as session:
        new_seller = create_seller(session).id
        for person_id in asked:
            change_person(session, ADMIN, person_id, name="Zoé", role=Role.SELLER, seller_id=new_seller)

    assert [get(site, *pair).status_code for pair in asked.items()] == [404, 404]


def test_absent_not_ready_and_not_allowed_answer_alike(site: Site, files: Path, signed_up: SignUp) -> None:
    person_id, stranger = signed_up(Role.SUPPORT), signed_up(Role.FINANCE)
    ready, missing = make_file(person_id), make_file(person_id)
    waiting = make_file(person_id, ready=False)
    with transaction() as session:
        storage().delete(session.get_one(StoredFile, missing).ref)
    answers = [get(site, person_id, each) for each in (waiting, missing, 10**6, 10**30, "x", "-1")]
    answers.append(get(site, stranger, ready))
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, "404")}


def test_nobody_without_a_session_gets_anything(site: Site, files: Path, signed_up: SignUp) -> None:
    file_id = make_file(signed_up(Role.SUPPORT))
    with site.client() as client:
        assert client.get(f"/fichiers/{file_id}").status_code == 401


def test_what_is_not_what_was_made_breaks_off(site: Site, files: Path, signed_up: SignUp) -> None:
    person_id = signed_up(Role.SUPPORT)
    file_id = make_file(person_id)
    (stored,) = [path for path in files.rglob("*") if path.is_file()]
    stored.write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(httpx.RemoteProtocolError):
        get(site, person_id, file_id)


def test_content_is_closed_where_its_download_cannot_be_noted(
    site: Site, files: Path, signed_up: SignUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id = signed_up(Role.SUPPORT)
    file_id = make_file(person_id)
    content = io.BytesIO(CONTENT)

    def refuse(*_: object) -> None:
        raise StorageError

    monkeypatch.setattr(type(storage()), "open", lambda *_: content)
    monkeypatch.setattr("dashboard.web.files.note_download", refuse)
    assert get(site, person_id, file_id).status_code == 500
    assert content.closed
