"""Ask the database about sessions, one short transaction at a time; for the gate and its open sockets."""

import datetime as dt

from db.domain.access import SEEN_EVERY
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.queries.access import SignedIn, live_session, live_session_of_token
from db.services.access import hash_token, note_seen


def session_of_token(token: str) -> SignedIn | None:
    """Return the live session a browser's token opens."""
    with reading() as session:
        return live_session_of_token(session, hash_token(token), utc_now())


def session_with_id(session_id: int) -> SignedIn | None:
    """Return the session with this id while it lives."""
    with reading() as session:
        return live_session(session, session_id, utc_now())


def is_seen_again(last_seen_at: dt.datetime) -> bool:
    """Tell whether it is time to write that a session is in use."""
    return utc_now() - last_seen_at >= SEEN_EVERY


def write_seen(session_id: int) -> None:
    """Write that a session is in use."""
    with transaction() as session:
        note_seen(session, session_id, utc_now())
