"""A parcel of tea that arrived, and who asks for what."""

import datetime as dt
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.orders import ActorKind, OrderStatus
from db.domain.permissions import Role
from db.domain.returns import ReturnReason, ReturnRequest
from db.models import Order, OrderHistory, OrderLine, OutboxMessage, Return
from db.services.returns.requests import request_return
from tests.conftest import NOW
from tests.factories import create_line, create_order, create_person, create_seller, viewer_for

CUSTOMER = Actor(ActorKind.CUSTOMER, "Évelyne Morin")


@dataclass(frozen=True)
class Scene:
    """Three teapots at 10 € and one box of tea at 5 €, received on 10 November 2026."""

    order: Order
    teapots: OrderLine
    tea: OrderLine
    staff: Actor


@pytest.fixture
def scene(session: Session) -> Scene:
    return set_scene(session)


def set_scene(session: Session) -> Scene:
    seller = create_seller(session, email="vendeur@example.org")
    lines = [
        create_line("Théière", 30_00, 3, quantity_shipped=3),
        create_line("Thé", 5_00, quantity_shipped=1),
    ]
    order = create_order(
        session,
        seller,
        status=OrderStatus.RECEIVED,
        total_cents=35_00,
        received_at=dt.datetime(2026, 11, 10, 9, tzinfo=dt.UTC),
        lines=lines,
    )
    staff = Actor.person(viewer_for(create_person(session, Role.SUPPORT)))
    return Scene(order, lines[0], lines[1], staff)


def ask(session: Session, scene: Scene, units: int = 2, actor: Actor = CUSTOMER) -> Return:
    """Ask to send some teapots back."""
    wanted = ReturnRequest({scene.teapots.id: units}, ReturnReason.DAMAGED, "Fêlée à l’arrivée.")
    return session.get_one(Return, request_return(session, actor, scene.order.id, wanted, NOW))


def mails(session: Session, order: Order) -> list[OutboxMessage]:
    found = sa.select(OutboxMessage).where(OutboxMessage.order_id == order.id).order_by(OutboxMessage.id)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def events(session: Session, order: Order) -> list[OrderHistory]:
    found = sa.select(OrderHistory).where(OrderHistory.order_id == order.id).order_by(OrderHistory.id)
    return list(session.scalars(found))


def version_of(session: Session, order: Order) -> int:
    return session.scalars(sa.select(Order.version).where(Order.id == order.id)).one()
