import pytest

from db.domain.errors import NotAllowedError
from db.domain.permissions import ROLE_PERMISSIONS, Permission, Role, require
from db.domain.viewer import Viewer

P = Permission


def test_every_role_has_its_permissions_and_its_label() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert len({role.label for role in Role}) == len(Role)


def test_every_permission_is_somebody_s() -> None:
    assert frozenset().union(*ROLE_PERMISSIONS.values()) == set(Permission)


def test_administrators_may_do_everything() -> None:
    assert all(Role.ADMIN.may(permission) for permission in Permission)


@pytest.mark.parametrize("permission", [P.MANAGE_PEOPLE, P.MANAGE_SETTINGS, P.REPAIR_ORDERS])
def test_only_administrators_change_people_settings_and_broken_orders(permission: Permission) -> None:
    assert [role for role in Role if role.may(permission)] == [Role.ADMIN]


def test_everybody_reads_orders_and_sellers_change_nothing_but_where_they_are_paid() -> None:
    assert all(role.may(P.READ_ORDERS) for role in Role)
    assert ROLE_PERMISSIONS[Role.SELLER] == {
        P.READ_ORDERS,
        P.READ_DOCUMENTS,
        P.READ_PAYOUTS,
        P.CHANGE_BANK_DETAILS,
    }


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (Role.SUPPORT, {P.ACT_ON_ORDERS, P.SHIP, P.MESSAGE_CUSTOMERS, P.HANDLE_RETURNS}, {P.RECORD_PAYMENTS, P.EXPORT}),
        (Role.FINANCE, {P.RECORD_PAYMENTS, P.ISSUE_DOCUMENTS, P.PREPARE_PAYOUTS, P.EXPORT}, {P.SHIP, P.DEROGATE}),
        (Role.MANAGER, {P.READ_CHARTS, P.APPROVE_PAYOUTS, P.DEROGATE}, {P.ACT_ON_ORDERS, P.PREPARE_PAYOUTS}),
    ],
)
def test_each_role_does_its_job_and_not_another_s(role: Role, may: set[Permission], may_not: set[Permission]) -> None:
    assert all(role.may(permission) for permission in may)
    assert not any(role.may(permission) for permission in may_not)


def test_a_refusal_is_a_french_sentence_that_keeps_the_permission() -> None:
    require(Role.SUPPORT, P.SHIP)
    with pytest.raises(NotAllowedError, match="Votre rôle ne permet pas cette action") as refused:
        require(Role.SELLER, P.SHIP)
    assert refused.value.permission is P.SHIP


def test_a_viewer_asks_through_its_role() -> None:
    viewer = Viewer(1, "Ada", "ada@example.org", Role.FINANCE)
    assert viewer.may(P.RECORD_PAYMENTS)
    with pytest.raises(NotAllowedError):
        viewer.require(P.SHIP)


@pytest.mark.parametrize(("role", "seller_id"), [(Role.SELLER, None), (Role.ADMIN, 3)])
def test_a_seller_without_a_shop_or_a_shop_without_a_seller_cannot_be(role: Role, seller_id: int | None) -> None:
    with pytest.raises(ValueError, match="seller_id goes with the seller role"):
        Viewer(1, "Ada", "ada@example.org", role, seller_id)
