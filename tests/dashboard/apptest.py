"""Run a page the way people do: through the shell, signed in, on a database of the test's own.

def test_the_grid_shows_the_order(signed_up):
    person_id = signed_up(Role.SUPPORT)
    at = open_page("/commandes", person_id=person_id, query={"statut": "paid"})
    assert not at.exception
"""

import datetime as dt
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.web.proof import user_of
from db.domain.access import SESSION_LIFETIME
from db.domain.time import utc_now
from db.engine import transaction
from db.models import Session
from db.services.access import hash_token, new_token

MAIN = Path(__file__).resolve().parents[2] / "dashboard" / "main.py"
TIMEOUT_SECONDS = 30


def open_session(person_id: int, now: dt.datetime | None = None) -> int:
    """Open a session for a person of the current database and return its id."""
    now = now or utc_now()
    with transaction() as session:
        opened = Session(
            token_hash=hash_token(new_token()),
            person_id=person_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LIFETIME,
        )
        session.add(opened)
        session.flush()
        return opened.id


def open_page(path: str, *, person_id: int, query: dict[str, str] | None = None, run: bool = True) -> AppTest:
    """Open the page at a URL path (``"/commandes"``) for a person, and run it.

    The test must have asked for ``use_database`` first. ``at.exception`` tells whether the page failed.
    """
    at = AppTest.from_file(MAIN, default_timeout=TIMEOUT_SECONDS)
    at.user = user_of(open_session(person_id))
    # ``switch_page`` only knows the pages after a first run of the home page; a browser goes straight there too.
    at._page_hash = calc_hash(path.strip("/"))
    for name, value in (query or {}).items():
        at.query_params[name] = value
    return at.run() if run else at
