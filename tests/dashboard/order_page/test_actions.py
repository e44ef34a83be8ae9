"""The buttons of an order: what is possible now, for this role, the usual next step first."""

from dataclasses import replace

import pytest

from dashboard.order_page.actions import Action, Kind, choices, edits, parcel_actions
from db.domain.moves import MOVES, Rest
from db.domain.orders import COLLECTED_MODES, DeliveryMode, OrderStatus
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.queries.order_rows import ShipmentRow
from tests.conftest import NOW
from tests.dashboard.order_page.test_facts import HEADER

S = OrderStatus


def viewer(role: Role) -> Viewer:
    return Viewer(1, "Ada", "ada@example.org", role, 3 if role is Role.SELLER else None)


def labels(status: OrderStatus, role: Role, **columns: object) -> tuple[str | None, list[str]]:
    """The primary button and the menu."""
    possible = choices(replace(HEADER, status=status, **columns), viewer(role))
    return possible.primary and possible.primary.label, [action.label for action in possible.others]


PAID = {"total_cents": 31_90, "paid_cents": 31_90}
UNPAID = {"total_cents": 31_90, "paid_cents": 0}
LETTERS = ["Écrire au client", "Renvoyer la confirmation", "Lien de suivi"]
NOTE = ["Ajouter une note"]


@pytest.mark.parametrize(
    ("status", "role", "money", "primary", "others"),
    [
        (
            S.PAID,
            Role.SUPPORT,
            PAID,
            "Mettre en préparation",
            ["Demander confirmation", "Marquer prête", "Expédier", "Terminer", "Annuler la commande", *LETTERS, *NOTE],
        ),
        (
            S.AWAITING_PAYMENT,
            Role.ADMIN,
            UNPAID,
            "Paiement reçu",
            [
                "Mettre en préparation sans paiement",
                "Annuler la commande",
                "Écrire au client",
                "Relancer le client",
                "Renvoyer la confirmation",
                "Lien de suivi",
                *NOTE,
            ],
        ),
        # Who may only cancel is not led there by a filled button.
        (
            S.AWAITING_PAYMENT,
            Role.SUPPORT,
            UNPAID,
            None,
            ["Annuler la commande", "Écrire au client", "Relancer le client", *LETTERS[1:], *NOTE],
        ),
        (S.AWAITING_PAYMENT, Role.FINANCE, UNPAID, "Paiement reçu", NOTE),
        (S.AWAITING_PAYMENT, Role.MANAGER, UNPAID, None, ["Mettre en préparation sans paiement", *NOTE]),
        (S.PREPARING, Role.FINANCE, UNPAID, "Paiement reçu", NOTE),
        (S.PREPARING, Role.FINANCE, PAID, None, ["Enregistrer un autre paiement", *NOTE]),
        (S.PARTLY_SHIPPED, Role.SUPPORT, PAID, "Expédier le reste", ["Annuler le reste", *LETTERS, *NOTE]),
        (S.SHIPPED, Role.SUPPORT, PAID, "Marquer livrée", ["Marquer reçue", "Terminer", *LETTERS, *NOTE]),
        (S.COMPLETED, Role.SUPPORT, PAID, None, [*LETTERS, *NOTE]),
        (S.CANCELLED, Role.FINANCE, PAID, None, NOTE),
        (S.ERROR, Role.SUPPORT, PAID, None, [*LETTERS, *NOTE]),
    ],
)
def test_a_role_is_offered_what_it_may_do_now(
    status: OrderStatus, role: Role, money: dict[str, int], primary: str | None, others: list[str]
) -> None:
    assert labels(status, role, **money) == (primary, others)


def test_an_administrator_repairs_an_order_in_error() -> None:
    assert labels(S.ERROR, Role.ADMIN, status_before_error=S.PAID, **PAID)[0] == "Réparer"


def test_an_order_of_nothing_is_simply_moved_to_paid() -> None:
    primary = choices(
        replace(HEADER, status=S.AWAITING_PAYMENT, total_cents=0, paid_cents=0), viewer(Role.ADMIN)
    ).primary
    assert primary == Action(Kind.MOVE, "Paiement reçu", "payments", S.PAID)


