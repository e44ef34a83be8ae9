"""Scheduled exports: of the right days, with the rights of then, once, and handed over whole."""

import datetime as dt
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from db.domain.actor import Actor
from db.domain.errors import NotAllowedError
from db.domain.export_schedules import (
    ScheduleMissingError,
    ScheduleNameTakenError,
    SchedulePeriod,
    ScheduleTerms,
)
from db.domain.exports import Cadence, ExportFormat, ExportRequest, ExportSubject, NoColumnError
from db.domain.files import FileState
from db.domain.filter_json import filter_to_json
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.emails.rendering import render_batch
from db.emails.types import Rendered
from db.engine import reading, transaction
from db.models import AuditEntry, ExportSchedule, OutboxMessage, Person, StoredFile
from db.queries.access import viewer_of
from db.queries.export_schedules import schedules
from db.services import export_schedules, files
from db.services.export_schedules import (
    change_schedule,
    forget_schedule,
    pause_schedule,
    resume_schedule,
    schedule_export,
)
from db.services.scheduled_exports import FAILED
from db.settings import settings
from db.storage import storage
from jobs.exports import scheduled
from jobs.files import make_large_files
from jobs.run import Run
from tests.factories import create_order, create_person

#: Paris: Saturday 21 November 2026, 10:30; 5:00 on the first of December.
NOVEMBER = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
FIRST = dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
REQUEST = ExportRequest(
    ExportSubject.ORDERS,
    filter_to_json(OrderFilter(statuses=ALL_STATUSES)),
    ("number", "total_cents"),
    ExportFormat.CSV,
)
TERMS = ScheduleTerms("Commandes du mois", Cadence.MONTHLY, SchedulePeriod.LAST_MONTH, emails=True, is_stored=True)


@pytest.fixture(autouse=True)
def own_storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FILES_URL", tmp_path.as_uri())
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def owner(engine: sa.Engine) -> Viewer:
    with transaction(engine) as session:
        for month, count in ((10, 1), (11, 3), (12, 2)):
            for day in range(count):
                create_order(session, placed_at=dt.datetime(2026, month, 1 + day, 12, tzinfo=dt.UTC))
        person = create_person(session, Role.FINANCE, email="finance@example.org", name="Ada")
        found = viewer_of(session, person.id)
    assert found is not None
    return found


def schedule(engine: sa.Engine, owner: Viewer, terms: ScheduleTerms = TERMS) -> int:
    with transaction(engine) as session:
        return schedule_export(session, owner, REQUEST, terms, NOVEMBER).id


def run(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, now: dt.datetime) -> int:
    monkeypatch.setattr(scheduled, "utc_now", lambda: now)
    return scheduled.run_exports(Run(engine, "test", Event()))


def make(engine: sa.Engine) -> None:
    make_large_files(Run(engine, "test", Event()))


def state(engine: sa.Engine, schedule_id: int) -> ExportSchedule:
    with reading(engine) as session:
        return session.get_one(ExportSchedule, schedule_id)


def letters(engine: sa.Engine) -> list[OutboxMessage]:
    with reading(engine) as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def asked_files(engine: sa.Engine) -> list[StoredFile]:
    with reading(engine) as session:
        return list(session.scalars(sa.select(StoredFile).order_by(StoredFile.id)))


