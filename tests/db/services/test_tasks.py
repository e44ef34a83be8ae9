"""Bulk actions: the dry run and the act agree, nothing is done twice, everything can be taken back."""

import datetime as dt
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.bulk import (
    KINDS,
    BulkAction,
    CustomerMessage,
    DuePayment,
    Reminder,
    Tagging,
    Undoing,
    from_arguments,
    title_of,
    to_arguments,
)
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.mail import OutboxState
from db.domain.moves import CancelReason, Move, Rest
from db.domain.orders import OrderStatus, PaymentMethod, PaymentState
from db.domain.permissions import Role
from db.domain.tasks import AT_ONCE, TaskItemState, TaskState
from db.models import Order, OrderHistory, OutboxMessage, Person, Task, TaskItem
from db.services import bulk_actions, moves
from db.services.bulk_actions import plan
from db.services.moves import move_order
from db.services.outbox import MAIL_WAITS_FOR_ITS_TASK
from db.services.tags import tag_named
from db.services.tasks import CHUNK, has_tasks, run_next_chunk, start_task, stop_task, undo_task
from db.services.undo import AlreadyUndoneError, NotUndoableError, TooLateError
from tests.conftest import NOW
from tests.db.services.test_moves import someone, status_of
from tests.factories import create_order, create_seller

S = OrderStatus
SOON = NOW + dt.timedelta(seconds=59)
LATER = NOW + dt.timedelta(minutes=10)
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def actor(session: Session) -> Actor:
    return someone(session, Role.ADMIN)


def orders(session: Session, count: int, **columns: object) -> list[Order]:
    seller = create_seller(session)
    return [create_order(session, seller, **columns) for _ in range(count)]


def unpaid(session: Session, count: int) -> list[Order]:
    return orders(session, count, status=S.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)


def ids_of(some: Sequence[Order]) -> list[int]:
    return [order.id for order in some]


def start(session: Session, actor: Actor, some: Sequence[Order], action: BulkAction, now: dt.datetime = NOW) -> Task:
    return session.get_one(Task, start_task(session, actor, plan(session, actor, ids_of(some), action, now), now))


def work(session: Session, now: dt.datetime = NOW) -> int:
    """What the worker does, in one transaction that the test rolls back."""
    done = 0
    while (settled := run_next_chunk(session, now)) is not None:
        done += settled
    return done


def items_of(session: Session, task: Task) -> dict[int, tuple[TaskItemState, str]]:
    session.expire_all()
    rows = session.scalars(sa.select(TaskItem).where(TaskItem.task_id == task.id).order_by(TaskItem.position))
    return {item.order_id: (item.state, item.reason) for item in rows}


def mails_of(session: Session, task: Task) -> list[tuple[OutboxState, dt.datetime]]:
    found = sa.select(OutboxMessage.state, OutboxMessage.due_at).where(OutboxMessage.task_id == task.id)
    return [(state, due_at) for state, due_at in session.execute(found)]


