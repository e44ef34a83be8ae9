"""The buttons under a selection: what the person may do, from where the orders are."""

import pytest

from dashboard.bulk.bar import buttons_for, targets_from
from db.domain.orders import OrderStatus
from db.domain.permissions import Role
from db.domain.tasks import TaskKind

S = OrderStatus


@pytest.mark.parametrize(
    ("role", "targets", "buttons"),
    [
        (
            Role.SUPPORT,
            [S.CONFIRMING, S.PREPARING, S.READY, S.SHIPPED, S.COMPLETED, S.CANCELLED],
            [TaskKind.MESSAGE, TaskKind.REMINDER, TaskKind.TAG],
        ),
        (Role.FINANCE, [], [TaskKind.PAYMENT]),
        (Role.MANAGER, [S.PREPARING], []),
        (
            Role.ADMIN,
            [S.CONFIRMING, S.PREPARING, S.READY, S.SHIPPED, S.COMPLETED, S.CANCELLED],
            [TaskKind.MESSAGE, TaskKind.PAYMENT, TaskKind.REMINDER, TaskKind.TAG],
        ),
        (Role.SELLER, [], []),
    ],
)
def test_a_role_is_offered_what_it_may_do(role: Role, targets: list[OrderStatus], buttons: list[TaskKind]) -> None:
    assert targets_from({S.AWAITING_PAYMENT, S.PAID}, role.may) == targets
    assert [kind for kind, _ in buttons_for(role.may)] == buttons


def test_only_moves_that_one_of_the_orders_can_make_are_offered() -> None:
    assert targets_from({S.SHIPPED, S.DELIVERED}, Role.ADMIN.may) == [S.DELIVERED, S.RECEIVED, S.COMPLETED]
    assert targets_from({S.COMPLETED, S.CANCELLED, S.ERROR}, Role.ADMIN.may) == []