def test_a_monthly_export_is_of_last_month_is_stored_with_its_hash_and_its_owner_is_sent_a_link(
    engine: sa.Engine, owner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule_id = schedule(engine, owner)
    assert run(engine, monkeypatch, FIRST) == 1
    (file,) = asked_files(engine)
    # November has three orders; October and December are not in it.
    assert (file.total, file.person_id) == (3, owner.person_id)
    make(engine)
    assert run(engine, monkeypatch, FIRST + dt.timedelta(minutes=1)) == 1
    (letter,) = letters(engine)
    assert (letter.template, letter.recipient_kind) == (EmailTemplate.EXPORT_READY, RecipientKind.STAFF)
    assert (letter.recipient, letter.attachments) == ("finance@example.org", None)
    stored, digest = storage().refs("exports/2026/12")
    assert stored.startswith(f"exports/2026/12/commandes-du-mois-{schedule_id}-commandes-")
    with storage().open(stored) as content:
        read = content.read()
    with storage().open(digest) as content:
        assert content.read().decode().split()[0] == hashlib.sha256(read).hexdigest()
    # A heading and three orders.
    assert len(read.decode("utf-8-sig").splitlines()) == 4
    with reading(engine) as session:
        made = render_batch(session, letters(engine), FIRST)[letter.id]
    assert isinstance(made, Rendered)
    assert f"/fichiers-produits?n={file.id}" in made.text
    assert "3\u00a0lignes, du 01/11/2026 au 30/11/2026" in made.text
    assert run(engine, monkeypatch, FIRST + DAY) == 0
    assert state(engine, schedule_id).next_on == dt.date(2027, 1, 1)


def test_nothing_is_made_before_five_in_paris(
    engine: sa.Engine, owner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(engine, owner)
    assert run(engine, monkeypatch, FIRST - dt.timedelta(minutes=1)) == 0
    assert run(engine, monkeypatch, FIRST) == 1


def test_days_that_were_missed_are_made_once(engine: sa.Engine, owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    daily = ScheduleTerms("Hier", Cadence.DAILY, SchedulePeriod.YESTERDAY, emails=True, is_stored=False)
    schedule_id = schedule(engine, owner, daily)
    # Ten days without a worker; the third of December's « yesterday » has one order.
    assert run(engine, monkeypatch, FIRST + 2 * DAY) == 1
    assert run(engine, monkeypatch, FIRST + 2 * DAY) == 0
    (file,) = asked_files(engine)
    assert file.total == 1
    assert state(engine, schedule_id).next_on == dt.date(2026, 12, 4)


def test_a_list_without_a_row_makes_no_file_and_says_so(
    engine: sa.Engine, owner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    daily = ScheduleTerms("Hier", Cadence.DAILY, SchedulePeriod.YESTERDAY, emails=True, is_stored=False)
    schedule_id = schedule(engine, owner, daily)
    assert run(engine, monkeypatch, FIRST) == 1
    assert not asked_files(engine)
    (letter,) = letters(engine)
    with reading(engine) as session:
        made = render_batch(session, [letter], FIRST)[letter.id]
    assert isinstance(made, Rendered)
    assert "n’a rien à contenir" in made.text
    assert "/fichiers-produits" not in made.text
    assert state(engine, schedule_id).told_at == FIRST


@pytest.mark.parametrize(
    ("change", "word", "written"),
    [({"is_active": False}, "désactivé", 0), ({"role": Role.SUPPORT}, "droit", 1)],
)
def test_an_owner_who_left_or_lost_the_right_finds_it_paused_with_the_reason(
    engine: sa.Engine,
    owner: Viewer,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, object],
    word: str,
    written: int,
) -> None:
    schedule_id = schedule(engine, owner)
    with transaction(engine) as session:
        session.execute(sa.update(Person).where(Person.id == owner.person_id).values(**change))
    assert run(engine, monkeypatch, FIRST) == 1
    assert run(engine, monkeypatch, FIRST) == 0
    kept = state(engine, schedule_id)
    assert not kept.is_active
    assert word in kept.error
    assert not asked_files(engine)
    # Who is still here is told once; a closed account gets no letters.
    assert [letter.variables["export_error"] for letter in letters(engine)] == [kept.error] * written
    with reading(engine) as session:
        noted = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "schedule_paused")).one()
    assert noted.details is not None
    assert word in noted.details["note"]


def test_a_worker_that_is_killed_between_the_steps_repeats_none(
    engine: sa.Engine, owner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule_id = schedule(engine, owner)
    run(engine, monkeypatch, FIRST)
    make(engine)
    with monkeypatch.context() as killing:
        # Killed when the file is laid down, before anybody is told.
        killing.setattr(scheduled, "hand_over", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run(engine, monkeypatch, FIRST)
    assert not letters(engine)
    assert run(engine, monkeypatch, FIRST) == 1
    assert run(engine, monkeypatch, FIRST) == 0
    assert len(letters(engine)) == len(asked_files(engine)) == 1
    assert len(storage().refs("exports")) == 2
    assert state(engine, schedule_id).told_at == FIRST


def test_a_storage_that_is_away_is_tried_again_and_holds_up_nobody_else(
    engine: sa.Engine, owner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(engine, owner)
    linked = ScheduleTerms("Lien seul", Cadence.MONTHLY, SchedulePeriod.LAST_MONTH, emails=True, is_stored=False)
    schedule(engine, owner, linked)
    run(engine, monkeypatch, FIRST)
    make(engine)
    with monkeypatch.context() as away:
        away.setattr(scheduled, "lay_down", lambda *_: (_ for _ in ()).throw(OSError("away")))
        assert run(engine, monkeypatch, FIRST) == 1
    assert [letter.variables["export_name"] for letter in letters(engine)] == ["Lien seul"]
    assert run(engine, monkeypatch, FIRST) == 1
    assert len(letters(engine)) == 2


def test_one_that_cannot_be_made_says_so_and_waits_for_its_next_day(
    engine: sa.Engine, owner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = schedule(engine, owner), schedule(engine, owner, ScheduleTerms("Autre", *TERMS_OF_OTHERS))
    with transaction(engine) as session:
        kept = session.get_one(ExportSchedule, broken)
        kept.arguments = {**kept.arguments, "filter": {**REQUEST.filter, "first_day": "hier"}, "period": "as_filtered"}
    assert run(engine, monkeypatch, FIRST) == 1
    assert (state(engine, broken).error, state(engine, broken).next_on) == (FAILED, dt.date(2027, 1, 1))
    assert state(engine, sound).last_file_id is not None
    (letter,) = letters(engine)
    assert (letter.recipient, letter.variables["export_name"]) == ("finance@example.org", TERMS.name)
    with reading(engine) as session:
        made = render_batch(session, [letter], FIRST)[letter.id]
    assert isinstance(made, Rendered)
    assert made.subject.endswith(f"Export « {TERMS.name} » : pas de fichier")
    assert FAILED in made.text
    assert "rien à contenir" not in made.text


TERMS_OF_OTHERS = (Cadence.MONTHLY, SchedulePeriod.LAST_MONTH, True, False)


def test_a_file_that_fails_is_told_on_the_schedule_and_once_to_its_owner(
    engine: sa.Engine, owner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule_id = schedule(engine, owner)
    run(engine, monkeypatch, FIRST)
    (file,) = asked_files(engine)
    with transaction(engine) as session:
        files.cancel_file(session, Actor.person(owner), file.id, FIRST)
    run(engine, monkeypatch, FIRST)
    run(engine, monkeypatch, FIRST)
    (letter,) = letters(engine)
    assert "Abandonné par Ada" in letter.variables["export_error"]
    assert "Abandonné par Ada" in state(engine, schedule_id).error
    with reading(engine) as session:
        (row,) = schedules(session, owner)
    assert row.file_state is FileState.CANCELLED


def test_people_change_pause_resume_and_delete_their_own(engine: sa.Engine, owner: Viewer) -> None:
    schedule_id = schedule(engine, owner)
    weekly = ScheduleTerms("Semaine", Cadence.WEEKLY, SchedulePeriod.LAST_WEEK, emails=True, is_stored=False)
    with transaction(engine) as session:
        change_schedule(session, owner, schedule_id, weekly, ExportFormat.XLSX, NOVEMBER)
    assert state(engine, schedule_id).next_on == dt.date(2026, 11, 23)
    with transaction(engine) as session:
        pause_schedule(session, owner, schedule_id, NOVEMBER)
        resume_schedule(session, owner, schedule_id, NOVEMBER + 7 * DAY)
    assert state(engine, schedule_id).next_on == dt.date(2026, 11, 30)
    with transaction(engine) as session:
        forget_schedule(session, owner, schedule_id, NOVEMBER)
    with reading(engine) as session:
        assert not schedules(session, owner)
        noted = session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)).all()
    assert list(noted) == [
        "export_scheduled",
        "schedule_changed",
        "schedule_paused",
        "schedule_resumed",
        "schedule_deleted",
    ]


def test_who_may_not_export_schedules_nothing_and_names_and_columns_are_checked(
    engine: sa.Engine, owner: Viewer
) -> None:
    schedule(engine, owner)
    with transaction(engine) as session:
        support = create_person(session, Role.SUPPORT)
        other = create_person(session, Role.MANAGER)
        boss = create_person(session, Role.ADMIN)
        viewers = [viewer_of(session, person.id) for person in (support, other, boss)]
    helper, manager, admin = (viewer for viewer in viewers if viewer)
    with transaction(engine) as session:
        with pytest.raises(NotAllowedError):
            schedule_export(session, helper, REQUEST, TERMS, NOVEMBER)
        with pytest.raises(ScheduleNameTakenError):
            schedule_export(session, owner, REQUEST, TERMS, NOVEMBER)
        no_column = ExportRequest(REQUEST.subject, REQUEST.filter, (), REQUEST.format)
        with pytest.raises(NoColumnError):
            schedule_export(session, owner, no_column, TERMS, NOVEMBER)
        (mine,) = schedules(session, owner)
        assert not schedules(session, manager)
        with pytest.raises(ScheduleMissingError):
            pause_schedule(session, manager, mine.id, NOVEMBER)
        assert [row.id for row in schedules(session, admin)] == [mine.id]
        export_schedules.pause_schedule(session, admin, mine.id, NOVEMBER)


def test_copies_are_kept_for_twelve_months_and_then_deleted_with_their_hashes(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = ["audit/2020/01/anchor.json", "exports/2025/11/b.csv", "exports/2026/12/c.csv", "exports/read-me.txt"]
    old = ["exports/2024/12/z.csv", "exports/2025/10/a.csv", "exports/2025/10/a.csv.sha256"]
    for ref in kept + old:
        storage().put(ref, io.BytesIO(b"x"))
    monkeypatch.setattr(scheduled, "utc_now", lambda: NOVEMBER)
    assert scheduled.purge_copies(Run(engine, "test", Event())) == 3
    assert sorted(storage().refs("exports") + storage().refs("audit")) == sorted(kept)
    assert scheduled.purge_copies(Run(engine, "test", Event())) == 0
