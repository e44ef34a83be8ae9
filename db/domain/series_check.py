"""Check a series of documents from its rows, one after the other: numbers, dates, contents, and the chain of hashes.

Nothing is kept of a row once the next one is read, so that a series may hold a million.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db.domain import formats
from db.domain.continuity import MAX_NAMED, Anchor, Anomaly, AnomalyKind, SeriesReport, range_of_missing
from db.domain.documents import FIRST_HASH, DocumentKind, document_number
from db.domain.snapshot_json import chained_hash
from db.domain.vat import VatTotal


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """A series as its own row counts it."""

    code: str
    kind: DocumentKind
    seller_id: int
    seller: str
    year: int
    last_sequence: int
    last_issued_at: dt.datetime | None
    last_hash: str


@dataclass(frozen=True, slots=True)
class RateRow:
    """What is noted beside a document for one rate."""

    kind: DocumentKind
    seller_id: int
    issued_on: dt.date
    currency: str
    total: VatTotal


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """A document as the database keeps it."""

    sequence: int
    number: str
    kind: DocumentKind
    seller_id: int
    customer_name: str
    #: Of a credit note: the number of the invoice that it points to.
    original: str
    issued_at: dt.datetime
    issued_on: dt.date
    currency: str
    net_cents: int
    vat_cents: int
    gross_cents: int
    rates: Sequence[RateRow]
    #: None where what is kept is no JSON object any more.
    snapshot: Mapping[str, Any] | None
    previous_hash: str
    content_hash: str
    #: What else is kept beside it and says otherwise than it does, in words.
    also_differing: Sequence[str] = ()


def check_series(series: SeriesFacts, rows: Iterable[IssuedRow], known: Anchor | None = None) -> SeriesReport:
    """Return what is wrong with a series, if anything is.

    Args:
        series: What its own row says.
        rows: Its documents, lowest sequence first.
        known: What the last check read of it: a chain whose hashes were all made anew is sound by itself, but does not
            lead there any more.
    """
    check = _Check(series, known or Anchor())
    for row in rows:
        check.read(row)
    return check.report()


def vanished(known: SeriesReport) -> SeriesReport:
    """Return the report of a series that is there no more.

    Args:
        known: The last one on it: what it had given then stays expected, should it ever come back.
    """
    lost = known.anchor.sequence
    detail = formats.plural(lost, "document") if lost else "tous ses documents"
    gone = Anomaly(AnomalyKind.VANISHED, known.code, count=max(1, lost), detail=detail)
    nothing = replace(known, count=0, first_number="", last_number="", last_hash=FIRST_HASH)
    return replace(nothing, anomalies=(gone,), anomaly_count=1)


class _Check:
    """What has to be remembered from one row to the next."""

    def __init__(self, series: SeriesFacts, known: Anchor) -> None:
        self._series = series
        self._known = known
        self._first_number = ""
        self._last: IssuedRow | None = None
        self._count = 0
        #: How many documents bear the number that was read last, and the hashes that the next one may go on from.
        self._same_number = 0
        self._hashes: set[str] = set()
        #: Those that a document of the number read last may go on from; None where the one before is missing.
        self._allowed: set[str] | None = {FIRST_HASH}
        self._found: list[Anomaly] = []
        self._found_count = 0
        self._is_rewritten = False

    def read(self, row: IssuedRow) -> None:
        """Check the next document."""
        if self._last is None or row.sequence != self._last.sequence:
            self._go_on_to(row.sequence)
        self._count += 1
        self._same_number += 1
        self._check_dates(row)
        self._check_content(row)
        self._check_link(row)
        self._hashes.add(row.content_hash)
        self._first_number = self._first_number or row.number
        self._last = row

    def report(self) -> SeriesReport:
        """Return what was found, once all is read."""
        series, last = self._series, self._last
        self._end_number()
        reached = last.sequence if last else 0
        expected = max(series.last_sequence, self._known.sequence)
        if reached < expected:
            self._note(range_of_missing(series.code, reached + 1, expected))
        elif last is not None and reached == series.last_sequence:
            fits = series.last_hash in self._hashes and series.last_issued_at == last.issued_at
            if not fits:
                self._note(Anomaly(AnomalyKind.SERIES_DIFFERS, last.number))
        is_trusted = not self._is_rewritten and reached >= self._known.sequence
        return SeriesReport(
            code=series.code,
            kind=series.kind,
            seller_id=series.seller_id,
            seller=series.seller,
            year=series.year,
            count=self._count,
            first_number=self._first_number,
            last_number=last.number if last else "",
            last_hash=last.content_hash if last else FIRST_HASH,
            # What was rewritten once never becomes what is expected.
            anchor=Anchor(last.sequence, last.content_hash) if last and is_trusted else self._known,
            anomalies=tuple(self._found),
            anomaly_count=self._found_count,
        )

    def _go_on_to(self, sequence: int) -> None:
        """End the number that was read last, and note those that are left out before the next."""
        self._end_number()
        reached = self._last.sequence if self._last else 0
        if self._last is not None:
            self._allowed = self._hashes
        if sequence > reached + 1:
            self._note(range_of_missing(self._series.code, reached + 1, sequence - 1))
            self._allowed = None
        if sequence > self._series.last_sequence:
            self._note(Anomaly(AnomalyKind.NOT_GIVEN, document_number(self._series.code, sequence)))
        self._same_number, self._hashes = 0, set()

    def _end_number(self) -> None:
        if self._last is None:
            return
        if self._same_number > 1:
            number = document_number(self._series.code, self._last.sequence)
            self._note(Anomaly(AnomalyKind.DOUBLED, number, count=self._same_number))
        if self._last.sequence == self._known.sequence and self._known.content_hash not in self._hashes:
            self._is_rewritten = True
            self._note(Anomaly(AnomalyKind.REWRITTEN, self._last.number))

    def _check_dates(self, row: IssuedRow) -> None:
        last = self._last
        if last is not None and (row.issued_at < last.issued_at or row.issued_on < last.issued_on):
            before = f"{last.number} ({formats.instant(last.issued_at)})"
            detail = f"est daté du {formats.instant(row.issued_at)}, avant {before}"
            self._note(Anomaly(AnomalyKind.OUT_OF_ORDER, row.number, detail=detail))

    def _check_content(self, row: IssuedRow) -> None:
        if row.snapshot is None or chained_hash(row.previous_hash, row.snapshot) != row.content_hash:
            self._note(Anomaly(AnomalyKind.CONTENT_CHANGED, row.number))
        if row.snapshot is not None and (differing := differences(self._series, row, row.snapshot)):
            self._note(Anomaly(AnomalyKind.COLUMNS_DIFFER, row.number, detail=", ".join(differing)))

    def _check_link(self, row: IssuedRow) -> None:
        if self._allowed is not None and row.previous_hash not in self._allowed:
            self._note(Anomaly(AnomalyKind.LINK_BROKEN, row.number))

    def _note(self, anomaly: Anomaly) -> None:
        self._found_count += 1
        if len(self._found) < MAX_NAMED:
            self._found.append(anomaly)


def differences(series: SeriesFacts, row: IssuedRow, said: Mapping[str, Any]) -> list[str]:
    """Return what the columns beside a document say otherwise than it does, in words."""
    try:
        stated = _stated(said)
    except (KeyError, TypeError, ValueError, AttributeError):  # Its content was changed, which is told by itself.
        return ["le document n’est plus lisible"]
    kept = {
        "numéro": row.number,
        "rang": row.sequence,
        "série": series.code,
        "type": row.kind,
        "date": (row.issued_at, row.issued_on),
        "client": row.customer_name,
        "facture d’origine": row.original,
        "devise": row.currency,
        "montants": (row.net_cents, row.vat_cents, row.gross_cents),
        "TVA par taux": _totals(rate.total for rate in row.rates),
    }
    found = [*(name for name, value in stated.items() if kept[name] != value), *row.also_differing]
    if row.seller_id != series.seller_id:
        found.append("vendeur")
    beside = (stated["type"], series.seller_id, stated["date"][1], stated["devise"])
    if any((rate.kind, rate.seller_id, rate.issued_on, rate.currency) != beside for rate in row.rates):
        found.append("classement de la TVA")
    return found


def _stated(said: Mapping[str, Any]) -> dict[str, Any]:
    rates = [
        VatTotal(each["rate_bp"], each["net_cents"], each["vat_cents"], each["gross_cents"]) for each in said["vat"]
    ]
    net, vat, gross = (sum(getattr(rate, name) for rate in rates) for name in ("net_cents", "vat_cents", "gross_cents"))
    original = said.get("original")
    return {
        "numéro": said["number"],
        "rang": said["sequence"],
        "série": said["series"],
        "type": said["kind"],
        "date": (dt.datetime.fromisoformat(said["issued_at"]), dt.date.fromisoformat(said["issued_on"])),
        "client": said["buyer"]["company"] or said["buyer"]["name"],
        "facture d’origine": original["number"] if original else "",
        "devise": said["currency"],
        "montants": (net, vat, gross),
        "TVA par taux": _totals(rates),
    }


def _totals(rates: Iterable[VatTotal]) -> list[VatTotal]:
    return sorted(rates, key=lambda rate: rate.rate_bp)