def count_of(session: Session, table: type[OrderHistory | OutboxMessage]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


ACTIONS: dict[str, Callable[[Session, Actor], BulkAction]] = {
    "move": lambda *_: Move(S.PREPARING, message="Nous emballons."),
    "ship": lambda *_: Move(S.SHIPPED, carrier="Colissimo"),
    "cancel": lambda *_: Move(S.CANCELLED, cancel_reason=CancelReason.DUPLICATE),
    "derogate": lambda *_: Move(S.PREPARING, note="Vu avec la mairie", notifies=False),
    "payment": lambda *_: DuePayment(TODAY, PaymentMethod.CHEQUE, "4711"),
    "message": lambda *_: CustomerMessage("Votre commande", "Bonjour, elle part demain."),
    "reminder": lambda *_: Reminder(),
    "tag": lambda session, actor: Tagging(tag_named(session, actor, "Fragile", NOW), "Fragile"),
}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPPORT, Role.FINANCE, Role.MANAGER])
@pytest.mark.parametrize("kind", ACTIONS)
def test_the_dry_run_and_the_act_say_the_same_and_a_second_time_does_nothing(
    session: Session, kind: str, role: Role
) -> None:
    action = ACTIONS[kind](session, someone(session, Role.ADMIN))
    mixed = [
        *(create_order(session, status=status) for status in S),
        *unpaid(session, 2),
        create_order(session, customer_email=""),
    ]
    actor = someone(session, role)
    try:
        said = plan(session, actor, ids_of(mixed), action, NOW)
    except NotAllowedError:
        return
    if not said.versions:
        with pytest.raises(InvalidInputError):
            start_task(session, actor, said, NOW)
        return
    task = session.get_one(Task, start_task(session, actor, said, NOW))
    items = items_of(session, task)
    assert {order_id for order_id, (state, _) in items.items() if state is TaskItemState.DONE} == set(said.versions)
    assert {order_id: reason for order_id, (state, reason) in items.items() if state is TaskItemState.REFUSED} == {
        each.order_id: each.reason for each in said.refused
    }
    assert (task.state, task.total, task.done, task.refused, task.refused_before) == (
        TaskState.DONE,
        len(said.versions),
        len(said.versions),
        0,
        len(said.refused),
    )
    assert mails_of(session, task) == [(OutboxState.HELD, NOW + dt.timedelta(seconds=60))] * len(said.letters)
    rows, letters = count_of(session, OrderHistory), count_of(session, OutboxMessage)
    assert plan(session, actor, ids_of(mixed), action, NOW).versions == {}
    again = session.get_one(Task, start_task(session, actor, said, NOW))
    assert again.done == 0
    assert (count_of(session, OrderHistory), count_of(session, OutboxMessage)) == (rows, letters)


def test_up_to_a_hundred_orders_are_done_at_once_and_more_wait_for_the_worker(session: Session, actor: Actor) -> None:
    few = start(session, actor, orders(session, AT_ONCE), Move(S.PREPARING, notifies=False))
    assert (few.state, few.done, has_tasks(session)) == (TaskState.DONE, 100, False)
    many = start(session, actor, orders(session, AT_ONCE + 1), Move(S.PREPARING))
    assert (many.state, many.done, many.started_at) == (TaskState.QUEUED, 0, None)
    assert run_next_chunk(session, NOW) == CHUNK
    assert (many.state, many.done, many.finished_at) == (TaskState.RUNNING, 100, None)
    assert {due_at for _, due_at in mails_of(session, many)} == {MAIL_WAITS_FOR_ITS_TASK}
    assert run_next_chunk(session, LATER) == 1
    assert (many.state, many.done, many.finished_at) == (TaskState.DONE, 101, LATER)
    assert set(mails_of(session, many)) == {(OutboxState.HELD, LATER + dt.timedelta(seconds=60))}
    assert run_next_chunk(session, LATER) is None


def test_an_order_that_changed_since_the_dry_run_is_refused_with_who_changed_it(session: Session, actor: Actor) -> None:
    same, changed = orders(session, 2)
    for action in (Move(S.READY), CustomerMessage("Bonjour", "Elle part demain.")):
        said = plan(session, actor, [same.id, changed.id], action, NOW)
        move_order(session, someone(session, name="Léa"), changed.id, Move(
            S.CONFIRMING if status_of(session, changed) is S.PAID else S.PREPARING), NOW)  # fmt: skip
        items = items_of(session, session.get_one(Task, start_task(session, actor, said, NOW)))
        assert items[same.id][0] is TaskItemState.DONE
        assert items[changed.id][0] is TaskItemState.REFUSED
        assert items[changed.id][1].startswith("Modifiée entre-temps par Léa")


