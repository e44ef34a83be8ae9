"""Hash and check passwords: argon2id, at the same cost for accounts that exist and for those that do not."""

from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from db.domain.access import check_new_password

#: RFC 9106's second recommended option (64 MiB, 3 passes), on one lane: servers have many people and few cores.
HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that was checked and hashed: that takes a while, and is done before the transaction that keeps it."""

    hash: str


def new_password(password: str, *, email: str, name: str) -> NewPassword:
    """Check and hash a password somebody chose.

    Raises:
        InvalidInputError: It cannot be used; the sentence says what to change.
    """
    check_new_password(password, email=email, name=name)
    return NewPassword(hash_password(password))


def hash_password(password: str) -> str:
    """Return what is stored of a password: algorithm, parameters, salt and hash in one text."""
    return HASHER.hash(_bytes(password))


def password_matches(password: str, password_hash: str | None) -> bool:
    """Tell whether the password is the one hashed; an account without one takes as long to say no."""
    try:
        HASHER.verify(password_hash or _nobodys_hash(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_password("nobody has this password")


def _bytes(password: str) -> bytes:
    # A form may hold half a surrogate pair, which UTF-8 cannot write; no account can have it in its password.
    return password.encode(errors="surrogatepass")
