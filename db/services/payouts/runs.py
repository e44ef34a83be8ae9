"""The runs that prepare payouts: one a day, begun by the night or by a person, gone through by the worker."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.audit import AuditArea
from db.domain.formats import date
from db.domain.jobs import JobName
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.models import PayoutRun, PayoutSettings, Person
from db.services.audit import Act, note_act
from db.services.upsert import insert_for
from db.services.wake import wake


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is to be gone through."""

    id: int
    #: Everything due up to that day is gathered.
    run_on: dt.date
    #: The person who asked for it; None for the night's own.
    person_id: int | None


def begin_run(session: Session, actor: Actor, now: dt.datetime) -> int:
    """Have the worker prepare all that is due today; return the day's run, which may have been gone through before.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    begun = {
        "run_on": local_day(now),
        "started_at": now,
        "person_id": actor.person_id,
        "person_name": actor.name,
    }
    wanted = insert_for(session, PayoutRun).values(begun)
    again = {"finished_at": None, "started_at": now, "person_id": actor.person_id, "person_name": actor.name}
    written = wanted.on_conflict_do_update(index_elements=[PayoutRun.run_on], set_=again).returning(PayoutRun.id)
    run_id: int = session.execute(written).scalar_one()
    note_act(session, actor, Act(AuditArea.PAYOUTS, "run_begun", "payout_run", run_id, date(local_day(now))), now)
    wake(session, JobName.PREPARE_PAYOUTS)
    return run_id


def begin_nightly(session: Session, actor: Actor, now: dt.datetime) -> int | None:
    """Begin the day's run unless it was, or people prepare payouts themselves; return it where it is begun."""
    return begin_run(session, actor, now) if is_nightly_due(session, now) else None


def is_nightly_due(session: Session, now: dt.datetime) -> bool:
    """Tell whether the night is to begin the day's run: nobody did, and people do not prepare payouts themselves."""
    is_automatic = session.scalar(sa.select(PayoutSettings.is_automatic))
    begun = sa.exists().where(PayoutRun.run_on == local_day(now))
    return is_automatic is not False and not session.scalar(sa.select(begun))


def runs_to_do(session: Session) -> list[Run]:
    """Return the runs that were not gone through to the end, oldest first."""
    wanted = sa.select(PayoutRun.id, PayoutRun.run_on, PayoutRun.person_id).where(PayoutRun.finished_at.is_(None))
    return [Run(**row._asdict()) for row in session.execute(wanted.order_by(PayoutRun.run_on))]


def run_actor(session: Session, run: Run) -> Actor:
    """Return who prepares: the person who asked for the run, if they still may, or else the system."""
    person = session.get(Person, run.person_id) if run.person_id is not None else None
    if person is None:
        return SYSTEM
    viewer = Viewer(person.id, person.name, person.email, person.role, person.seller_id)
    return Actor.person(viewer) if person.is_active and viewer.may(Permission.PREPARE_PAYOUTS) else SYSTEM


def finish_run(session: Session, run: Run, started_at: dt.datetime, now: dt.datetime) -> None:
    """Note that a run was gone through, unless somebody asked for it anew meanwhile."""
    session.execute(
        sa.update(PayoutRun)
        .where(PayoutRun.id == run.id, PayoutRun.started_at <= started_at)
        .values(finished_at=now)
        .execution_options(synchronize_session=False)
    )
