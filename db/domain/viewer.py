"""Who is looking or acting: the one object that queries filter by and services check."""

from dataclasses import dataclass

from db.domain.permissions import Permission, Role, require


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person. ``seller_id`` is set for the ``seller`` role only, and then narrows every query."""

    person_id: int
    name: str
    email: str
    role: Role
    seller_id: int | None = None

    def __post_init__(self) -> None:
        """A seller without a seller id would see everything: refuse to build one."""
        if (self.role is Role.SELLER) != (self.seller_id is not None):
            raise ValueError("seller_id goes with the seller role, and only with it")

    def may(self, permission: Permission) -> bool:
        """Tell whether the person's role has the permission."""
        return self.role.may(permission)

    def require(self, permission: Permission) -> None:
        """Refuse unless the person's role has the permission.

        Raises:
            NotAllowedError: The role does not have it.
        """
        require(self.role, permission)
