"""The script asks the database who is there on every run, and shows nothing to anybody else."""

import datetime as dt
import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.navigation import PAGES
from dashboard.web.proof import user_of
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import transaction
from db.models import Person
from db.services.access import end_sessions
from tests.dashboard.apptest import MAIN, TIMEOUT_SECONDS, open_page, open_session


@pytest.mark.parametrize("role", list(Role))
def test_the_account_page_opens_for_every_role(signed_up, role):
    at = open_page("/compte", person_id=signed_up(role))
    assert not at.exception
    assert at.header[0].value == "Mon compte"


HOW_TO_START = "Ce tableau de bord ne s’ouvre pas ainsi. Démarrez-le avec\u00a0: `python -m dashboard`"


@pytest.mark.parametrize("script", [MAIN, *sorted(PAGES.glob("*.py"))], ids=lambda script: script.name)
def test_a_script_started_without_the_gate_shows_only_how_to_start(use_database, script):
    at = AppTest.from_file(script, default_timeout=TIMEOUT_SECONDS).run()
    assert not at.exception
    assert [error.value for error in at.error] == [HOW_TO_START]
    assert [element.type for element in at.main.children.values()] == ["error"]
    assert len(at.sidebar) == 0


def test_streamlit_run_which_does_not_find_our_modules_shows_only_how_to_start(tmp_path):
    program = f"""
from streamlit.testing.v1 import AppTest
at = AppTest.from_file({str(MAIN)!r}, default_timeout=60).run()
assert not at.exception and len(at.main) == 1 and len(at.sidebar) == 0
print(at.error[0].value)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert run.stdout.strip() == HOW_TO_START


@pytest.mark.parametrize("proof", ["", "guess", None, 7])
def test_forged_identity_shows_only_how_to_start(signed_up, proof):
    at = AppTest.from_file(MAIN, default_timeout=TIMEOUT_SECONDS)
    at.user = {"proof": proof, "session": str(open_session(signed_up(Role.ADMIN)).id)}
    at.run()
    assert [error.value for error in at.error] == [HOW_TO_START]
    assert len(at.sidebar) == 0


def test_a_session_that_ends_shows_nothing_on_the_next_click(signed_up):
    person_id = signed_up(Role.ADMIN)
    at = open_page("/compte", person_id=person_id)
    with transaction() as session:
        end_sessions(session, person_id, utc_now())
    at.run()
    assert at.warning[0].value == "Votre session est terminée. Rechargez cette page pour vous connecter."
    assert not at.header


def test_a_deactivated_person_sees_nothing_on_the_next_click(signed_up):
    person_id = signed_up(Role.SUPPORT)
    at = open_page("/compte", person_id=person_id)
    with transaction() as session:
        session.get_one(Person, person_id).is_active = False
    at.run()
    assert at.warning[0].value == "Votre session est terminée. Rechargez cette page pour vous connecter."
    assert not at.header


def test_an_expired_session_shows_nothing(signed_up):
    at = AppTest.from_file(MAIN, default_timeout=TIMEOUT_SECONDS)
    at.user = user_of(open_session(signed_up(Role.ADMIN), utc_now() - dt.timedelta(days=8)).id)
    at.run()
    assert at.warning[0].value == "Votre session est terminée. Rechargez cette page pour vous connecter."
