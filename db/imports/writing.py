"""How imports write: what is already there is left alone, the rest goes in by batches inside one transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.domain.orders import ActorKind, HistoryEvent
from db.imports.report import ImportReport, Kind, Outcome, Place, Remark
from db.models import (
    Address,
    Base,
    Basket,
    Customer,
    Order,
    OrderAddress,
    OrderHistory,
    OrderLine,
    Payment,
    Product,
    Seller,
)
from db.services.derived import complete_customers, complete_orders

#: Orders in memory at a time, and values in one IN (…).
BATCH = 500

NUMBER_TAKEN = "commande dont le numéro est déjà celui d'une autre"

Row = dict[str, Any]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ImportedOrder:
    """One order and all that hangs on it, as rows that lack only the ids the database gives."""

    #: Where the file tells of it first.
    place: Place
    order: Row
    lines: Sequence[Row]
    payments: Sequence[Row]
    addresses: Sequence[Row]
    #: What the file says that no column holds; kept in the order's history.
    facts: Row
    #: Said only if the order is stored now.
    remarks: Sequence[Remark] = ()

    @property
    def ref(self) -> str:
        """Return the key that tells whether the order is already there."""
        return str(self.order["external_ref"])


@dataclass(frozen=True, slots=True)
class Stored:
    """The ids of keyed rows, and which of them this import stored."""

    ids: dict[str, int]
    new: frozenset[str]


def batches(items: Sequence[Item], size: int = BATCH) -> Iterator[Sequence[Item]]:
    """Cut a sequence into slices."""
    return (items[start : start + size] for start in range(0, len(items), size))


def insert_missing(
    session: Session,
    report: ImportReport,
    kind: Kind,
    model: type[Seller] | type[Customer] | type[Product],
    rows: Sequence[Row],
) -> Stored:
    """Insert the rows whose ``external_ref`` is not there yet, and return the ids of all."""
    ids: dict[str, int] = {}
    new: set[str] = set()
    for batch in batches(rows):
        known = _ids_by(session, model.external_ref, [row["external_ref"] for row in batch])
        missing = [row for row in batch if row["external_ref"] not in known]
        inserted = _insert_keyed(session, model, model.external_ref, missing)
        ids |= known | inserted
        new |= inserted.keys()
        report.add_present(kind, len(known))
        report.add_imported(kind, len(inserted))
    return Stored(ids, frozenset(new))


def complete_new_customers(session: Session, customers: Stored) -> None:
    """Make the customers that this import stored findable."""
    for batch in batches(sorted(customers.new)):
        complete_customers(session, [customers.ids[ref] for ref in batch])


def insert_missing_addresses(session: Session, report: ImportReport, rows: Sequence[Row]) -> None:
    """Insert the addresses that their customer does not have yet; an address has no reference of its own."""
    distinct = {(row["customer_id"], row["postcode"], row["city"], row["country_code"]): row for row in rows}
    for batch in batches(list(distinct.items())):
        known = session.execute(
            sa.select(Address.customer_id, Address.postcode, Address.city, Address.country_code).where(
                Address.customer_id.in_({row["customer_id"] for _, row in batch})
            )
        )
        known_keys = {tuple(row) for row in known}
        missing = [row for key, row in batch if key not in known_keys]
        insert(session, Address, missing)
        report.add_present(Kind.ADDRESSES, len(batch) - len(missing))
        report.add_imported(Kind.ADDRESSES, len(missing))


def basket_ids(session: Session, rows: Sequence[Row]) -> dict[str, int]:
    """Return the ids of baskets by reference, inserting those that are not there yet."""
    known = _ids_by(session, Basket.reference, [row["reference"] for row in rows])
    missing = [row for row in rows if row["reference"] not in known]
    return known | _insert_keyed(session, Basket, Basket.reference, missing)


def write_orders(session: Session, report: ImportReport, orders: Sequence[ImportedOrder]) -> None:
    """Insert the orders of one batch that are not there yet, with all that hangs on them, and complete them."""
    known = _ids_by(session, Order.external_ref, [order.ref for order in orders])
    absent = [order for order in orders if order.ref not in known]
    taken = _ids_by(session, Order.number, [order.order["number"] for order in absent])
    new = [order for order in absent if order.order["number"] not in taken]
    _insert_orders(session, report.source, new)
    _count(report.add_imported, new)
    _count(report.add_present, [order for order in orders if order.ref in known])
    report.remarks += [remark for order in new for remark in order.remarks]
    report.remarks += [_number_taken(order) for order in absent if order.order["number"] in taken]


def _insert_orders(session: Session, source: str, orders: Sequence[ImportedOrder]) -> None:
    ids = _insert_keyed(session, Order, Order.external_ref, [order.order for order in orders])
    insert(session, OrderLine, [{"order_id": ids[o.ref]} | row for o in orders for row in o.lines])
    insert(session, Payment, [{"order_id": ids[o.ref]} | row for o in orders for row in o.payments])
    insert(session, OrderAddress, [{"order_id": ids[o.ref]} | row for o in orders for row in o.addresses])
    insert(session, OrderHistory, [{"order_id": ids[o.ref]} | _imported(source, o) for o in orders])
    complete_orders(session, list(ids.values()))


def _imported(source: str, order: ImportedOrder) -> Row:
    return {
        "at": order.order["intake_at"],
        "actor_kind": ActorKind.SYSTEM,
        "actor_name": f"Import {source}",
        "event": HistoryEvent.IMPORTED,
        "after": order.facts,
        "note": f"{order.place.file}, ligne {order.place.line}",
    }


def _count(add: Callable[[Kind, int, int], None], orders: Sequence[ImportedOrder]) -> None:
    rows = [order.order for order in orders]
    lines = [line for order in orders for line in order.lines]
    payments = [payment for order in orders for payment in order.payments]
    shipped = [row["shipping_cents"] for row in rows if row["shipping_cents"]]
    add(Kind.ORDERS, len(rows), sum(row["total_cents"] for row in rows))
    add(Kind.LINES, len(lines), sum(line["total_cents"] for line in lines))
    add(Kind.SHIPPING, len(shipped), sum(shipped))
    add(Kind.PAYMENTS, len(payments), sum(payment["amount_cents"] for payment in payments))


def _number_taken(order: ImportedOrder) -> Remark:
    return order.place.remark(Outcome.REFUSED, NUMBER_TAKEN, str(order.order["number"]), order.order["total_cents"])


def _ids_by(session: Session, key: InstrumentedAttribute[Any], values: Sequence[str]) -> dict[str, int]:
    if not values:
        return {}
    return dict(session.execute(sa.select(key, key.class_.id).where(key.in_(values))).all())


def _insert_keyed(
    session: Session, model: type[Base], key: InstrumentedAttribute[Any], rows: Sequence[Row]
) -> dict[str, int]:
    """Insert rows and return their ids by key: asking for them afterwards costs less than RETURNING."""
    insert(session, model, rows)
    return _ids_by(session, key, [row[key.key] for row in rows])


def insert(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns, past the ORM, which would cost several times the rows."""
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        _copy(connection, Base.metadata.tables[model.__tablename__], rows)
    else:
        connection.execute(sa.insert(model), rows)


def _copy(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert by COPY: psycopg sends an ``executemany`` row by row, five times slower. Triggers run as ever."""
    names = list(rows[0])
    types = [table.c[name].type.dialect_impl(connection.dialect) for name in names]
    converters = [type_.bind_processor(connection.dialect) or _as_it_is for type_ in types]
    cells = list(zip(names, converters, strict=True))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([convert(row[name]) for name, convert in cells])


def _as_it_is(value: object) -> object:
    return value
