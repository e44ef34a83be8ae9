"""Who acts: a person of the house, or the system itself."""

from collections.abc import Callable
from dataclasses import dataclass

from db.domain.orders import ActorKind
from db.domain.permissions import Permission
from db.domain.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Actor:
    """What the history says of who did something, and what they may do."""

    kind: ActorKind
    name: str
    viewer: Viewer | None = None

    def __post_init__(self) -> None:
        """A person without an account could do everything: refuse to build one."""
        if (self.kind is ActorKind.PERSON) != (self.viewer is not None):
            raise ValueError("a person acts as a viewer, and nobody else does")

    @classmethod
    def person(cls, viewer: Viewer) -> "Actor":
        """Return the actor behind a signed-in person."""
        return cls(ActorKind.PERSON, viewer.name, viewer)

    @property
    def person_id(self) -> int | None:
        """Return the person's id, None for the system, the shop and customers."""
        return self.viewer.person_id if self.viewer else None

    @property
    def lasting_name(self) -> str:
        """Return what may be written where nothing is ever erased: of a customer, only that it was one."""
        return "Client" if self.kind is ActorKind.CUSTOMER else self.name

    @property
    def seller_id(self) -> int | None:
        """Return whose orders alone the actor reaches; None for everybody's."""
        return self.viewer.seller_id if self.viewer else None

    @property
    def may(self) -> Callable[[Permission], bool]:
        """Tell whether a permission is there; the system has them all."""
        return self.viewer.may if self.viewer else _always

    def require(self, permission: Permission) -> None:
        """Refuse unless the actor has the permission.

        Raises:
            NotAllowedError: The person's role does not have it.
        """
        if self.viewer:
            self.viewer.require(permission)


def _always(_permission: Permission) -> bool:
    return True


SYSTEM = Actor(ActorKind.SYSTEM, "Système")
