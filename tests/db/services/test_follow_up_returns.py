"""What a customer's link does about returns, and what a printed one, or one of another order, does not."""

from typing import BinaryIO

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import MarketplaceError
from db.domain.orders import ActorKind, HistoryEvent, ReturnStatus
from db.domain.returns import ReturnNotFoundError, ReturnReason, ReturnRequest
from db.emails.links import FollowUpToken
from db.models import OrderHistory, Return, ReturnMessage, StoredFile
from db.services.follow_up import PrintedLinkError
from db.services.follow_up_returns import add_photo_by_link, ask_for_slip_by_link, request_by_link, write_by_link
from tests.conftest import NOW
from tests.db.services.returns.conftest import Scene, set_scene
from tests.factories import create_order


def _never(ref: str, _content: BinaryIO) -> None:
    raise AssertionError(f"{ref} is not to be stored")


@pytest.fixture
def scene(session: Session) -> Scene:
    return set_scene(session)


def link(scene: Scene, *, on_paper: bool = False) -> FollowUpToken:
    return FollowUpToken(scene.order.id, 0, on_paper=on_paper)


def asked(session: Session, scene: Scene) -> int:
    wanted = ReturnRequest({scene.teapots.id: 1}, ReturnReason.DEFECTIVE, "Elle fuit.")
    return request_by_link(session, link(scene), wanted, "k", NOW)


def test_the_history_names_the_customer(session: Session, scene: Scene) -> None:
    return_id = asked(session, scene)
    assert asked(session, scene) == return_id
    write_by_link(session, link(scene), return_id, "Alors ?", "m", NOW)
    rows = session.scalars(sa.select(OrderHistory).where(OrderHistory.order_id == scene.order.id)).all()
    assert [(row.event, row.actor_kind, row.actor_name) for row in rows] == [
        (HistoryEvent.RETURN_REQUESTED, ActorKind.CUSTOMER, scene.order.customer_name),
        (HistoryEvent.RETURN_MESSAGE, ActorKind.CUSTOMER, scene.order.customer_name),
    ]


def test_a_printed_link_asks_writes_and_shows_nothing(session: Session, scene: Scene) -> None:
    return_id, paper = asked(session, scene), link(scene, on_paper=True)
    with pytest.raises(PrintedLinkError, match="Pour demander un retour"):
        request_by_link(session, paper, ReturnRequest({scene.teapots.id: 1}), "p", NOW)
    with pytest.raises(PrintedLinkError):
        write_by_link(session, paper, return_id, "Bonjour", "p", NOW)
    with pytest.raises(PrintedLinkError):
        add_photo_by_link(session, paper, return_id, b"", NOW, _never)
    assert session.scalars(sa.select(ReturnMessage.id)).all() == []


def test_whoever_reads_the_paper_in_the_parcel_has_its_slip_too(session: Session, scene: Scene) -> None:
    return_id = asked(session, scene)
    session.get_one(Return, return_id).status = ReturnStatus.AWAITING_PARCEL
    session.flush()
    ask_for_slip_by_link(session, link(scene, on_paper=True), return_id, NOW)
    assert session.scalars(sa.select(StoredFile.person_name)).all() == ["Client"]  # And not who it is.


def test_a_link_reaches_no_return_of_another_order(session: Session, scene: Scene) -> None:
    return_id = asked(session, scene)
    other = FollowUpToken(create_order(session).id, 0)
    for act in (
        lambda: write_by_link(session, other, return_id, "Bonjour", "", NOW),
        lambda: add_photo_by_link(session, other, return_id, b"", NOW, _never),
        lambda: ask_for_slip_by_link(session, other, return_id, NOW),
    ):
        with pytest.raises(ReturnNotFoundError):
            act()


def test_an_order_that_is_gone_is_refused_in_words(session: Session) -> None:
    with pytest.raises(MarketplaceError):
        request_by_link(session, FollowUpToken(999_999, 0), ReturnRequest({}), "", NOW)
