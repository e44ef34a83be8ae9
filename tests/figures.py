"""The figures of the sales once more, in pandas and Python's own time zones: nothing here is shared with the product.

The raw rows of the tables go in; what comes out is compared with what the screens show (``told``).
"""

import datetime as dt
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.figures import Facet
from db.domain.order_filter import OrderFilter
from db.queries.figures import figures
from tests.factories import ADMIN

PARIS = ZoneInfo("Europe/Paris")

#: Facet, value → orders, cents, units.
Counted = dict[str, dict[str, tuple[int, int, int]]]
_INSTANTS = ["placed_at", "paid_at", "delivered_at", "received_at", "shipped_at"]
_SHIPPED = {"partly_shipped", "shipped", "delivered", "received", "completed"}


def _table(session: Session, name: str, columns: str = "*") -> pd.DataFrame:
    result = session.execute(sa.text(f"SELECT {columns} FROM {name}"))
    return pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()))


def _utc(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values, utc=True, format="ISO8601")


def told(session: Session, wanted: OrderFilter) -> Counted:
    """What the product says, in the words of the reference."""
    found = figures(session, ADMIN, wanted, list(Facet))
    return {
        facet.value: {figure.value: (figure.orders, figure.cents, figure.units) for figure in known}
        for facet, known in found.items()
    }


class Reference:
    """The orders of a database as a table of pandas, with what is told of each."""

    def __init__(self, session: Session) -> None:
        orders = _table(session, "orders")
        orders["day"] = pd.to_datetime(orders["placed_on"]).dt.date
        shipments = _table(session, "shipments")
        left = shipments[shipments["cancelled_at"].isna()].copy()
        left["shipped_at"] = _utc(left["shipped_at"])
        first_left = dict(left.groupby("order_id")["shipped_at"].min())
        orders["shipped_at"] = [first_left.get(order_id, pd.NaT) for order_id in orders["id"]]
        for name in _INSTANTS:
            orders[name] = _utc(orders[name])
        orders["is_sale"] = orders["status"] != "cancelled"
        sales = orders[orders["is_sale"] & orders["customer_id"].notna()]
        first_sale = dict(sales.groupby("customer_id")["placed_at"].min())
        orders["first_sale_at"] = [first_sale.get(customer_id, pd.NaT) for customer_id in orders["customer_id"]]
        self.orders = orders
        self.lines = _table(
            session,
            "order_lines",
            "order_id, product_id, name, total_cents, quantity, quantity_cancelled, settled_cents",
        )
        self.payments = _table(session, "payments", "order_id, kind, state, amount_cents")
        self.returns = _table(session, "returns")
        addresses = _table(session, "order_addresses")
        self.addresses = {
            (row.order_id, row.kind): (row.country_code, row.postcode, row.city) for row in addresses.itertuples()
        }

    def sales(self, first: dt.date, last: dt.date, currency: str = "EUR", **equal: object) -> pd.DataFrame:
        """The sales of some days and one currency; further columns may have to equal something."""
        placed = self._placed(first, last, currency, **equal)
        return placed[placed["is_sale"]]

    def counted(self, first: dt.date, last: dt.date, currency: str = "EUR", **equal: object) -> Counted:
        """Count the orders of some days and one currency from every side."""
        placed = self._placed(first, last, currency, **equal)
        sales = placed[placed["is_sale"]]
        return {
            "sales": _sums(sales, [""] * len(sales), units=sales["item_count"]),
            "seller": _sums(sales, sales["seller_id"], units=sales["item_count"]),
            "product": self._products(sales),
            "delivery": _sums(sales, sales["delivery_mode"]),
            "payment": _sums(sales, sales["payment_method"]),
            "payment_state": _sums(sales, sales["payment_state"], units=self._still_due(sales)),
            "origin": _sums(sales, sales["origin"]),
            "place": _sums(sales, [self._place(order_id) for order_id in sales["id"]]),
            "hour": _sums(sales, _hours(sales)),
            "customer": _sums(sales, _shares(sales)),
            "stage": _stages(placed),
            "to_paid": _lengths(sales, "placed_at", "paid_at"),
            "to_shipped": _lengths(sales, "paid_at", "shipped_at"),
            "to_delivered": _lengths(sales, "shipped_at", "delivered_at"),
            "to_received": _lengths(sales, "delivered_at", "received_at"),
            "shipping": _punctuality(sales),
            "returned": self._returned(sales),
            "refunded": _refunded(sales),
        }

    def _placed(self, first: dt.date, last: dt.date, currency: str, **equal: object) -> pd.DataFrame:
        orders = self.orders
        chosen = (orders["day"] >= first) & (orders["day"] <= last) & (orders["currency"] == currency)
        for name, value in equal.items():
            chosen &= orders[name] == value
        return orders[chosen]

    def _products(self, sales: pd.DataFrame) -> dict[str, tuple[int, int, int]]:
        lines = self.lines[self.lines["order_id"].isin(sales["id"])].copy()
        known = lines["product_id"].notna()
        lines["key"] = np.where(known, lines["product_id"].fillna(0).astype("int64").astype(str), "?" + lines["name"])
        return {
            str(key): (part["order_id"].nunique(), int(part["total_cents"].sum()), int(part["quantity"].sum()))
            for key, part in lines.groupby("key")
        }

    def _still_due(self, sales: pd.DataFrame) -> pd.Series:
        """What customers owe: what is left of the sale, less what they paid and was not given back of it."""
        return pd.Series([self._due(order) for order in sales.itertuples()], index=sales.index, dtype="int64")

    def _due(self, order: Any) -> int:
        if order.payment_state not in {"unpaid", "partly_paid"}:
            return 0
        left = 0
        if order.status_before_error != "cancelled":
            lines = self.lines[self.lines["order_id"] == order.id]
            left = order.total_cents - order.shipping_settled_cents - sum(map(_taken_off, lines.itertuples()))
        known = self.payments[(self.payments["order_id"] == order.id) & (self.payments["kind"] == "refund")]
        promised = known[known["state"].isin(["pending", "sent", "failed"])]["amount_cents"].sum()
        back_of_the_sale = min(order.refunded_cents + int(promised), order.total_cents - max(0, left))
        return max(0, max(0, left) - (order.paid_cents - back_of_the_sale))

    def _place(self, order_id: int) -> str:
        found = self.addresses.get((order_id, "delivery")) or self.addresses.get((order_id, "billing"))
        if found is None:
            return "|"
        country, postcode, city = found
        return f"{_department(country, postcode)}|{city}"

    def _returned(self, sales: pd.DataFrame) -> dict[str, tuple[int, int, int]]:
        asked = self.returns[self.returns["status"] != "denied"].sort_values("id").drop_duplicates("order_id")
        reasons = sales["id"].map(asked.set_index("order_id")["reason"]) if len(asked) else pd.Series(dtype=object)
        told = sales[reasons.notna()] if len(asked) else sales.iloc[:0]
        return _sums(told, reasons[reasons.notna()]) if len(told) else {}