@pytest.mark.parametrize("status", OrderStatus)
def test_a_seller_is_offered_nothing(status: OrderStatus) -> None:
    assert labels(status, Role.SELLER) == (None, [])
    assert edits(replace(HEADER, status=status), viewer(Role.SELLER)) == {}


@pytest.mark.parametrize("status", OrderStatus)
def test_nothing_is_offered_that_the_table_of_moves_forbids(status: OrderStatus) -> None:
    possible = choices(replace(HEADER, status=status, **PAID), viewer(Role.ADMIN))
    steps = [action for action in (possible.primary, *possible.others) if action]
    assert {action.target for action in steps if action.target} <= set(MOVES[status])
    assert len({action.key for action in steps}) == len(steps)


def test_without_an_address_nobody_is_written_to() -> None:
    assert labels(S.COMPLETED, Role.SUPPORT, customer_email=" ", **PAID) == (None, ["Lien de suivi", *NOTE])


@pytest.mark.parametrize(("status", "role"), [(S.PAID, Role.SUPPORT), (S.READY, Role.ADMIN)])
def test_an_order_is_corrected_until_it_ships(status: OrderStatus, role: Role) -> None:
    assert set(edits(replace(HEADER, status=status), viewer(role))) == {
        "contact",
        "delivery_address",
        "billing_address",
        "delivery",
    }


@pytest.mark.parametrize(
    ("status", "role"),
    [(S.SHIPPED, Role.ADMIN), (S.PARTLY_SHIPPED, Role.ADMIN), (S.PAID, Role.FINANCE), (S.PAID, Role.MANAGER)],
)
def test_neither_a_shipped_order_nor_one_of_others_is_corrected(status: OrderStatus, role: Role) -> None:
    assert edits(replace(HEADER, status=status), viewer(role)) == {}


@pytest.mark.parametrize("mode", sorted(COLLECTED_MODES))
def test_what_is_collected_is_handed_over_not_shipped(mode: DeliveryMode) -> None:
    collected = {"delivery_mode": mode} | PAID
    assert labels(S.READY, Role.SUPPORT, **collected)[0] == "Remettre au client"
    primary, others = labels(S.PREPARING, Role.SUPPORT, **collected)
    assert (primary, others[0]) == ("Marquer prête", "Remettre au client")
    assert labels(S.PARTLY_SHIPPED, Role.SUPPORT, **collected)[0] == "Remettre le reste au client"


PARCEL = ShipmentRow(3, "DPD", "0123", "", "", NOW)


def on_parcel(status: OrderStatus, role: Role, parcel: ShipmentRow = PARCEL) -> list[str]:
    found = parcel_actions(replace(HEADER, status=status), parcel, viewer(role))
    assert len({action.key for action in found}) == len(found)
    return [action.label for action in found]


@pytest.mark.parametrize("status", [S.PARTLY_SHIPPED, S.SHIPPED, S.DELIVERED])
def test_a_parcel_under_way_is_noted_as_arrived_corrected_or_called_back(status: OrderStatus) -> None:
    assert on_parcel(status, Role.SUPPORT) == ["Noter la livraison", "Corriger", "Annuler ce colis"]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_others_leave_parcels_alone(role: Role) -> None:
    assert on_parcel(S.SHIPPED, role) == []


def test_what_arrived_or_was_called_back_stays_as_it_is() -> None:
    for settled in ({"delivered_at": NOW}, {"received_at": NOW}, {"cancelled_at": NOW}):
        assert on_parcel(S.SHIPPED, Role.ADMIN, replace(PARCEL, **settled)) == []
    assert on_parcel(S.ERROR, Role.ADMIN) == []


def test_shipping_the_rest_and_cancelling_it_are_told_apart() -> None:
    possible = choices(replace(HEADER, status=S.PARTLY_SHIPPED, **PAID), viewer(Role.SUPPORT))
    assert possible.primary is not None
    assert possible.primary.rest is Rest.SHIP
    assert possible.others[0].rest is Rest.CANCEL
