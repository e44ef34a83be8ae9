"""What the screen says, as data."""

import datetime as dt

import pytest

from dashboard.work.health import banner_words, mail_words, worker_words
from dashboard.work.jobs import table_data as jobs_table
from dashboard.work.live import progress_words
from dashboard.work.tasks import result_words
from db.domain import formats
from db.domain.jobs import At, Every, JobName, Schedule
from db.domain.tasks import TaskKind, TaskState
from db.queries.work import JobRow, MailWaiting, RunRow, TaskRow, WorkerRow, WorkHealth
from tests.conftest import NOW

MINUTE = dt.timedelta(minutes=1)


def a_task(**columns: object) -> TaskRow:
    values: dict[str, object] = {
        "id": 1,
        "kind": TaskKind.MOVE,
        "title": "Mettre en préparation",
        "state": TaskState.DONE,
        "total": 1_000,
        "done": 996,
        "refused": 4,
        "person_name": "Ada",
        "created_at": NOW,
        "started_at": None,
        "finished_at": None,
        "undone_at": None,
        "error": "",
    }
    return TaskRow(**(values | columns))  # type: ignore[arg-type]


def a_job(
    name: JobName,
    schedule: Schedule,
    *,
    is_woken: bool = False,
    last_run: RunRow | None = None,
    last_failure: RunRow | None = None,
    is_requested: bool = False,
) -> JobRow:
    return JobRow(name, schedule, is_woken, last_run, last_failure, is_requested)


def test_where_all_goes_well_the_banner_is_silent() -> None:
    assert banner_words(WorkHealth(NOW, NOW - 4 * MINUTE), NOW, is_starting=False) is None


def test_mail_that_waits_is_told_first() -> None:
    words = banner_words(WorkHealth(None, NOW - 12 * MINUTE), NOW, is_starting=False)
    assert words == "Des e-mails attendent leur départ depuis 12\u00a0min."


def test_a_worker_that_is_still_starting_is_not_missed() -> None:
    assert banner_words(WorkHealth(None, None), NOW, is_starting=True) is None
    words = banner_words(WorkHealth(None, None), NOW, is_starting=False)
    assert words == "Le travail de fond est arrêté\u00a0: les e-mails et les actions groupées attendent."


def test_workers_are_counted_from_the_second_on() -> None:
    workers = [WorkerRow(name, NOW - age * MINUTE, NOW) for name, age in (("a", 90), ("b", 5))]
    assert worker_words(workers[1:], NOW).endswith("tourne, depuis 10:25.")
    assert worker_words(workers, NOW).endswith("tourne (2\u00a0processus), depuis 09:00.")


@pytest.mark.parametrize(
    ("url", "what_to_do"),
    [
        ("sqlite:////tmp/x.db", "Redémarrez le tableau de bord, qui le lance avec lui."),
        ("postgresql://u@h/b", "Relancez-le sur un serveur\u00a0: `python -m jobs`"),
    ],
)
def test_without_a_worker_the_screen_says_what_to_do(
    use_database: str, url: str, what_to_do: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db.settings import settings  # noqa: PLC0415  read again with the URL of this test

    monkeypatch.setenv("DATABASE_URL", url)
    settings.cache_clear()
    assert worker_words([], NOW).endswith(what_to_do)
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        (MailWaiting(0, 0), "Aucun e-mail n’attend son départ."),
        (MailWaiting(1, 0), "1\u00a0e-mail attend de partir."),
        (
            MailWaiting(12, 1),
            "12\u00a0e-mails attendent de partir, 1\u00a0e-mail partira plus tard (délai d’annulation, nouvel essai).",
        ),
    ],
)
def test_mail_that_waits_is_counted(waiting: MailWaiting, words: str) -> None:
    assert mail_words(waiting) == words


def test_the_jobs_say_when_and_what_became_of_them() -> None:
    run = RunRow(NOW - 5 * MINUTE, NOW - 5 * MINUTE, 12, "")
    idle = RunRow(NOW - 4 * MINUTE, NOW - 4 * MINUTE, 0, "")
    failure = RunRow(NOW - 60 * MINUTE, NOW - 3 * MINUTE, 0, "ValueError : bad")
    rows = [
        a_job(JobName.COMPLETE_ORDERS, Every(5), last_run=run),
        a_job(JobName.DELIVER_EMAILS, Every(60), is_woken=True, last_run=failure, last_failure=failure),
        a_job(JobName.COMPACT_SALES, At(minute=17), last_run=idle),
        a_job(JobName.DAILY_PURGE, At(minute=40, hour=2), is_requested=True),
    ]
    table = jobs_table(rows, NOW).fillna(formats.DASH)
    assert list(table["Dernière fois"]) == ["10:25 · 12\u00a0commandes", "10:27 · échec", "10:26 · rien à faire", "–"]
    assert list(table["Quand"]) == [
        "toutes les 5 secondes",
        "dès que nécessaire, et chaque minute",
        "chaque heure (11:17)",
        "demandé, dans un instant",
    ]
    assert list(table["Dernier échec"]) == ["–", "10:27\u00a0: ValueError : bad", "–", "–"]


def test_progress_counts_what_was_decided() -> None:
    going = a_task(state=TaskState.RUNNING, done=308, refused=4)
    assert progress_words(going) == "312 sur 1\u202f000\u00a0commandes, 4\u00a0refusées"
    assert progress_words(a_task(done=0, refused=0, total=1)) == "0 sur 1\u00a0commande"


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (a_task(), "996\u00a0faites, 4\u00a0refusées"),
        (a_task(done=1, refused=0, total=1), "1\u00a0faite"),
        (a_task(kind=TaskKind.IMPORT, done=12, refused=0, total=12), "12\u00a0créées"),
        (a_task(done=312, refused=0, state=TaskState.CANCELLED), "312\u00a0faites, 688\u00a0non traitées"),
        (a_task(undone_at=NOW - 5 * MINUTE), "996\u00a0faites, 4\u00a0refusées · revenue en arrière (10:25)"),
        (
            a_task(done=0, refused=1000, error="Compte désactivé."),
            "0\u00a0faite, 1\u202f000\u00a0refusées · Compte désactivé.",
        ),
    ],
)
def test_a_result_says_what_was_done_refused_left_and_taken_back(task: TaskRow, words: str) -> None:
    assert result_words(task, NOW) == words
