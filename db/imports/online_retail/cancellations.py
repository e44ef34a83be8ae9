"""Cancellation invoices (« C… »): each line takes back what earlier invoices sold.

A line names no sale, only a customer, a stock code and a price. It takes units back from the customer's earlier
articles of that code at that price, newest first, as many as they have left; shipping it takes back whole, from the
newest earlier order that has as much left. What finds no sale is refused, with its amount.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import ActorKind, HistoryEvent, PaymentKind, PaymentRecordState, payment_state
from db.imports.online_retail.file import PRICE_PER_CENT, InvoiceFile, InvoiceLine
from db.imports.online_retail.orders import PAYMENT_METHOD
from db.imports.online_retail.sold import (
    LineKey,
    Recorded,
    Sales,
    SoldLine,
    SoldOrder,
    load_sales,
    recorded_refunds,
    refund_ref,
)
from db.imports.online_retail.words import CURRENCY, WHY_NOT_A_SALE, Trade, trade_of
from db.imports.report import ImportReport, Kind, Outcome
from db.imports.writing import Row, insert
from db.models import Order, OrderHistory, OrderLine, Payment

NO_CUSTOMER = "annulation sans client : aucune vente à rapprocher"
NOT_NEGATIVE = "annulation dont la quantité n'est pas négative ou le prix pas positif"
PRICE_BELOW_CENT = "annulation à un prix plus fin que le centime"
NO_SALE = "annulation sans vente antérieure du même client, du même code et au même prix"
TOO_MUCH = "annulation de plus d'unités qu'il n'en restait des ventes antérieures : le surplus"


@dataclass(frozen=True, slots=True)
class _Cancellation:
    """A cancelled line, and the cents of it for which no sale was found yet."""

    line: InvoiceLine
    rank: int
    cents: int

    @property
    def key(self) -> LineKey:
        return self.line.customer, self.line.code, self.line.price // PRICE_PER_CENT


@dataclass(frozen=True, slots=True)
class _Refund:
    """What one cancelled line takes back from one order: units of a line, or shipping where there is none."""

    cancelled: InvoiceLine
    rank: int
    order: SoldOrder
    line: SoldLine | None
    units: int
    cents: int


def apply_cancellations(
    session: Session, report: ImportReport, file: InvoiceFile, lines: Sequence[InvoiceLine], now: dt.datetime
) -> None:
    """Record the refunds of cancelled lines that are not recorded yet; refuse what matches no sale."""
    recorded = recorded_refunds(session)
    pending = sorted(_pending(report, file, lines, recorded), key=lambda c: (c.line.local_time, c.line.line))
    sales = load_sales(session, (cancellation.key for cancellation in pending), recorded)
    refunds: list[_Refund] = []
    for cancellation in pending:
        found = list(_take(cancellation, sales))
        refunds += found
        if missing := cancellation.cents - sum(refund.cents for refund in found):
            reason = NO_SALE if missing == -cancellation.line.cents else TOO_MUCH
            report.remarks.append(file.remark(cancellation.line, Outcome.REFUSED, reason, -missing))
    _write(session, report.source, refunds, now)
    report.add_imported(Kind.REFUNDS, len(refunds), sum(refund.cents for refund in refunds))


def _pending(
    report: ImportReport, file: InvoiceFile, lines: Iterable[InvoiceLine], recorded: Recorded
) -> Iterator[_Cancellation]:
    ranks: dict[str, int] = defaultdict(int)
    for line in lines:
        ranks[line.invoice] += 1
        already = recorded.by_cancellation[line.invoice, ranks[line.invoice]]
        report.add_present(Kind.REFUNDS, already.count, already.cents)
        if why := _why_refused(line):
            report.remarks.append(file.remark(line, Outcome.REFUSED, why, line.cents))
        elif already.cents < -line.cents:
            yield _Cancellation(line, ranks[line.invoice], -line.cents - already.cents)


def _why_refused(line: InvoiceLine) -> str | None:
    if trade_of(line.code) is Trade.NOT_A_SALE:
        return WHY_NOT_A_SALE[line.code]
    if line.quantity >= 0 or line.price <= 0:
        return NOT_NEGATIVE
    if line.price % PRICE_PER_CENT:
        return PRICE_BELOW_CENT
    return None if line.customer else NO_CUSTOMER


def _take(cancellation: _Cancellation, sales: Sales) -> Iterator[_Refund]:
    if trade_of(cancellation.line.code) is Trade.SHIPPING:
        return _take_shipping(cancellation, sales)
    return _take_units(cancellation, sales)


def _take_shipping(cancellation: _Cancellation, sales: Sales) -> Iterator[_Refund]:
    for order in sales.shipping[cancellation.line.customer]:
        enough = min(order.shipping_left_cents, order.left_cents) >= cancellation.cents
        if enough and order.placed_at <= cancellation.line.at:
            order.shipping_left_cents -= cancellation.cents
            order.refunded_cents += cancellation.cents
            yield _Refund(cancellation.line, cancellation.rank, order, None, 0, cancellation.cents)
            return


def _take_units(cancellation: _Cancellation, sales: Sales) -> Iterator[_Refund]:
    price = cancellation.key[2]
    wanted = cancellation.cents // price
    for line in sales.lines[cancellation.key]:
        units = min(wanted, line.left, line.order.left_cents // price)
        if units > 0 and line.order.placed_at <= cancellation.line.at:
            wanted -= units
            line.returned += units
            line.order.refunded_cents += units * price
            yield _Refund(cancellation.line, cancellation.rank, line.order, line, units, units * price)


def _write(session: Session, source: str, refunds: Sequence[_Refund], now: dt.datetime) -> None:
    insert(session, Payment, [_payment_row(refund) for refund in refunds])
    insert(session, OrderHistory, [_history_row(refund, source) for refund in refunds])
    lines = {refund.line.id: refund.line for refund in refunds if refund.line}
    if lines:
        session.execute(sa.update(OrderLine), [{"id": x.id, "quantity_returned": x.returned} for x in lines.values()])
    orders = {refund.order.id: refund.order for refund in refunds}
    if orders:
        session.execute(sa.update(Order), [_order_changes(order, now) for order in orders.values()])


def _payment_row(refund: _Refund) -> Row:
    position = refund.line.position if refund.line else None
    return {
        "order_id": refund.order.id,
        "external_ref": refund_ref(refund.cancelled.invoice, refund.rank, refund.order.invoice, position),
        "kind": PaymentKind.REFUND,
        "method": PAYMENT_METHOD,
        "state": PaymentRecordState.CAPTURED,
        "amount_cents": refund.cents,
        "currency": CURRENCY,
        "reference": _words(refund),
        "received_at": refund.cancelled.at,
        "created_at": refund.cancelled.at,
        "booked_at": refund.cancelled.at,
    }


def _history_row(refund: _Refund, source: str) -> Row:
    return {
        "order_id": refund.order.id,
        "at": refund.cancelled.at,
        "actor_kind": ActorKind.SYSTEM,
        "actor_name": f"Import {source}",
        "event": HistoryEvent.REFUND_RECORDED,
        "after": {"amount_cents": refund.cents, "units": refund.units, "sku": refund.cancelled.code},
        "note": _words(refund),
    }


def _words(refund: _Refund) -> str:
    what = f"{refund.units} × {refund.cancelled.code}" if refund.line else "frais de port"
    return f"Annulation {refund.cancelled.invoice} : {what}"


def _order_changes(order: SoldOrder, now: dt.datetime) -> Row:
    return {
        "id": order.id,
        "refunded_cents": order.refunded_cents,
        "payment_state": payment_state(order.total_cents, order.paid_cents, order.refunded_cents),
        "version": order.version + 1,
        "updated_at": now,
    }
