"""Tags: made on the fly, put on and taken off once, told in the history."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.bulk import Tagging
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, OrderNotFoundError
from db.domain.orders import HistoryEvent
from db.domain.permissions import Role
from db.models import Order, OrderTag
from db.queries.tags import tag_names
from db.services.tags import MAX_NAME, AlreadyTaggedError, NotTaggedError, plan_tagging, tag_named, tag_orders
from db.services.undo import undo
from tests.conftest import NOW
from tests.db.services.test_moves import history_of, someone
from tests.factories import create_order


def tags_of(session: Session, order: Order) -> list[int]:
    return list(session.scalars(sa.select(OrderTag.tag_id).where(OrderTag.order_id == order.id)))


def test_a_name_is_one_tag_whatever_its_capitals_accents_and_spaces(session: Session) -> None:
    actor = someone(session, Role.SUPPORT)
    fragile = tag_named(session, actor, " À  rappeler ", NOW)
    assert tag_named(session, actor, "a RAPPELER", NOW) == fragile
    assert tag_named(session, actor, "Fragile", NOW) != fragile
    assert list(tag_names(session).values()) == ["Fragile", "À rappeler"]


@pytest.mark.parametrize("name", ["", "   ", "x" * (MAX_NAME + 1), "\x00"])
def test_a_name_that_cannot_be_one_is_refused(session: Session, name: str) -> None:
    with pytest.raises(InvalidInputError):
        tag_named(session, someone(session), name, NOW)


def test_a_tag_is_put_on_and_taken_off_and_the_history_tells_both(session: Session) -> None:
    order, other, actor = create_order(session), create_order(session), someone(session)
    on = Tagging(tag_named(session, actor, "Fragile", NOW), "Fragile")
    off = Tagging(on.tag_id, on.name, adds=False)
    tag_orders(session, actor, [other.id], on, NOW)
    done = tag_orders(session, actor, [order.id, other.id, 0], on, NOW)
    assert list(done.history_ids) == [order.id]
    assert {each.order_id: type(each.error) for each in done.refused} == {
        other.id: AlreadyTaggedError,
        0: OrderNotFoundError,
    }
    assert plan_tagging(session, actor, [order.id], on).versions == {}
    tag_orders(session, actor, [order.id], off, NOW)
    assert tags_of(session, order) == []
    (again,) = tag_orders(session, actor, [order.id], off, NOW).refused
    assert isinstance(again.error, NotTaggedError)
    assert [(row.event, row.before, row.after) for row in history_of(session, order)] == [
        (HistoryEvent.TAGGED, {"tag": None, "tag_id": on.tag_id}, {"tag": "Fragile", "tag_id": on.tag_id}),
        (HistoryEvent.TAGGED, {"tag": "Fragile", "tag_id": on.tag_id}, {"tag": None, "tag_id": on.tag_id}),
    ]
    assert session.scalars(sa.select(Order.version).where(Order.id == order.id)).one() == 1


@pytest.mark.parametrize("adds", [True, False])
def test_a_tag_put_on_or_taken_off_is_undone(session: Session, *, adds: bool) -> None:
    order, actor = create_order(session), someone(session)
    on = Tagging(tag_named(session, actor, "Fragile", NOW), "Fragile")
    history_id = tag_orders(session, actor, [order.id], on, NOW).history_ids[order.id]
    if not adds:
        off = Tagging(on.tag_id, on.name, adds=False)
        history_id = tag_orders(session, actor, [order.id], off, NOW).history_ids[order.id]
    undo(session, actor, history_id, NOW)
    assert tags_of(session, order) == ([] if adds else [on.tag_id])


def test_only_who_acts_on_orders_tags_them_and_only_with_a_tag_that_is_there(session: Session) -> None:
    order, finance = create_order(session), someone(session, Role.FINANCE)
    with pytest.raises(NotAllowedError):
        tag_named(session, finance, "Fragile", NOW)
    with pytest.raises(NotAllowedError):
        plan_tagging(session, finance, [order.id], Tagging(1, "Fragile"))
    with pytest.raises(NotFoundError):
        tag_orders(session, someone(session), [order.id], Tagging(0, "Fragile"), NOW)
