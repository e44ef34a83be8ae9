"""« Tâches », run through the shell."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain.jobs import JobName
from db.domain.permissions import Role
from db.domain.tasks import TaskKind, TaskState
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import JobRequest, Task, Worker
from db.services.work import Outcome, record_run
from tests.dashboard.apptest import open_page


def words(at: AppTest) -> str:
    assert not at.exception
    return " ".join(element.value for element in at.markdown)


def requested() -> list[str]:
    with reading() as session:
        return list(session.scalars(sa.select(JobRequest.job)))


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.ADMIN])
def test_the_staff_sees_who_works_and_every_job(signed_up: Callable[..., int], role: Role) -> None:
    at = open_page("/taches", person_id=signed_up(role))
    assert "Le travail de fond tourne" in words(at)
    assert "Aucun e-mail n’attend son départ." in words(at)
    assert list(at.dataframe[0].value["Travail"]) == [name.plan.title for name in JobName]
    assert any("Aucune pour l’instant" in caption.value for caption in at.caption)


def test_a_seller_does_not_come_here(signed_up: Callable[..., int]) -> None:
    at = open_page("/taches", person_id=signed_up(Role.SELLER))
    assert not any(header.value == "Tâches" for header in at.header)


def test_a_worker_that_is_gone_is_told_once_with_what_to_do(signed_up: Callable[..., int]) -> None:
    person_id = signed_up(Role.SUPPORT)
    with transaction() as session:
        session.execute(sa.delete(Worker))
    at = open_page("/taches", person_id=person_id)
    assert words(at).count("Le travail de fond est arrêté") == 1
    assert "Redémarrez le tableau de bord" in words(at)


def test_tasks_under_way_show_their_progress_and_those_that_are_over_their_result(
    signed_up: Callable[..., int],
) -> None:
    person_id = signed_up(Role.SUPPORT)
    with transaction() as session:
        for title, state, done, refused in (
            ("Expédier", TaskState.RUNNING, 308, 4),
            ("Relancer", TaskState.DONE, 996, 4),
        ):
            session.add(
                Task(
                    kind=TaskKind.MOVE, title=title, state=state, total=1_000, done=done, refused=refused,
                    person_id=person_id, person_name="Ada *L.*",
                )
            )  # fmt: skip
    at = open_page("/taches", person_id=person_id)
    assert r"Ada \*L\.\*" in words(at)
    assert list(at.dataframe[0].value["Résultat"]) == ["996\u00a0faites, 4\u00a0refusées"]


def test_a_job_that_fails_says_why_and_is_tried_again_on_demand(signed_up: Callable[..., int]) -> None:
    person_id = signed_up(Role.FINANCE)
    with transaction() as session:
        record_run(session, Outcome("compact-sales", "w", utc_now(), utc_now(), 0, "ValueError : *bad*"))
    at = open_page("/taches", person_id=person_id)
    assert r"ValueError \: \*bad\*" in words(at)
    at.button(key="retry_compact-sales").click().run()
    assert requested() == ["compact-sales"]
    assert "Demandé" in at.toast[0].value
    assert "demandé, dans un instant" in list(at.dataframe[0].value["Quand"])


def test_any_job_is_run_again_from_the_menu(signed_up: Callable[..., int]) -> None:
    at = open_page("/taches", person_id=signed_up(Role.MANAGER))
    at.menu_button(key="run_job").click(JobName.DAILY_PURGE).run()
    assert requested() == ["daily-purge"]


def test_a_task_has_its_own_address_and_a_way_back(signed_up: Callable[..., int]) -> None:
    at = open_page("/taches", person_id=signed_up(Role.SUPPORT), query={"n": "404"})
    assert not at.exception
    assert len(at.info) == 1
    assert "Cette action groupée n’existe pas" in at.info[0].value
    assert not at.dataframe


@pytest.mark.parametrize("wanted", ["douze", "-1", "²", "9" * 30])
def test_an_address_that_names_no_task_shows_them_all(signed_up: Callable[..., int], wanted: str) -> None:
    at = open_page("/taches", person_id=signed_up(Role.SUPPORT), query={"n": wanted})
    assert "Le travail de fond tourne" in words(at)
