"""What a shop's token may do, who holds one, and how long answers are remembered."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from db.domain.errors import MarketplaceError

#: How long the answer to an idempotency key is kept: a shop that tries again later than this tries anew.
ANSWERS_KEPT = dt.timedelta(days=7)
#: A token's last use is worth a write this often.
USED_EVERY = dt.timedelta(minutes=1)
#: What every token begins with, so that one left in a log or a repository is recognised.
TOKEN_PREFIX = "mkt_"  # noqa: S105  it is on every token
#: So many characters tell tokens apart on the screen and give nothing away.
HINT_LENGTH = len(TOKEN_PREFIX) + 4


class Scope(StrEnum):
    """One thing that a token may do."""

    WRITE_ORDERS = "orders:write"
    READ_ORDERS = "orders:read"
    WRITE_PAYMENTS = "payments:write"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return SCOPE_LABELS[self]


SCOPE_LABELS = {
    Scope.WRITE_ORDERS: "Envoyer des commandes",
    Scope.READ_ORDERS: "Lire l’état des commandes",
    Scope.WRITE_PAYMENTS: "Annoncer des paiements, utiliser des bons d’achat",
}


@dataclass(frozen=True, slots=True)
class ApiClient:
    """Who calls: the shop that a token was given to."""

    token_id: int
    name: str
    scopes: frozenset[Scope]
    #: Whose orders alone it reaches; None for everybody's.
    seller_id: int | None


class TokenState(StrEnum):
    """Whether a token still opens anything."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return TOKEN_STATE_LABELS[self]


TOKEN_STATE_LABELS = {TokenState.ACTIVE: "Actif", TokenState.EXPIRED: "Expiré", TokenState.REVOKED: "Révoqué"}


def token_state(expires_at: dt.datetime | None, revoked_at: dt.datetime | None, now: dt.datetime) -> TokenState:
    """Return whether a token still opens anything."""
    if revoked_at is not None:
        return TokenState.REVOKED
    return TokenState.EXPIRED if expires_at is not None and expires_at <= now else TokenState.ACTIVE


def written_scopes(scopes: Iterable[Scope]) -> str:
    """Return scopes as a token's row keeps them."""
    return " ".join(sorted(scopes))


def read_scopes(written: str) -> frozenset[Scope]:
    """Return the scopes that a token's row keeps."""
    return frozenset(Scope(each) for each in written.split())


class KeyReusedError(MarketplaceError):
    """An idempotency key comes back with another request."""

    def __init__(self) -> None:
        super().__init__("Cette clé d’idempotence a déjà servi à une autre demande. Prenez-en une nouvelle.")


class KeyInUseError(MarketplaceError):
    """The first request with an idempotency key is still being answered."""

    def __init__(self) -> None:
        super().__init__("La première demande avec cette clé est encore en cours. Réessayez dans un instant.")


class OrderConflictError(MarketplaceError):
    """An order comes back under its reference with other articles."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"La commande {number} est déjà enregistrée sous cette référence, avec d’autres articles ou montants."
        )


class PaymentConflictError(MarketplaceError):
    """A payment comes back under its reference and says something else."""

    def __init__(self) -> None:
        super().__init__(
            "Ce paiement est déjà enregistré sous cette référence, pour une autre commande, un autre montant ou dans "
            "un état définitif."
        )
