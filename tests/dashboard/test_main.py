"""The shell around every page."""

import pytest

from db.domain.permissions import Role
from tests.dashboard.apptest import open_page


@pytest.mark.parametrize(
    ("name", "shown"), [("Ada Admin", "Ada Admin  \nAdministration"), ("Administration", "Administration")]
)
def test_the_sidebar_says_who_is_there_and_nothing_twice(signed_up, name: str, shown: str) -> None:
    at = open_page("/compte", person_id=signed_up(Role.ADMIN, name=name))
    assert at.sidebar.caption[0].value == shown
