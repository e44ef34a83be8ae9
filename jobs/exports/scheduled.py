"""Make the exports that people scheduled, lay them down in the storage where they are to be, and tell their owners."""

import logging
from io import BytesIO

from db.domain.export_schedules import COPIES_BELOW, is_copy_too_old
from db.domain.files import FileState
from db.domain.time import local_day, utc_now
from db.engine import DATABASE_LOST, reading, transaction
from db.services.scheduled_exports import (
    ReadyExport,
    due_schedules,
    give_up_scheduled,
    hand_over,
    make_scheduled,
    ready_exports,
)
from db.storage import Storage, storage
from jobs.run import Run

_log = logging.getLogger(__name__)


def run_exports(run: Run) -> int:
    """Ask for what is due and hand over what is ready; return how many that is."""
    with reading(run.engine) as session:
        due, ready = due_schedules(session, utc_now()), ready_exports(session)
    asked = sum(_ask(run, schedule_id) for schedule_id in due if not run.stopping)
    return asked + sum(_hand_over(run, each) for each in ready if not run.stopping)


def lay_down(place: Storage, ready: ReadyExport) -> None:
    """Copy a file to where the schedule wants it, with its hash beside it, as ``sha256sum --check`` reads it.

    Raises:
        OSError: The copy is not what was made.
    """
    with place.open(ready.ref) as content:
        stored = place.put(ready.target, content)
    if stored.sha256 != ready.sha256:
        place.delete(ready.target)
        raise OSError(f"{ready.ref} is not what was made")
    name = ready.target.rpartition("/")[2]
    place.put(f"{ready.target}.sha256", BytesIO(f"{stored.sha256}  {name}\n".encode()))


def purge_copies(run: Run) -> int:
    """Delete the copies that are kept no longer, and their hashes; return how many objects that is."""
    place, today, deleted = storage(), local_day(utc_now()), 0
    for ref in place.refs(COPIES_BELOW):
        if run.stopping:
            break
        if is_copy_too_old(ref, today):
            place.delete(ref)
            deleted += 1
    return deleted


def _ask(run: Run, schedule_id: int) -> bool:
    try:
        with transaction(run.engine) as session:
            return make_scheduled(session, schedule_id, utc_now())
    except DATABASE_LOST:
        raise
    except Exception:  # noqa: BLE001  whatever one schedule raises, the others are made
        _log.exception("The scheduled export %d cannot be made", schedule_id)
        with transaction(run.engine) as session:
            give_up_scheduled(session, schedule_id, utc_now())
        return False


def _hand_over(run: Run, ready: ReadyExport) -> bool:
    """Hand one file over; where the storage does not take it, in a minute."""
    try:
        if ready.is_stored and ready.state is FileState.READY:
            lay_down(storage(), ready)
    except Exception:  # noqa: BLE001  a storage that is away keeps no other file waiting
        _log.exception("The scheduled export %d cannot be stored", ready.schedule_id)
        return False
    with transaction(run.engine) as session:
        return hand_over(session, ready, utc_now())