def test_one_bad_order_never_stops_the_rest(
    session: Session, actor: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, bad, last = orders(session, 3)
    apply = moves.move_effects.apply

    def fail_for_the_bad_one(session, actor, move, some, now):
        apply(session, actor, move, some, now)
        if bad.id in {order.id for order, _ in some}:
            raise ZeroDivisionError

    said = plan(session, actor, ids_of([first, bad, last]), Move(S.PREPARING), NOW)
    monkeypatch.setattr(moves.move_effects, "apply", lambda *given: fail_for_the_bad_one(*given) or apply(*given))
    task = session.get_one(Task, start_task(session, actor, said, NOW))
    items = items_of(session, task)
    assert [items[order.id][0] for order in (first, bad, last)] == [
        TaskItemState.DONE,
        TaskItemState.REFUSED,
        TaskItemState.DONE,
    ]
    assert items[bad.id][1].startswith("Erreur inattendue : cette commande n’a pas été modifiée.")
    assert status_of(session, bad) is S.PAID
    assert "ZeroDivisionError" in caplog.text
    assert len(mails_of(session, task)) == 2


def test_a_task_is_stopped_between_two_orders_and_what_is_done_stays(session: Session, actor: Actor) -> None:
    some = orders(session, 150)
    task = start(session, actor, some, Move(S.PREPARING))
    run_next_chunk(session, NOW)
    with pytest.raises(NotAllowedError):
        stop_task(session, someone(session, Role.SUPPORT), task.id, NOW)
    stop_task(session, actor, task.id, SOON)
    assert (task.state, task.done, task.finished_at) == (TaskState.CANCELLED, 100, SOON)
    assert run_next_chunk(session, SOON) is None
    assert {due_at for _, due_at in mails_of(session, task)} == {SOON + dt.timedelta(seconds=60)}
    assert [status_of(session, order) for order in (some[0], some[-1])] == [S.PREPARING, S.PAID]
    stop_task(session, actor, task.id, LATER)
    assert task.finished_at == SOON


def test_nothing_more_is_done_in_the_name_of_who_lost_their_account_or_role(session: Session, actor: Actor) -> None:
    some = orders(session, 101)
    task = start(session, actor, some, Move(S.PREPARING))
    session.execute(sa.update(Person).where(Person.id == actor.person_id).values(is_active=False))
    assert work(session) == 101
    assert (task.state, task.done, task.refused) == (TaskState.FAILED, 0, 101)
    assert (
        task.error == f"Le compte de {actor.name} a été désactivé entre-temps. Ce qui restait à faire ne l’a pas été."
    )
    other = someone(session)
    task = start(session, other, some, Move(S.PREPARING))
    session.execute(sa.update(Person).where(Person.id == other.person_id).values(role=Role.FINANCE))
    work(session)
    assert (task.state, task.done, task.refused) == (TaskState.DONE, 0, 101)
    assert {reason for _, reason in items_of(session, task).values()} == {
        "Votre rôle ne permet pas cette action. Demandez à un administrateur."
    }


@pytest.mark.parametrize("kind", ["move", "cancel", "payment", "message", "reminder", "tag"])
def test_a_task_is_taken_back_while_its_window_lasts(session: Session, actor: Actor, kind: str) -> None:
    some = unpaid(session, 3) if kind in {"payment", "reminder"} else orders(session, 3)
    before = {order.id: status_of(session, order) for order in some}
    task = start(session, actor, some, ACTIONS[kind](session, actor))
    undone = session.get_one(Task, undo_task(session, actor, task.id, SOON))
    assert (undone.title, undone.state, undone.done, undone.refused) == (
        f"Annulation · {task.title}",
        TaskState.DONE,
        3,
        0,
    )
    assert {order.id: status_of(session, order) for order in some} == before
    assert {state for state, _ in mails_of(session, task)} <= {OutboxState.CANCELLED}
    assert {state for state, _ in items_of(session, task).values()} == {TaskItemState.UNDONE}
    assert task.undone_at == SOON
    with pytest.raises(AlreadyUndoneError):
        undo_task(session, actor, task.id, SOON)
    with pytest.raises(NotUndoableError):
        undo_task(session, actor, undone.id, SOON)


def test_what_has_left_or_changed_since_stays_and_says_why(session: Session, actor: Actor) -> None:
    plain, sent, changed = some = orders(session, 3)
    task = start(session, actor, some, Move(S.PREPARING))
    session.execute(sa.update(OutboxMessage).where(OutboxMessage.order_id == sent.id).values(state=OutboxState.SENDING))
    move_order(session, actor, changed.id, Move(S.READY), NOW)
    undone = session.get_one(Task, undo_task(session, actor, task.id, SOON))
    assert (undone.state, undone.done, undone.refused) == (TaskState.DONE, 1, 2)
    assert items_of(session, undone) == {
        plain.id: (TaskItemState.DONE, ""),
        sent.id: (TaskItemState.REFUSED, "Un e-mail est déjà parti : cette action ne peut plus être annulée."),
        changed.id: (TaskItemState.REFUSED, "La commande a changé depuis : cette action ne peut plus être annulée."),
    }
    assert [status_of(session, order) for order in some] == [S.PAID, S.PREPARING, S.READY]
    # What was not taken back has been done: its e-mail leaves.
    assert sorted(mails_of(session, task)) == [
        (OutboxState.CANCELLED, MAIL_WAITS_FOR_ITS_TASK),
        (OutboxState.HELD, SOON),
        (OutboxState.SENDING, NOW + dt.timedelta(seconds=60)),
    ]


def test_the_window_of_an_undo_starts_when_the_task_is_over(session: Session, actor: Actor) -> None:
    task = start(session, actor, orders(session, 101), Move(S.PREPARING))
    run_next_chunk(session, NOW)
    with pytest.raises(NotUndoableError):
        undo_task(session, actor, task.id, NOW)
    run_next_chunk(session, LATER)
    with pytest.raises(TooLateError):
        undo_task(session, actor, task.id, LATER + dt.timedelta(seconds=61))
    with pytest.raises(NotAllowedError):
        undo_task(session, someone(session, Role.SUPPORT), task.id, LATER)
    undone = session.get_one(Task, undo_task(session, actor, task.id, LATER + dt.timedelta(seconds=60)))
    # It was asked for in time: that the worker comes late changes nothing, and no e-mail leaves meanwhile.
    assert {due_at for _, due_at in mails_of(session, task)} == {MAIL_WAITS_FOR_ITS_TASK}
    with pytest.raises(NotUndoableError):
        stop_task(session, actor, undone.id, LATER)
    assert work(session, LATER + dt.timedelta(minutes=5)) == 101
    assert (undone.done, undone.refused) == (101, 0)
    assert {state for state, _ in mails_of(session, task)} == {OutboxState.CANCELLED}


def test_a_task_whose_last_orders_were_deleted_comes_to_its_end(session: Session, actor: Actor) -> None:
    task = start(session, actor, orders(session, 101), Move(S.PREPARING, notifies=False))
    run_next_chunk(session, NOW)
    session.execute(sa.delete(TaskItem).where(TaskItem.task_id == task.id, TaskItem.state == TaskItemState.WAITING))
    assert run_next_chunk(session, NOW) == 0
    assert (task.state, has_tasks(session)) == (TaskState.DONE, False)


def test_another_seller_s_orders_have_no_place_in_a_task(session: Session) -> None:
    mine, theirs = create_order(session), create_order(session)
    said = plan(session, someone(session, Role.SELLER, seller_id=mine.seller_id), ids_of([mine, theirs]),
                Move(S.PREPARING), NOW)  # fmt: skip
    assert (said.versions, [each.number for each in said.refused]) == ({}, ["", mine.number])


@pytest.mark.parametrize(
    "action",
    [
        Move(S.CANCELLED, cancel_reason=CancelReason.OTHER, note="Doublon", rest=Rest.CANCEL, notifies=False),
        Move(S.SHIPPED, tracking_url="https://suivi.example.org/1"),
        DuePayment(TODAY, PaymentMethod.TRANSFER, "VIR 12", notifies=False),
        CustomerMessage("Objet", "Texte"),
        Reminder(),
        Tagging(3, "Fragile", adds=False),
        Undoing(12, "Expédier"),
    ],
    ids=title_of,
)
def test_an_action_is_read_from_a_task_as_it_was_written(action: BulkAction) -> None:
    assert from_arguments(KINDS[type(action)], to_arguments(action)) == action


def test_taking_back_has_no_dry_run(session: Session, actor: Actor) -> None:
    with pytest.raises(TypeError):
        bulk_actions.plan(session, actor, [], Undoing(1, ""), NOW)
