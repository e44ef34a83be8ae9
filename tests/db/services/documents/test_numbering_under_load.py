"""Twenty threads number documents at once, and many transactions roll back after they have taken a number."""

import datetime as dt
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.credit import CreditRequest
from db.domain.documents import FIRST_HASH
from db.domain.snapshot_json import chained_hash
from db.engine import transaction
from db.models import Document, DocumentSeries, Order
from db.services.documents.issue import Issued, issue_credit_note, issue_invoice
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_issuer

THREADS, EACH = 20, 200
#: Every so many acts fail after their number was taken.
ROLLED_BACK_OF = 20
#: Each invoice of every so many is credited at once, in the transaction of its own credit note.
CREDITED_OF = 10


class _ChangedMindError(Exception):
    """What a transaction rolls back for."""


def sell(engine: sa.Engine, count: int) -> list[int]:
    """Return orders to invoice, of two sellers; written in bulk, as copies of one."""
    with transaction(engine) as session:
        models = [tea_order(session, create_issuer(session, code=code)) for code in ("THE", "LIVRES")]
        ids = [model.id for model in models]
        for model in models:
            copy_order(session, model, count // len(models) - 1)
        found = session.scalars(sa.select(Order.id).order_by(Order.id))
        return [*ids, *(key for key in found if key not in ids)]


def some_clock(mind: random.Random) -> dt.datetime:
    """The clocks of several machines are seconds apart."""
    return NOW + dt.timedelta(seconds=mind.uniform(-5, 5))


def persistently(engine: sa.Engine, act: Callable[[Session], Issued]) -> Issued:
    """Act in a transaction of its own until it is done: the one that changed its mind comes back to it.

    Where twenty wait for SQLite's one writer, one may give up waiting and asks again.
    """
    while True:
        try:
            with transaction(engine) as session:
                return act(session)
        except (_ChangedMindError, OperationalError):
            continue


def credit_whole(session: Session, invoice_id: int, mind: random.Random) -> Issued:
    return issue_credit_note(session, SYSTEM, invoice_id, CreditRequest(whole=True), "Erreur", some_clock(mind))


def copy_order(session: Session, model: Order, times: int) -> None:
    table = Order.__table__
    kept = [column for column in table.columns if column.name not in {"id", "number"} and column.computed is None]
    row = session.execute(sa.select(*kept).where(table.c.id == model.id)).one()._mapping
    copies = [{column.name: row[column.name] for column in kept} | {"number": f"{model.id}-{n}"} for n in range(times)]
    session.execute(sa.insert(Order), copies)
    session.execute(
        sa.text(
            "INSERT INTO order_lines (order_id, position, name, unit_price_cents, total_cents, vat_rate_bp) "
            "SELECT id, 1, 'Thé', items_cents, items_cents, 2000 FROM orders WHERE number LIKE :copies"
        ),
        {"copies": f"{model.id}-%"},
    )


def test_no_number_is_missing_or_given_twice_and_the_chain_holds(engine: sa.Engine) -> None:
    orders = sell(engine, THREADS * EACH)
    rolled_back, lock = [], threading.Lock()

    def invoice(session: Session, order_id: int, mind: random.Random) -> Issued:
        issued = issue_invoice(session, SYSTEM, order_id, some_clock(mind))
        if mind.random() < 1 / ROLLED_BACK_OF:
            with lock:
                rolled_back.append(issued.number)
            raise _ChangedMindError
        return issued

    def work(number: int) -> int:
        mind = random.Random(number)
        done = 0
        for order_id in orders[number::THREADS]:
            issued = persistently(engine, lambda session, key=order_id: invoice(session, key, mind))
            done += 1
            if mind.random() < 1 / CREDITED_OF:
                persistently(engine, lambda session, key=issued.document_id: credit_whole(session, key, mind))
        return done

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(work, range(THREADS))) == THREADS * EACH

    assert len(rolled_back) > THREADS
    with Session(engine) as session:
        series = session.scalars(sa.select(DocumentSeries).order_by(DocumentSeries.code)).all()
        assert [each.code for each in series] == ["AV2026-LIVRES", "AV2026-THE", "F2026-LIVRES", "F2026-THE"]
        assert [each.last_sequence for each in series if each.code.startswith("F")] == [THREADS * EACH // 2] * 2
        for each in series:
            check_series(session, each)


def check_series(session: Session, series: DocumentSeries) -> None:
    rows = session.execute(
        sa.select(
            Document.sequence,
            Document.number,
            Document.issued_at,
            Document.snapshot,
            Document.previous_hash,
            Document.content_hash,
        )
        .where(Document.series_id == series.id)
        .order_by(Document.sequence)
    ).all()
    assert [row.sequence for row in rows] == list(range(1, series.last_sequence + 1))
    assert [row.number for row in rows] == [f"{series.code}-{row.sequence:06d}" for row in rows]
    assert [row.issued_at for row in rows] == sorted(row.issued_at for row in rows)
    previous = FIRST_HASH
    for row in rows:
        assert row.previous_hash == previous
        assert row.content_hash == chained_hash(previous, row.snapshot)
        previous = row.content_hash
    assert series.last_hash == previous
