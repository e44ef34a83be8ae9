"""Run a page the way people do: through the shell, signed in, on a database of the test's own.

def test_the_grid_shows_the_order(signed_up):
    person_id = signed_up(Role.SUPPORT)
    at = open_page("/commandes", person_id=person_id, query={"statut": "paid"})
    assert not at.exception
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.web.proof import user_of
from db.domain.time import utc_now
from db.engine import transaction
from db.models import Person
from db.queries.access import live_session_of_token
from db.services import access

MAIN = Path(__file__).resolve().parents[2] / "dashboard" / "main.py"
TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session of a test: its id, which the script knows, and its token, which the browser has."""

    id: int
    token: str


def open_session(person_id: int, now: dt.datetime | None = None, user_agent: str = "") -> OpenedSession:
    """Open a session for a person of the current database."""
    now = now or utc_now()
    with transaction() as session:
        browser = access.Browser("192.0.2.1", user_agent)
        token = access.open_session(session, session.get_one(Person, person_id), browser, now)
        opened = live_session_of_token(session, access.hash_token(token), now)
    assert opened is not None
    return OpenedSession(opened.session_id, token)


def open_page(
    path: str,
    *,
    person_id: int,
    query: dict[str, str] | None = None,
    run: bool = True,
    session_id: int | None = None,
) -> AppTest:
    """Open the page at a URL path (``"/commandes"``) for a person, and run it.

    The test must have asked for ``use_database`` first. ``at.exception`` tells whether the page failed.
    """
    at = AppTest.from_file(MAIN, default_timeout=TIMEOUT_SECONDS)
    at.user = user_of(session_id or open_session(person_id).id)
    # ``switch_page`` only knows the pages after a first run of the home page; a browser goes straight there too.
    at._page_hash = calc_hash(path.strip("/"))
    for name, value in (query or {}).items():
        at.query_params[name] = value
    return at.run() if run else at
