"""Permissions are one enum; a role is a set of them. Services check; navigation only hides."""

from enum import StrEnum

from db.domain.errors import NotAllowedError


class Permission(StrEnum):
    """One thing a person may do."""

    READ_ORDERS = "orders:read"
    ACT_ON_ORDERS = "orders:act"
    DEROGATE = "orders:derogate"
    REPAIR_ORDERS = "orders:repair"
    SHIP = "orders:ship"
    READ_MESSAGES = "messages:read"
    MESSAGE_CUSTOMERS = "messages:send"
    HANDLE_RETURNS = "returns:handle"
    REFUND = "refunds:make"
    CORRECT_STOCK = "stock:correct"
    READ_CUSTOMERS = "customers:read"
    HANDLE_PERSONAL_DATA = "customers:privacy"
    RECORD_PAYMENTS = "payments:record"
    READ_DOCUMENTS = "documents:read"
    ISSUE_DOCUMENTS = "documents:issue"
    READ_PAYOUTS = "payouts:read"
    PREPARE_PAYOUTS = "payouts:prepare"
    APPROVE_PAYOUTS = "payouts:approve"
    CHANGE_BANK_DETAILS = "payouts:bank_details"
    CLOSE_MONTHS = "closing:close"
    EXPORT = "exports:make"
    READ_CHARTS = "charts:read"
    SHARE_VIEWS = "views:share"
    FOLLOW_WORK = "work:follow"
    MANAGE_PEOPLE = "people:manage"
    MANAGE_SETTINGS = "settings:manage"
    READ_METRICS = "metrics:read"
    READ_AUDIT = "audit:read"


class Role(StrEnum):
    """A job in the house; ``seller`` is the one role outside it and sees only its own rows."""

    SUPPORT = "support"
    FINANCE = "finance"
    MANAGER = "manager"
    ADMIN = "admin"
    SELLER = "seller"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return ROLE_LABELS[self]

    def may(self, permission: Permission) -> bool:
        """Tell whether the role has the permission."""
        return permission in ROLE_PERMISSIONS[self]


ROLE_LABELS = {
    Role.SUPPORT: "Service client",
    Role.FINANCE: "Finance",
    Role.MANAGER: "Direction",
    Role.ADMIN: "Administration",
    Role.SELLER: "Vendeur",
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SUPPORT: frozenset(
        {
            Permission.READ_ORDERS,
            Permission.ACT_ON_ORDERS,
            Permission.SHIP,
            Permission.READ_MESSAGES,
            Permission.MESSAGE_CUSTOMERS,
            Permission.HANDLE_RETURNS,
            Permission.CORRECT_STOCK,
            Permission.READ_CUSTOMERS,
            Permission.READ_DOCUMENTS,
            Permission.SHARE_VIEWS,
            Permission.FOLLOW_WORK,
        }
    ),
    Role.FINANCE: frozenset(
        {
            Permission.READ_ORDERS,
            Permission.READ_MESSAGES,
            Permission.RECORD_PAYMENTS,
            Permission.REFUND,
            Permission.READ_CUSTOMERS,
            Permission.READ_DOCUMENTS,
            Permission.ISSUE_DOCUMENTS,
            Permission.READ_PAYOUTS,
            Permission.PREPARE_PAYOUTS,
            Permission.APPROVE_PAYOUTS,
            Permission.CHANGE_BANK_DETAILS,
            Permission.CLOSE_MONTHS,
            Permission.EXPORT,
            Permission.READ_AUDIT,
            Permission.SHARE_VIEWS,
            Permission.FOLLOW_WORK,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Permission.READ_ORDERS,
            Permission.READ_MESSAGES,
            Permission.DEROGATE,
            Permission.READ_CUSTOMERS,
            Permission.READ_DOCUMENTS,
            Permission.READ_PAYOUTS,
            Permission.APPROVE_PAYOUTS,
            Permission.READ_CHARTS,
            Permission.EXPORT,
            Permission.READ_AUDIT,
            Permission.SHARE_VIEWS,
            Permission.FOLLOW_WORK,
        }
    ),
    Role.ADMIN: frozenset(Permission),
    Role.SELLER: frozenset(
        {
            Permission.READ_ORDERS,
            Permission.READ_DOCUMENTS,
            Permission.READ_PAYOUTS,
            Permission.CHANGE_BANK_DETAILS,
        }
    ),
}


def require(role: Role, permission: Permission) -> None:
    """Refuse unless the role has the permission.

    Raises:
        NotAllowedError: The role does not have it.
    """
    if not role.may(permission):
        raise NotAllowedError(permission)