def _taken_off(line: Any) -> int:
    """What of an article is no longer asked for: its cancelled units, a half cent going up, and what was settled."""
    exact = Decimal(line.total_cents) * (line.quantity - line.quantity_cancelled) / line.quantity
    asked = int(exact.quantize(Decimal(1), ROUND_HALF_UP)) - line.settled_cents
    return line.total_cents - max(0, asked)


def _department(country: str, postcode: str) -> str:
    if country != "FR":
        return country
    if len(postcode) != 5:
        return ""
    if postcode.startswith("20"):
        return "2A" if postcode < "20200" else "2B"
    return postcode[:3] if postcode >= "97000" else postcode[:2]


def _sums(orders: pd.DataFrame, values: object, *, units: pd.Series | None = None, cents: str = "total_cents"):
    table = pd.DataFrame(
        {
            "value": [str(value) for value in values],  # type: ignore[attr-defined]
            "cents": orders[cents].to_numpy(),
            "units": 0 if units is None else units.to_numpy(),
        }
    )
    grouped = table.groupby("value").agg(orders=("cents", "size"), cents=("cents", "sum"), units=("units", "sum"))
    return {row.Index: (int(row.orders), int(row.cents), int(row.units)) for row in grouped.itertuples()}


def _hours(sales: pd.DataFrame) -> list[int]:
    local = [instant.to_pydatetime().astimezone(PARIS) for instant in sales["placed_at"]]
    return [day.weekday() * 24 + at.hour for day, at in zip(sales["day"], local, strict=True)]


def _shares(sales: pd.DataFrame) -> list[str]:
    return [
        "guest" if pd.isna(row.customer_id) else "returning" if row.first_sale_at < row.placed_at else "new"
        for row in sales.itertuples()
    ]


def _stages(placed: pd.DataFrame) -> dict[str, tuple[int, int, int]]:
    found: Counter[str] = Counter()
    cents: Counter[str] = Counter()
    for row in placed.itertuples():
        received = row.status in {"received", "completed"} or not pd.isna(row.received_at)
        delivered = received or row.status == "delivered" or not pd.isna(row.delivered_at)
        shipped = delivered or row.status in _SHIPPED or not pd.isna(row.shipped_at)
        under_way = row.status not in {"awaiting_payment", "cancelled", "error"}
        paid = shipped or under_way or not pd.isna(row.paid_at)
        reached = {"paid": paid, "shipped": shipped, "delivered": delivered, "received": received}
        reached |= {"placed": True, "cancelled": row.status == "cancelled"}
        for stage in (name for name, is_reached in reached.items() if is_reached):
            found[stage] += 1
            cents[stage] += row.total_cents
    return {stage: (count, cents[stage], 0) for stage, count in found.items()}


def _lengths(sales: pd.DataFrame, first: str, second: str) -> dict[str, tuple[int, int, int]]:
    known = sales[sales[first].notna() & sales[second].notna()]
    seconds = known[second].dt.floor("s") - known[first].dt.floor("s")
    return _sums(known, [max(0, int(gap.total_seconds()) // 3600) for gap in seconds])


def _punctuality(sales: pd.DataFrame) -> dict[str, tuple[int, int, int]]:
    known = sales[sales["shipped_at"].notna() & sales["ship_by"].notna()]
    left_on = [instant.to_pydatetime().astimezone(PARIS).date() for instant in known["shipped_at"]]
    due_on = pd.to_datetime(known["ship_by"]).dt.date
    return _sums(known, ["late" if left > due else "on_time" for left, due in zip(left_on, due_on, strict=True)])


def _refunded(sales: pd.DataFrame) -> dict[str, tuple[int, int, int]]:
    given = sales[sales["refunded_cents"] > 0]
    return _sums(given, [""] * len(given), cents="refunded_cents")
