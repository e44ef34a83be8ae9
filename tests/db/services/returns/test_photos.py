"""Photos of what is sent back."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import NotAllowedError
from db.domain.orders import ActorKind, ReturnStatus
from db.domain.permissions import Role
from db.domain.returns import ReturnRules
from db.models import ReturnPhoto
from db.pictures import clean_photo
from db.queries.return_photos import PhotoNotFoundError, photo_to_show
from db.services.return_settings import save_return_settings
from db.services.returns.photos import NoMorePhotosError, add_photo
from db.settings import settings
from db.storage import storage
from tests.conftest import NOW
from tests.db.services.returns.conftest import CUSTOMER, Scene, ask
from tests.factories import ADMIN, create_person, create_seller, viewer_for


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FILES_URL", f"file://{tmp_path}")
    settings.cache_clear()
    yield
    settings.cache_clear()


def add(session: Session, actor: Actor, return_id: int, colour: str) -> int:
    """Add a photo that is of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, "PNG")
    return add_photo(session, actor, return_id, clean_photo(out.getvalue()), NOW, storage().put)


def test_a_photo_is_stored_as_it_was_drawn_anew(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    added = session.get_one(ReturnPhoto, add(session, CUSTOMER, row.id, "green"))
    content = storage().open(added.ref).read()
    assert (added.media_type, added.added_by, added.added_at) == ("image/jpeg", ActorKind.CUSTOMER, NOW)
    assert (added.sha256, added.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert Image.open(io.BytesIO(content)).format == "JPEG"


def test_the_same_photo_is_added_once_and_more_than_the_limit_are_refused(session: Session, scene: Scene) -> None:
    save_return_settings(session, ADMIN, ReturnRules(max_photos=2))
    row = ask(session, scene)
    added = [add(session, CUSTOMER, row.id, colour) for colour in ("green", "green", "blue")]
    assert added[0] == added[1] != added[2]
    with pytest.raises(NoMorePhotosError, match="2\u00a0photos au plus"):
        add(session, CUSTOMER, row.id, "red")
    save_return_settings(session, ADMIN, ReturnRules(max_photos=0))
    with pytest.raises(NoMorePhotosError, match="sans photo"):
        add(session, CUSTOMER, row.id, "red")
    assert session.scalar(sa.select(sa.func.count()).select_from(ReturnPhoto)) == 2


def test_a_photo_that_comes_too_late_is_refused(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    row.status = ReturnStatus.DENIED
    session.flush()
    with pytest.raises(NoMorePhotosError, match="clos"):
        add(session, CUSTOMER, row.id, "green")
    finance = Actor.person(viewer_for(create_person(session, Role.FINANCE)))
    with pytest.raises(NotAllowedError):
        add(session, finance, row.id, "green")


def test_a_photo_is_for_staff_and_for_its_seller(session: Session, scene: Scene) -> None:
    photo_id = add(session, CUSTOMER, ask(session, scene).id, "green")
    own = viewer_for(create_person(session, Role.SELLER, seller_id=scene.order.seller_id))
    other = viewer_for(create_person(session, Role.SELLER, seller_id=create_seller(session).id))
    assert {photo_to_show(session, viewer, photo_id).id for viewer in (ADMIN, own)} == {photo_id}
    with pytest.raises(PhotoNotFoundError):
        photo_to_show(session, other, photo_id)
