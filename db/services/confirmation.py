"""Have a signed-in person type their password again before something that a borrowed browser must not do.

In three steps, as for signing in, so that a wrong guess stays counted and no write waits for the hash: ``note_attempt``
(``db/services/access.py``) and ``confirm_password``, each in a transaction of its own, then the write, which calls
``use_confirmation``.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.viewer import Viewer
from db.models import Person
from db.services.access import forget_attempts
from db.services.passwords import password_matches


class NoPasswordError(MarketplaceError):
    """The person came in by a link and has no password that could be asked for."""

    def __init__(self) -> None:
        super().__init__("Vous n’avez pas encore de mot de passe. Choisissez-en un dans « Mon compte », puis revenez.")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A person whose password was just given."""

    person_id: int
    #: What it was checked against: a password that is changed meanwhile confirms nothing.
    password_hash: str


def confirm_password(session: Session, viewer: Viewer, password: str) -> Confirmed:
    """Check a person's own password; the edge calls ``note_attempt`` before, so that nobody guesses at it.

    Raises:
        NoPasswordError: There is none to check.
        InvalidInputError: It is another one.
    """
    known = session.scalar(sa.select(Person.password_hash).where(Person.id == viewer.person_id))
    if known is None:
        raise NoPasswordError
    if not password_matches(password, known):
        raise InvalidInputError("Ce n’est pas votre mot de passe. Saisissez celui avec lequel vous vous connectez.")
    return Confirmed(viewer.person_id, known)


def use_confirmation(session: Session, actor: Actor, confirmed: Confirmed) -> None:
    """Let what a person confirmed be done, and forget the attempts that led to it.

    Raises:
        InvalidInputError: Somebody else confirmed it, or the password was changed since.
    """
    email = session.scalar(
        sa.select(Person.email).where(
            Person.id == confirmed.person_id, Person.password_hash == confirmed.password_hash, Person.is_active
        )
    )
    if email is None or actor.person_id != confirmed.person_id:
        raise InvalidInputError("Votre mot de passe a changé entre-temps. Saisissez-le de nouveau.")
    forget_attempts(session, email)
