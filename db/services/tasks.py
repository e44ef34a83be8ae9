"""Bulk actions that people wait for: started, done some hundred orders at a time, stopped, taken back.

Whoever works on a task holds the lock of its row for one chunk, and what the chunk does is committed together with
the places of its orders. So a killed worker leaves a task that anybody may go on with, and no order is done twice.
The e-mails stay held until the task is over, and from then on for the undo window.
"""

import datetime as dt
import logging
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.bulk import KINDS, BulkAction, Importing, Undoing, from_arguments, title_of, to_arguments
from db.domain.errors import InvalidInputError, MarketplaceError, NotAllowedError
from db.domain.jobs import JobName
from db.domain.permissions import Permission
from db.domain.tasks import AT_ONCE, NOT_UNDOABLE_KINDS, UNDER_WAY_STATES, TaskKind, TaskNotFoundError, TaskState
from db.domain.viewer import Viewer
from db.models import Person, Task
from db.queries.plans import literally
from db.services import bulk_actions, import_items
from db.services.audit import Act, note_act
from db.services.bulk_actions import BulkPlan
from db.services.documents import due as documents
from db.services.imports import ImportPlan, require_importer
from db.services.lost import DATABASE_LOST
from db.services.moves import Moved, Refused
from db.services.outbox import MAIL_WAITS_FOR_ITS_TASK, reschedule_mail_of, undo_window
from db.services.task_items import (
    Item,
    next_items,
    refuse_the_rest,
    settle_items,
    write_items,
    write_items_to_undo,
)
from db.services.undo import AlreadyUndoneError, NotUndoableError, TooLateError
from db.services.wake import wake

#: Orders done in one transaction: some 100 ms, during which SQLite's other writers wait.
CHUNK = 100

_log = logging.getLogger(__name__)


class UnexpectedError(MarketplaceError):
    """Something that nobody foresaw happened to one order; the log knows what."""

    def __init__(self) -> None:
        super().__init__("Erreur inattendue : cette commande n’a pas été modifiée. Signalez-la à un administrateur.")


def start_task(session: Session, actor: Actor, plan: BulkPlan, now: dt.datetime) -> int:
    """Write down what a dry run showed and have it done; return the task.

    Up to ``AT_ONCE`` orders are done before this returns, in the caller's transaction; the worker does more.

    Raises:
        InvalidInputError: None of the orders would go.
    """
    if not plan.versions:
        raise InvalidInputError("Aucune de ces commandes ne peut être traitée ainsi.")
    task = _new_task(session, actor, plan.action, now)
    task.total = len(plan.versions)
    task.refused_before = write_items(session, task.id, plan.versions, plan.refused)
    _note(session, actor, "task_started", task, now)
    return _begin(session, task, now)


def start_import(session: Session, actor: Actor, plan: ImportPlan, now: dt.datetime) -> int:
    """Write down the orders of a file as its preview showed them and have them created; return the task.

    Raises:
        NotAllowedError: The actor may not bring in orders.
        InvalidInputError: None of the orders would be created.
    """
    require_importer(actor)
    if not plan.going:
        raise InvalidInputError("Aucune commande de ce fichier ne peut être créée.")
    task = _new_task(session, actor, plan.action, now)
    task.total, task.refused_before = len(plan.going), len(plan.items) - len(plan.going)
    import_items.write_items(session, task.id, plan)
    _note(session, actor, "import_started", task, now)
    return _begin(session, task, now)


def has_tasks(session: Session) -> bool:
    """Tell whether a task waits or is under way; a look that takes no lock."""
    return session.scalar(sa.select(Task.id).where(_IS_UNDER_WAY).limit(1)) is not None


def run_next_chunk(session: Session, now: dt.datetime) -> int | None:
    """Do the next orders of the oldest task that nobody else works on; return how many, or None if there is none."""
    oldest = sa.select(Task).where(_IS_UNDER_WAY).order_by(Task.id).limit(1).with_for_update(skip_locked=True)
    task = session.scalars(oldest).one_or_none()
    return None if task is None else _run_chunk(session, task, now)


def stop_task(session: Session, actor: Actor, task_id: int, now: dt.datetime) -> None:
    """Stop a task between two orders: what is done stays, the rest is not done. One that is over stays as it is.

    Raises:
        TaskNotFoundError: There is no such task.
        NotAllowedError: Somebody else started it.
        NotUndoableError: It takes another one back, which half done would help nobody.
    """
    task = _locked_task(session, actor, task_id)
    if task.kind is TaskKind.UNDO:
        raise NotUndoableError("Une annulation va jusqu’à son terme.")
    if not task.state.is_over:
        _finish(session, task, TaskState.CANCELLED, now)
        _note(session, actor, "task_stopped", task, now)


def undo_task(session: Session, actor: Actor, task_id: int, now: dt.datetime) -> int:
    """Take back what a task did, as a task of its own; return that one. An order that cannot go back is refused there.

    The e-mails of the task wait until then, so that none leaves under the hands of a long undo.

    Raises:
        TaskNotFoundError: There is no such task.
        NotAllowedError: Somebody else started it.
        NotUndoableError: It cannot be taken back; the subclass and the sentence say why.
    """
    task = _locked_task(session, actor, task_id)
    if task.kind in NOT_UNDOABLE_KINDS or task.finished_at is None:
        raise NotUndoableError("Cette action ne peut pas être annulée.")
    if task.done == 0:
        raise NotUndoableError("Cette action n’a rien changé : il n’y a rien à annuler.")
    if task.undone_at is not None:
        raise AlreadyUndoneError
    if now > task.finished_at + undo_window(session):
        raise TooLateError
    task.undone_at = now
    _release(session, task.id, MAIL_WAITS_FOR_ITS_TASK)
    undoing = _new_task(session, actor, Undoing(task.id, task.title), now)
    undoing.undoes_id = task.id
    undoing.total = write_items_to_undo(session, undoing.id, task.id)
    _note(session, actor, "task_undone", task, now)
    return _begin(session, undoing, now)


