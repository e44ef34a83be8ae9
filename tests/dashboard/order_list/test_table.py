import dataclasses
import datetime as dt

from dashboard.order_list.state import Column
from dashboard.order_list.table import fitted, table_data
from db.domain.orders import DeliveryMode, OrderStatus, Origin, PaymentMethod, PaymentState
from db.queries.order_grid import OrderRow
from tests.conftest import NOW

ROW = OrderRow(
    id=1,
    number="A-1",
    placed_at=NOW,
    customer_name="Jean-Baptiste de La Rochefoucauld",
    seller_name="Conserverie La Belle Douarneniste",
    summary="Caramel au beurre salé à tartiner +4",
    delivery_mode=DeliveryMode.HOME,
    payment_method=PaymentMethod.CARD,
    payment_state=PaymentState.PAID,
    status=OrderStatus.PREPARING,
    origin=Origin.DIRECT,
    invoice_number=None,
    total_cents=31_90,
    currency="EUR",
    ship_by=NOW.date() - dt.timedelta(days=1),
)


def test_the_cells_are_whole_whoever_shortens_them_to_its_columns() -> None:
    cells = table_data([ROW], tuple(Column), NOW).iloc[0]
    assert cells[Column.CUSTOMER] == "Jean-Baptiste de La Rochefoucauld"
    assert cells[Column.SELLER] == "Conserverie La Belle Douarneniste"
    assert cells[Column.PRODUCTS] == "Caramel au beurre salé à tartiner +4"


def test_a_payment_too_long_for_its_column_ends_in_an_ellipsis() -> None:
    states = {PaymentState.UNPAID: "Virement · non réglée", PaymentState.PARTLY_REFUNDED: "Virement · remboursé…"}
    for state, shown in states.items():
        row = dataclasses.replace(ROW, payment_method=PaymentMethod.TRANSFER, payment_state=state)
        assert fitted(table_data([row], (Column.PAYMENT,), NOW))[Column.PAYMENT][0] == shown


def test_an_order_past_its_day_is_marked_late() -> None:
    assert table_data([ROW], (Column.STATUS,), NOW)[Column.STATUS][0] == ["En cours de traitement", "Expéd. +1\u00a0j"]


def test_a_delivery_past_its_day_is_marked_late_until_it_arrives() -> None:
    today = NOW.date()
    for status, days, marks in (
        (OrderStatus.SHIPPED, 1, ["Livr. +1\u00a0j"]),
        (OrderStatus.PARTLY_SHIPPED, 1, ["Livr. +1\u00a0j"]),
        (OrderStatus.SHIPPED, 0, []),
        (OrderStatus.DELIVERED, 1, []),
    ):
        row = dataclasses.replace(
            ROW, status=status, ship_by=None, expected_delivery_on=today - dt.timedelta(days=days)
        )
        assert table_data([row], (Column.STATUS,), NOW)[Column.STATUS][0][1:] == marks, status
