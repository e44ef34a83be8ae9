"""The banner on every screen, through the shell."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from dashboard.work import health
from db.domain.permissions import Role
from db.engine import transaction
from db.models import Worker
from tests.dashboard.apptest import open_page

STOPPED = "Le travail de fond est arrêté"


@pytest.fixture
def no_worker(use_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody works, and the dashboard has been there for long enough to know."""
    with transaction() as session:
        session.execute(sa.delete(Worker))
    monkeypatch.setattr(health, "_STARTED_AT", health._STARTED_AT - dt.timedelta(days=1))


def shown(path: str, person_id: int) -> str:
    at = open_page(path, person_id=person_id)
    assert not at.exception
    return " ".join(element.value for element in at.markdown)


@pytest.mark.usefixtures("no_worker")
@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.ADMIN])
def test_the_staff_is_told_that_nobody_works(signed_up: Callable[..., int], role: Role) -> None:
    assert STOPPED in shown("/compte", signed_up(role))


@pytest.mark.usefixtures("no_worker")
def test_a_seller_is_not(signed_up: Callable[..., int]) -> None:
    assert STOPPED not in shown("/compte", signed_up(Role.SELLER))


def test_where_somebody_works_nothing_is_said(signed_up: Callable[..., int]) -> None:
    assert STOPPED not in shown("/compte", signed_up(Role.SUPPORT))
