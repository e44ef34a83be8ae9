"""The rules of coming in: how long a session and a link live, how often one may try, what a password must be."""

import datetime as dt
import re
from enum import StrEnum

from db.domain.errors import InvalidInputError
from db.domain.text import fold

#: A session ends after this long without a click: a working day fits, a night does not.
SESSION_IDLE = dt.timedelta(hours=12)
#: A session ends after this long whatever happens, so that a tab which refreshes itself does not live for ever.
SESSION_LIFETIME = dt.timedelta(days=7)
#: « Seen at » is written at most this often: a click must not cost a write.
SEEN_EVERY = dt.timedelta(minutes=1)

INVITATION_LIFETIME = dt.timedelta(days=7)
NEW_PASSWORD_LINK_LIFETIME = dt.timedelta(days=1)
TERMINAL_LINK_LIFETIME = dt.timedelta(hours=1)

#: Failed sign-ins within the window before one has to wait.
ATTEMPT_WINDOW = dt.timedelta(minutes=15)
ATTEMPTS_PER_ACCOUNT = 10
ATTEMPTS_PER_ADDRESS = 50
ATTEMPTS_KEPT = dt.timedelta(days=1)

PASSWORD_MIN_LENGTH = 12
PASSWORD_MAX_LENGTH = 256
#: What must be left of a password once names, e-mail address and the most usual words are taken out of it.
PASSWORD_OWN_LENGTH = 6

EMAIL_MAX_LENGTH = 254
NAME_MAX_LENGTH = 80
USER_AGENT_MAX_LENGTH = 300


class PersonState(StrEnum):
    """Whether a person can come in; it follows from what is known of them and is stored nowhere."""

    ACTIVE = "active"
    INVITED = "invited"
    INVITATION_EXPIRED = "invitation_expired"
    INACTIVE = "inactive"


_EMAIL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_USUAL = (
    "administrateur",
    "administration",
    "marketplace",
    "motdepasse",
    "bienvenue",
    "password",
    "changeme",
    "welcome",
    "doudou",
    "soleil",
    "secret",
    "azerty",
    "qwerty",
    "qwertz",
    "admin",
    "loulou",
    "chouchou",
    "iloveyou",
    "jetaime",
    "letmein",
    "abcdef",
    "abcd",
    "uiop",
    "qsdf",
    "asdf",
)


def tidy(text: str) -> str:
    """Return text as typed, on one line, without control characters, lone surrogates or outer spaces."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())


def email_address(text: str) -> str:
    """Return an e-mail address in the one form accounts are found by.

    Raises:
        InvalidInputError: It is not an address.
    """
    address = tidy(text).lower()
    if len(address) > EMAIL_MAX_LENGTH or not _EMAIL.fullmatch(address):
        raise InvalidInputError("Saisissez une adresse e-mail complète, comme prenom.nom@exemple.fr.")
    return address


def person_name(text: str) -> str:
    """Return a person's name without control characters or repeated spaces.

    Raises:
        InvalidInputError: It is empty or too long.
    """
    name = tidy(text)
    if not name:
        raise InvalidInputError("Saisissez un nom.")
    if len(name) > NAME_MAX_LENGTH:
        raise InvalidInputError(f"Ce nom est trop long\u00a0: {NAME_MAX_LENGTH} caractères au plus.")
    return name


def check_new_password(password: str, *, email: str, name: str) -> None:
    """Refuse a password that is short, or that anyone who knows the person would try.

    Raises:
        InvalidInputError: The password cannot be used; the sentence says what to change.
    """
    if len(password) < PASSWORD_MIN_LENGTH:
        raise InvalidInputError(f"Choisissez au moins {PASSWORD_MIN_LENGTH} caractères.")
    if len(password) > PASSWORD_MAX_LENGTH:
        raise InvalidInputError(f"Choisissez au plus {PASSWORD_MAX_LENGTH} caractères.")
    if _own_part(password, email=email, name=name) < PASSWORD_OWN_LENGTH:
        raise InvalidInputError(
            "Ce mot de passe se devine trop facilement\u00a0: il tient à votre nom, à votre adresse, à un mot courant "
            "ou à une suite. Une phrase de quelques mots convient bien."
        )


def _own_part(password: str, *, email: str, name: str) -> int:
    """Count the different characters left without what is known of the person or usual; digits count twice at most."""
    rest = "".join(fold(password).split())
    for word in sorted(_known_words(email, name), key=len, reverse=True):
        rest = rest.replace(word, "")
    left = set(rest)
    digits = {c for c in left if c.isdigit()}
    return len(left - digits) + min(len(digits), 2)


def _known_words(email: str, name: str) -> set[str]:
    address, whole_name = fold(email), "".join(fold(name).split())
    parts = {address, *address.split("@"), whole_name, *re.split(r"[^a-z0-9]+", fold(f"{email} {name}")), *_USUAL}
    return {part for part in parts if len(part) > 2}
