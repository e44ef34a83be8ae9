"""What people see when a page fails."""

import re

from streamlit.testing.v1 import AppTest

from db.domain.errors import InvalidInputError
from db.engine import DATABASE_LOST
from tests.dashboard.apptest import TIMEOUT_SECONDS


def failing_page(error):
    from dashboard.failure import show_failure  # noqa: PLC0415  a script of its own

    show_failure(error)


def show(error):
    return AppTest.from_function(failing_page, kwargs={"error": error}, default_timeout=TIMEOUT_SECONDS).run()


def test_an_unexpected_failure_gives_a_reference_that_is_in_the_log_and_nothing_else(caplog):
    at = show(ValueError("secret of the server"))
    sentence = at.error[0].value
    reference = re.search(r"référence ([0-9a-f]{8})\)", sentence).group(1)
    assert "secret" not in sentence
    assert f"reference {reference}" in caplog.text
    assert "secret of the server" in caplog.text


def test_a_refusal_shows_its_sentence_as_it_is():
    at = show(InvalidInputError("Le nom <b>*x*</b> est pris."))
    assert at.error[0].value == r"Le nom \<b\>\*x\*\<\/b\> est pris\."


def test_a_lost_database_is_said_and_tried_again(lose_database):
    lose_database()
    at = show(DATABASE_LOST[0]("SELECT 1", {}, Exception("connection refused")))
    assert [error.value for error in at.error] == [
        "La base de données ne répond pas. Cette page s’affichera toute seule dès qu’elle sera de retour."
    ]
    assert not at.exception
