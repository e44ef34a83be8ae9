"""What senders that speak HTTP have in common: how long a provider asks to be left alone, and no redirections."""

import datetime as dt
from email.utils import parsedate_to_datetime
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler

from db.domain.time import utc_now

#: Whatever a provider asks for, we come back within the hour.
_LONGEST_WAIT = dt.timedelta(hours=1)


def asked_wait(error: HTTPError) -> dt.timedelta | None:
    """Return for how long a provider asks to be left alone: ``Retry-After``, or until ``X-RateLimit-Reset``."""
    asked = _retry_after(error.headers.get("Retry-After", "")) or _reset(error.headers.get("X-RateLimit-Reset", ""))
    return None if asked is None else min(max(asked, dt.timedelta()), _LONGEST_WAIT)


def _retry_after(value: str) -> dt.timedelta | None:
    """Read seconds, or the date of a clock."""
    if value.strip().isdecimal():
        return dt.timedelta(seconds=min(int(value), int(_LONGEST_WAIT.total_seconds())))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return until - utc_now() if until.tzinfo else None


def _reset(value: str) -> dt.timedelta | None:
    """Read a moment as seconds since 1970."""
    try:
        return dt.datetime.fromtimestamp(int(value), dt.UTC) - utc_now()
    except (ValueError, OverflowError, OSError):
        return None


class NoRedirection(HTTPRedirectHandler):
    """Refuses to be sent elsewhere: what was to be posted would be asked for instead."""

    def redirect_request(self, *_: object) -> None:
        """Go nowhere: the answer is an error."""
