"""The seam between delivery and the ways out: a sender takes an e-mail, or says which of three things went wrong."""

import datetime as dt
import re
from typing import Protocol

from db.emails.types import OutgoingEmail

#: For each step of a conversation with a provider: to connect, to write, to hear the answer.
TIMEOUT_S = 10.0

#: Of what a provider says, as much is kept.
_WORDS = 500

#: Everything that could begin a new line, and so a new header; a no-break space stays what it is.
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def one_line(text: str) -> str:
    """Return a text fit for a header."""
    return _BREAKS.sub(" ", text).strip()


class SendingError(Exception):
    """Sending did not succeed. ``words`` are kept with the e-mail and shown to staff."""

    def __init__(self, words: str) -> None:
        self.words = one_line(words)[:_WORDS]
        super().__init__(self.words)


class TryLaterError(SendingError):
    """Surely not taken, and not for good: the provider is out of reach, failing, or has enough for now."""

    def __init__(self, words: str, *, after: dt.timedelta | None = None, is_too_fast: bool = False) -> None:
        super().__init__(words)
        #: The provider asks to be left alone for so long.
        self.after = after
        #: It is our pace and not this e-mail: the others would hear the same.
        self.is_too_fast = is_too_fast


class RefusedError(SendingError):
    """Surely not taken, and it never will be as it is."""


class AnswerLostError(SendingError):
    """Perhaps taken: it was handed over and the answer never came."""


class Sender(Protocol):
    """A way out of the house. Several threads use one sender at once."""

    @property
    def name(self) -> str:
        """Return the provider's name, kept with the e-mail."""

    def send(self, email: OutgoingEmail) -> str:
        """Hand an e-mail over; return the provider's id of it.

        Raises:
            TryLaterError: Surely not taken; it may be tried again.
            RefusedError: Surely not taken, for good.
            AnswerLostError: Nobody knows.
        """
