"""The photos of returns: to staff and to the seller of the order, to nobody else."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from db.domain.permissions import Role
from db.engine import transaction
from db.models import Order, Return, ReturnPhoto
from db.settings import settings
from db.storage import storage
from tests.dashboard.apptest import open_session
from tests.dashboard.web.conftest import Site
from tests.pages.returned import new_return

SignUp = Callable[..., int]
PICTURE = b"\xff\xd8 a picture"


@pytest.fixture
def files(use_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FILES_URL", f"file://{tmp_path}")
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def new_photo() -> tuple[int, int]:
    """Store a photo of a return; return its id and the order's seller."""
    return_id = new_return()
    stored = storage().put("returns/1/photo.jpg", io.BytesIO(PICTURE))
    with transaction() as session:
        photo = ReturnPhoto(
            return_id=return_id, ref="returns/1/photo.jpg", sha256=stored.sha256, media_type="image/jpeg",
            size_bytes=stored.size, added_by="customer",
        )  # fmt: skip
        session.add(photo)
        session.flush()
        seller_id = session.get_one(Order, session.get_one(Return, return_id).order_id).seller_id
        return photo.id, seller_id


def get(site: Site, person_id: int, photo_id: object) -> httpx.Response:
    with site.client(open_session(person_id).token) as client:
        return client.get(f"/photos-retours/{photo_id}")


def test_a_photo_is_shown_to_staff_and_to_the_seller_of_the_order(site: Site, files: Path, signed_up: SignUp) -> None:
    photo_id, seller_id = new_photo()
    for person_id in (signed_up(Role.SUPPORT), signed_up(Role.SELLER, seller_id=seller_id)):
        answer = get(site, person_id, photo_id)
        assert (answer.status_code, answer.content) == (200, PICTURE)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-disposition"] == "inline"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_absent_and_anothers_answer_alike(site: Site, files: Path, signed_up: SignUp) -> None:
    photo_id, _ = new_photo()
    assert get(site, signed_up(Role.SELLER), photo_id).status_code == 404
    support = signed_up(Role.SUPPORT)
    for wrong in (photo_id + 1, 0, "abc", "9" * 30):
        assert get(site, support, wrong).status_code == 404
    (files / "returns/1/photo.jpg").unlink()
    assert get(site, support, photo_id).status_code == 404


def test_nobody_without_a_session_sees_a_photo(site: Site, files: Path, signed_up: SignUp) -> None:
    photo_id, _ = new_photo()
    with site.client() as client:
        assert client.get(f"/photos-retours/{photo_id}").status_code == 401
