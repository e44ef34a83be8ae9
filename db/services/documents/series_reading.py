"""Read a series for its check: every document as it flows by, in flat memory however many there are."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.continuity import Anchor, SeriesReport
from db.domain.documents import DocumentKind
from db.domain.series_check import IssuedRow, SeriesFacts, check_series

_READ_AT_ONCE = 500
#: The columns of every numbered document that the check reads as they are.
AS_IT_IS = (
    "sequence",
    "number",
    "issued_at",
    "issued_on",
    "currency",
    "net_cents",
    "vat_cents",
    "gross_cents",
    "previous_hash",
    "content_hash",
)

Row = sa.Row[*tuple[Any, ...]]
#: Told how many documents of the series are read.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the documents of a series are read.

    The statement returns them in the order of their numbers, each beside what the series counts; of a series without
    documents, that alone.
    """

    documents: sa.Select[*tuple[Any, ...]]
    facts: Callable[[Row], SeriesFacts]
    issued: Callable[[Sequence[Row]], Iterable[IssuedRow]]


def check_as_it_flows(
    session: Session, reading: Reading, known: Mapping[str, Anchor], progress: Progress
) -> SeriesReport:
    """Return what is wrong with a series, if anything is."""
    found = session.execute(reading.documents, execution_options={"yield_per": _READ_AT_ONCE})
    batches = found.partitions()
    first = next(batches)  # A series without documents is one row, too.
    facts = reading.facts(first[0])
    return check_series(facts, _issued(reading, chain([first], batches), progress), known.get(facts.code))


def series_facts(row: Row, kind: DocumentKind, seller_id: int) -> SeriesFacts:
    """Return a series as its own row counts it; its issuer's name is labelled ``seller``."""
    return SeriesFacts(
        code=row.code,
        kind=kind,
        seller_id=seller_id,
        seller=row.seller,
        year=row.year,
        last_sequence=row.last_sequence,
        last_issued_at=row.last_issued_at,
        last_hash=row.last_hash,
    )


def _issued(reading: Reading, batches: Iterable[Sequence[Row]], progress: Progress) -> Iterator[IssuedRow]:
    read = 0
    for batch in batches:
        documents = [row for row in batch if row.id is not None]
        yield from reading.issued(documents)
        read += len(documents)
        progress(read)