_IS_UNDER_WAY = Task.state.in_(literally(UNDER_WAY_STATES))


def _new_task(session: Session, actor: Actor, action: BulkAction, now: dt.datetime) -> Task:
    if actor.person_id is None:
        raise ValueError("a bulk action is a person's")
    task = Task(
        kind=KINDS[type(action)],
        title=title_of(action),
        arguments=to_arguments(action),
        state=TaskState.QUEUED,
        total=0,
        refused_before=0,
        done=0,
        refused=0,
        person_id=actor.person_id,
        person_name=actor.name,
        created_at=now,
    )
    session.add(task)
    session.flush()
    return task


def _note(session: Session, actor: Actor, event: str, task: Task, now: dt.datetime) -> None:
    said = {"orders": task.total, "refused": task.refused_before}
    note_act(session, actor, Act(AuditArea.ORDERS, event, "task", task.id, task.title, after=said), now)


def _begin(session: Session, task: Task, now: dt.datetime) -> int:
    session.flush()
    if task.total > AT_ONCE:
        wake(session, JobName.RUN_TASKS)
    else:
        while not task.state.is_over:
            _run_chunk(session, task, now)
    return task.id


def _locked_task(session: Session, actor: Actor, task_id: int) -> Task:
    """Return a task; whoever works on it finishes their chunk first."""
    found = sa.select(Task).where(Task.id == task_id).with_for_update()
    task = session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if task is None:
        raise TaskNotFoundError(task_id)
    if task.person_id != actor.person_id and not actor.may(Permission.REPAIR_ORDERS):
        raise NotAllowedError(Permission.REPAIR_ORDERS)
    return task


def _run_chunk(session: Session, task: Task, now: dt.datetime) -> int:
    """Do the next orders of a task, whose row is locked; return how many are settled with that."""
    task.state, task.started_at = TaskState.RUNNING, task.started_at or now
    actor = _author(session, task)
    if actor is None:
        return _give_up(session, task, now)
    action = from_arguments(task.kind, task.arguments)
    if isinstance(action, Importing):
        settled, refused = import_items.run_next(session, actor, task.id, action, CHUNK, now)
    else:
        settled, refused = _run_next(session, actor, task, action, now)
    task.done += settled - refused
    task.refused += refused
    # Without items where the last orders were deleted: such a task is over, too.
    if not settled or task.done + task.refused == task.total:
        _finish(session, task, TaskState.DONE, now)
    session.flush()
    return settled


def _run_next(session: Session, actor: Actor, task: Task, action: BulkAction, now: dt.datetime) -> tuple[int, int]:
    """Do a bulk action to the next orders; return how many are settled with that, and how many of them refused."""
    items = next_items(session, task.id, CHUNK)
    if not items:
        return 0, 0
    outcome = _run_items(session, actor, task, action, items, now)
    settle_items(session, task.id, items, outcome)
    return len(items), len(items) - len(outcome.history_ids)


def _run_items(
    session: Session, actor: Actor, task: Task, action: BulkAction, items: Sequence[Item], now: dt.datetime
) -> Moved:
    """Do some orders together; if that fails, each by itself, so that only the guilty one is refused."""
    try:
        with session.begin_nested():
            versions = {item.order_id: item.version for item in items}
            return bulk_actions.run(session, actor, versions, action, now, task.id)
    except DATABASE_LOST:
        raise
    except Exception as error:  # noqa: BLE001  whatever one order raises, the others go on
        if len(items) > 1:
            return _together([_run_items(session, actor, task, action, [item], now) for item in items])
        order_id = items[0].order_id
        if isinstance(error, MarketplaceError):
            return Moved({}, (Refused(order_id, "", error),))
        _log.exception("task %d: order %d failed", task.id, order_id)
        return Moved({}, (Refused(order_id, "", UnexpectedError()),))


def _together(outcomes: Sequence[Moved]) -> Moved:
    history_ids: dict[int, int] = {}
    for outcome in outcomes:
        history_ids |= outcome.history_ids
    return Moved(history_ids, tuple(each for outcome in outcomes for each in outcome.refused))


def _author(session: Session, task: Task) -> Actor | None:
    """Return who started the task as they are now: with the role of today, or None where they may not act any more."""
    person = session.get_one(Person, task.person_id)
    if not person.is_active:
        return None
    return Actor.person(Viewer(person.id, person.name, person.email, person.role, person.seller_id))


def _give_up(session: Session, task: Task, now: dt.datetime) -> int:
    reason = f"Le compte de {task.person_name} a été désactivé entre-temps."
    refuse = import_items.refuse_the_rest if task.kind is TaskKind.IMPORT else refuse_the_rest
    refused = refuse(session, task.id, reason)
    task.refused += refused
    task.error = f"{reason} Ce qui restait à faire ne l’a pas été."
    _finish(session, task, TaskState.FAILED, now)
    return refused


def _finish(session: Session, task: Task, state: TaskState, now: dt.datetime) -> None:
    task.state, task.finished_at = state, now
    session.flush()
    _release(session, task.id, now + undo_window(session))
    if task.undoes_id is not None:
        # What could not be taken back has been done: its e-mails have waited long enough.
        _release(session, task.undoes_id, now)


def _release(session: Session, task_id: int, due_at: dt.datetime) -> None:
    """Have what a bulk action holds back, e-mails and documents, leave at another time."""
    reschedule_mail_of(session, task_id, due_at)
    documents.release(session, task_id, due_at)
