"""Orders as rows of our tables, derived columns included, exactly as the services would have left them."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from db.bulk import BulkLoad
from db.demo.baskets import Draft, DraftLine
from db.demo.customers import DemoCustomer, address_columns, customer_row
from db.demo.facts import Actor
from db.demo.lives import Life
from db.demo.parcels import moment_of, parcels
from db.demo.stock import StockBook
from db.domain.order_facts import LineFacts
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus, PaymentKind, PaymentRecordState, ReturnStatus
from db.domain.returns import Condition, ReturnReason
from db.domain.search_text import SearchableLine, summary_of, what_text, who_text
from db.domain.text import fold
from db.domain.time import local_day
from db.models import (
    Address,
    Base,
    Basket,
    Customer,
    Order,
    OrderAddress,
    OrderHistory,
    OrderLine,
    OrderSearch,
    Payment,
    Return,
    ReturnLine,
    Shipment,
    ShipmentLine,
    StockMovement,
)
from db.models.orders import AddressKind

SOURCE = "demo"

_DENIED = "L’article a été utilisé\u00a0: il ne peut plus être repris."

_SHOP = Actor(ActorKind.SHOP, "Boutique")
#: Parents before children.
_TABLES: tuple[type[Base], ...] = (
    Customer,
    Address,
    Basket,
    Order,
    OrderLine,
    OrderAddress,
    Payment,
    OrderHistory,
    Return,
    ReturnLine,
    Shipment,
    ShipmentLine,
    StockMovement,
    OrderSearch,
)
_PAYMENT_EVENTS = {
    PaymentKind.PAYMENT: HistoryEvent.PAYMENT_RECORDED,
    PaymentKind.REFUND: HistoryEvent.REFUND_RECORDED,
}

#: What the history says of a status before and after a move.
_STATUS_FACTS = {status: {"status": status.value} for status in OrderStatus}

Row = dict[str, Any]


@dataclass(slots=True)
class RowWriter:
    """Collects rows per table and hands them over in batches; numbers them as it goes."""

    #: Sales that were paid before are not in our books of invoices.
    books_begin_at: dt.datetime
    stock: StockBook
    _rows: dict[type[Base], list[Row]] = field(default_factory=lambda: defaultdict(list))
    _line_ids: "count[int]" = field(default_factory=lambda: count(1))
    _return_ids: "count[int]" = field(default_factory=lambda: count(1))
    _next_parcel_id: int = 1

    def flush(self, load: BulkLoad) -> None:
        """Hand all rows over."""
        for model in _TABLES:
            load.insert(model, self._rows.pop(model, []))

    def add_customer(self, customer: DemoCustomer, created_at: dt.datetime, loyalty_points: int) -> None:
        """Add a customer with the one entry of its address book."""
        self._rows[Customer].append(customer_row(customer, created_at, loyalty_points))
        self._rows[Address].append({"customer_id": customer.id, "label": "Domicile", **address_columns(customer)})

    def add_basket(self, basket_id: int, reference: str, customer_id: int, created_at: dt.datetime) -> None:
        """Add the checkout that orders belong to."""
        self._rows[Basket].append(
            {"id": basket_id, "reference": reference, "customer_id": customer_id, "created_at": created_at}
        )

    def add_order(self, order_id: int, basket_id: int, number: str, draft: Draft, life: Life) -> None:
        """Add an order with everything that hangs on it."""
        history = _history_rows(order_id, number, draft, life)
        self._rows[Order].append(self._order_row(order_id, basket_id, number, draft, life, history))
        line_ids = self._add_lines(order_id, draft, life)
        self._rows[StockMovement] += self.stock.of_order(draft, life, line_ids)
        self._rows[OrderHistory] += history
        self._add_addresses(order_id, draft)
        self._add_payments(order_id, draft, life)
        self._add_return(order_id, life, line_ids)
        self._add_parcels(order_id, draft, life, line_ids)
        customer = draft.customer
        self._rows[OrderSearch].append(
            {
                "order_id": order_id,
                "who": who_text(number, customer.name, customer.company, customer.email, customer.phone),
                "what": what_text(
                    SearchableLine(
                        line.name,
                        line.product.sku if line.product else "",
                        line.product.supplier if line.product else "",
                        line.product.attributes if line.product else {},
                    )
                    for line in draft.lines
                ),
            }
        )

    def _order_row(
        self, order_id: int, basket_id: int, number: str, draft: Draft, life: Life, history: list[Row]
    ) -> Row:
        customer, ready_at = draft.customer, moment_of(life, OrderStatus.READY)
        return {
            "id": order_id,
            "number": number,
            "version": len(history),
            "basket_id": basket_id,
            "seller_id": draft.seller.id,
            "customer_id": customer.id,
            "customer_name": customer.name,
            "customer_sort": fold(customer.name),
            "customer_email": customer.email,
            "customer_phone": customer.phone,
            "status": life.status,
            "status_before_error": life.status_before_error,
            "payment_method": draft.method,
            "payment_state": life.payment_state(draft.total_cents),
            "paid_cents": life.captured(PaymentKind.PAYMENT),
            "refunded_cents": life.captured(PaymentKind.REFUND),
            "delivery_mode": draft.mode,
            "carrier": draft.carrier,
            "pickup_address": draft.pickup_address,
            "ship_by": life.ship_by,
            "expected_delivery_on": life.expected_delivery_on,
            "paid_at": moment_of(life, OrderStatus.PAID),
            "invoice_number": self._earlier_invoice(order_id, life),
            "ready_at": ready_at,
            "delivered_at": life.delivered_at,
            "received_at": moment_of(life, OrderStatus.RECEIVED),
            "pickup_code": f"{order_id * 7919 % 10**6:06d}" if ready_at and draft.is_collected else "",
            "origin": draft.origin,
            "items_cents": draft.items_cents,
            "shipping_cents": draft.shipping_cents,
            "discount_cents": draft.discount_cents,
            "total_cents": draft.total_cents,
            "item_count": sum(line.quantity for line in draft.lines),
            "weight_g": draft.weight_g,
            "summary": summary_of([line.name for line in draft.lines]),
            "placed_at": draft.placed_at,
            "placed_on": local_day(draft.placed_at),
            "terms_accepted_at": draft.placed_at,
            "updated_at": history[-1]["at"],
            "intake_at": draft.placed_at,
            "source": SOURCE,
        }

    def _earlier_invoice(self, order_id: int, life: Life) -> str | None:
        """Return the number that the house's earlier programme gave a sale; the last weeks' are in our own books."""
        paid_at = moment_of(life, OrderStatus.PAID)
        return f"FA{paid_at:%Y}-{order_id:06d}" if paid_at and paid_at < self.books_begin_at else None

    def _add_lines(self, order_id: int, draft: Draft, life: Life) -> list[int]:
        line_ids = []
        for index, line in enumerate(draft.lines):
            product = line.product
            line_ids.append(next(self._line_ids))
            self._rows[OrderLine].append(
                {
                    "id": line_ids[-1],
                    "order_id": order_id,
                    "position": index + 1,
                    "product_id": product.id if product else None,
                    "sku": product.sku if product else "",
                    "name": line.name,
                    "attributes": product.attributes if product else {},
                    "supplier": product.supplier if product else "",
                    "quantity": line.quantity,
                    "unit_price_cents": line.unit_price_cents,
                    "vat_rate_bp": line.vat_rate_bp,
                    "discount_cents": line.discount_cents,
                    "total_cents": line.total_cents,
                    "weight_g": line.weight_g,
                    "quantity_shipped": life.units.shipped[index],
                    "quantity_cancelled": life.units.cancelled[index],
                    "quantity_returned": life.units.returned[index],
                    "settled_cents": _settled(line, life.units.returned[index]),
                }
            )
        return line_ids

    def _add_addresses(self, order_id: int, draft: Draft) -> None:
        columns = address_columns(draft.customer)
        kinds = (AddressKind.BILLING,) if draft.is_collected else tuple(AddressKind)
        self._rows[OrderAddress] += [{"order_id": order_id, "kind": kind, **columns} for kind in kinds]

    def _add_payments(self, order_id: int, draft: Draft, life: Life) -> None:
        self._rows[Payment] += [
            {
                "order_id": order_id,
                "kind": money.kind,
                "method": draft.method,
                "state": money.state,
                "amount_cents": money.amount_cents,
                "reference": money.reference,
                "installments": money.installments,
                "received_at": money.settled_at if money.state is PaymentRecordState.CAPTURED else None,
                "created_at": money.created_at,
                "booked_at": money.settled_at if money.state is PaymentRecordState.CAPTURED else None,
            }
            for money in life.money
        ]

    def _add_parcels(self, order_id: int, draft: Draft, life: Life, line_ids: list[int]) -> None:
        for parcel in parcels(self._next_parcel_id, order_id, draft, life):
            self._next_parcel_id = parcel.row["id"] + 1
            self._rows[Shipment].append(parcel.row)
            self._rows[ShipmentLine] += [
                {"shipment_id": parcel.row["id"], "order_line_id": line_ids[index], "quantity": quantity}
                for index, quantity in parcel.units.items()
            ]

    def _add_return(self, order_id: int, life: Life, line_ids: list[int]) -> None:
        if life.sent_back is None:
            return
        return_id = next(self._return_ids)
        received_at = life.sent_back.reached_at(ReturnStatus.PARCEL_RECEIVED)
        condition = Condition.DAMAGED if life.sent_back.reason is ReturnReason.DAMAGED else Condition.AS_NEW
        self._rows[Return].append(
            {
                "id": return_id,
                "order_id": order_id,
                "status": life.sent_back.status,
                "reason": life.sent_back.reason,
                "explanation": life.sent_back.explanation,
                "requested_by": ActorKind.CUSTOMER,
                "requested_at": life.sent_back.requested_at,
                "decided_at": life.sent_back.reached_at(ReturnStatus.AWAITING_PARCEL, ReturnStatus.DENIED),
                "received_at": received_at,
                "completed_at": life.sent_back.reached_at(ReturnStatus.COMPLETED, ReturnStatus.DENIED),
                "decision": _DENIED if life.sent_back.status is ReturnStatus.DENIED else "",
                "taken_in_at": life.sent_back.requested_at,
            }
        )
        self._rows[ReturnLine] += [
            {
                "return_id": return_id,
                "order_line_id": line_ids[index],
                "quantity": quantity,
                "quantity_received": quantity if received_at else None,
                "condition": condition if received_at else None,
            }
            for index, quantity in life.sent_back.quantities.items()
        ]


def _settled(line: DraftLine, returned: int) -> int:
    """Return what was given back for units that came back before our books begin."""
    sold = LineFacts(0, None, line.quantity, 0, 0, line.total_cents)
    return line.total_cents - sold.cancelling(returned).claim_cents


def _history_rows(order_id: int, number: str, draft: Draft, life: Life) -> list[Row]:
    """Return what happened in the order it happened, each with its before and after."""
    rows = [_entry(order_id, draft.placed_at, _SHOP, HistoryEvent.CREATED, after={"number": number})]
    before = OrderStatus.AWAITING_PAYMENT
    for move in life.moves:
        rows.append(
            _entry(
                order_id,
                move.at,
                move.actor,
                HistoryEvent.STATUS_CHANGED,
                _STATUS_FACTS[before],
                _STATUS_FACTS[move.status],
                move.note,
            )
        )
        before = move.status
    rows += [
        _entry(
            order_id,
            money.settled_at,
            money.actor,
            _PAYMENT_EVENTS[money.kind],
            after={
                "amount_cents": money.amount_cents,
                "method": draft.method.value,
                "reference": money.reference,
            },
        )
        for money in life.money
        if money.state is PaymentRecordState.CAPTURED
    ]
    rows += [_entry(order_id, r.at, r.actor, r.event, note=r.text) for r in life.remarks]
    # Money comes before the move it causes at the same instant.
    return sorted(rows, key=lambda row: (row["at"], row["event"] is HistoryEvent.STATUS_CHANGED))


def _entry(
    order_id: int,
    at: dt.datetime,
    actor: Actor,
    event: HistoryEvent,
    before: Row | None = None,
    after: Row | None = None,
    note: str = "",
) -> Row:
    return {
        "order_id": order_id,
        "at": at,
        "actor_kind": actor.kind,
        "actor_name": actor.name,
        "event": event,
        "before": before,
        "after": after,
        "note": note,
    }
