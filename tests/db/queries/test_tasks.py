"""What is told of a bulk action: how far it is, what became of its orders, until when it can be taken back."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import NotAllowedError
from db.domain.mail import OutboxState
from db.domain.moves import Move
from db.domain.orders import OrderStatus
from db.domain.permissions import Role
from db.domain.tasks import TaskItemState, TaskKind, TaskNotFoundError, TaskState
from db.models import Marketplace
from db.queries.tasks import RefusedOrders, TaskLine, mails_of_task, refused_orders, task_detail, task_lines
from db.services.bulk_actions import plan
from db.services.tasks import run_next_chunk, start_task, undo_task
from tests.conftest import NOW
from tests.db.services.test_moves import someone
from tests.factories import create_order, create_person, viewer_for

S = OrderStatus


def test_a_task_tells_what_became_of_each_order(session: Session) -> None:
    actor = someone(session, Role.SUPPORT)
    paid = [create_order(session) for _ in range(2)]
    done, unpaid = create_order(session, status=S.COMPLETED), create_order(session, status=S.AWAITING_PAYMENT)
    more = [create_order(session, status=S.COMPLETED) for _ in range(11)]
    ids = [order.id for order in (*paid, done, unpaid, *more)]
    task_id = start_task(session, actor, plan(session, actor, ids, Move(S.SHIPPED), NOW), NOW)
    assert refused_orders(session, task_id) == [
        RefusedOrders(
            "Pas de passage de « Terminée » à « Livraison/retrait en cours ».",
            12,
            tuple(order.number for order in (done, *more))[:10],
        ),
        RefusedOrders(
            "Pas de passage de « En attente de paiement » à « Livraison/retrait en cours ».", 1, (unpaid.number,)
        ),
    ]
    assert mails_of_task(session, task_id) == {OutboxState.HELD: 2}
    lines = list(task_lines(session, task_id))
    assert len(lines) == 15
    assert lines[0] == TaskLine(paid[0].number, TaskItemState.DONE, "")
    assert lines[-1].state is TaskItemState.REFUSED


def test_a_task_tells_how_far_it_is_and_until_when_it_can_be_taken_back(session: Session) -> None:
    actor = someone(session, Role.SUPPORT)
    ids = [create_order(session).id for _ in range(150)]
    task_id = start_task(session, actor, plan(session, actor, ids, Move(S.PREPARING), NOW), NOW)
    run_next_chunk(session, NOW)
    later = NOW + dt.timedelta(seconds=10)
    task = task_detail(session, actor.viewer, task_id)
    assert (task.kind, task.action, task.state) == (TaskKind.MOVE, Move(S.PREPARING), TaskState.RUNNING)
    assert (task.settled, task.left, round(task.part_settled, 2)) == (100, 50, 0.67)
    # A hundred took ten seconds: the other fifty take five.
    assert task.time_left(later) == dt.timedelta(seconds=5)
    assert task.undoable_until is None
    run_next_chunk(session, later)
    task = task_detail(session, actor.viewer, task_id)
    assert task.undoable_until == later + dt.timedelta(seconds=60)
    session.add(Marketplace(id=1, name="Ici", undo_window_s=5))
    session.flush()
    assert task_detail(session, actor.viewer, task_id).undoable_until == later + dt.timedelta(seconds=5)
    undoing = undo_task(session, actor, task_id, later)
    task = task_detail(session, actor.viewer, task_id)
    assert (task.undone_at, task.undone_by_id, task.undoable_until) == (later, undoing, None)


def test_a_task_is_told_to_colleagues_but_is_theirs_alone_to_take_back(session: Session) -> None:
    actor = someone(session, Role.SUPPORT)
    order = create_order(session)
    task_id = start_task(session, actor, plan(session, actor, [order.id], Move(S.PREPARING), NOW), NOW)
    task = task_detail(session, viewer_for(create_person(session, Role.FINANCE)), task_id)
    viewers = {role: viewer_for(create_person(session, role)) for role in (Role.SUPPORT, Role.ADMIN)}
    assert task.may_be_undone_by(actor.viewer)
    assert {role: task.may_be_undone_by(viewer) for role, viewer in viewers.items()} == {
        Role.SUPPORT: False,
        Role.ADMIN: True,
    }
    seller = viewer_for(create_person(session, Role.SELLER, seller_id=order.seller_id))
    with pytest.raises(TaskNotFoundError):
        task_detail(session, seller, task_id)
    with pytest.raises(TaskNotFoundError):
        task_detail(session, actor.viewer, 0)
    with pytest.raises(NotAllowedError):
        undo_task(session, someone(session, Role.SUPPORT), task_id, NOW)
