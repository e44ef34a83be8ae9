"""What an import did: what it stored, found already there, corrected, flagged and refused, down to the line."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from db.domain.spreadsheets import harmless

_LINES_SHOWN = 8
_NARROW_SPACE = "\u202f"
_NO_BREAK_SPACE = "\u00a0"


class Kind(StrEnum):
    """What is counted; the value is the label in the report."""

    SELLERS = "vendeurs"
    PRODUCTS = "produits"
    CUSTOMERS = "clients"
    ADDRESSES = "adresses de clients"
    ORDERS = "commandes"
    LINES = "articles"
    SHIPPING = "commandes avec frais de port"
    PAYMENTS = "paiements"
    REFUNDS = "remboursements"


class Outcome(StrEnum):
    """What became of something that is not simply stored; the value is the heading in the report."""

    #: Stored, but not exactly as the file has it.
    CORRECTED = "Corrigé"
    #: Stored as the file has it; somebody should know.
    FLAGGED = "Signalé"
    #: Not stored.
    REFUSED = "Refusé"


@dataclass(frozen=True, slots=True)
class Place:
    """One line of one file."""

    file: str
    line: int

    def remark(self, outcome: Outcome, reason: str, subject: str = "", amount_cents: int | None = None) -> "Remark":
        """Return something to say about this line."""
        return Remark(outcome, reason, self, subject, amount_cents)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say about one line of a file."""

    outcome: Outcome
    #: In the singular: the report writes « 71 × commande sans article ».
    reason: str
    place: Place
    #: What the line is about, as the file names it: « commande 00042b… ».
    subject: str = ""
    #: The money at stake, where there is any: negative for a cancelled sale.
    amount_cents: int | None = None


@dataclass(slots=True)
class Tally:
    """How many, and for how much."""

    count: int = 0
    cents: int = 0

    def add(self, count: int, cents: int) -> None:
        """Count some more."""
        self.count += count
        self.cents += cents


@dataclass(slots=True)
class ImportReport:
    """Filled while an import runs. A source has one currency, so every amount here is cents of ``currency``."""

    source: str
    currency: str
    imported: dict[Kind, Tally] = field(default_factory=lambda: defaultdict(Tally))
    present: dict[Kind, Tally] = field(default_factory=lambda: defaultdict(Tally))
    remarks: list[Remark] = field(default_factory=list)

    def add_imported(self, kind: Kind, count: int, cents: int = 0) -> None:
        """Count rows that were stored now."""
        if count:
            self.imported[kind].add(count, cents)

    def add_present(self, kind: Kind, count: int, cents: int = 0) -> None:
        """Count rows that an earlier import had stored, and that were left alone."""
        if count:
            self.present[kind].add(count, cents)

    def count_of(self, outcome: Outcome, reason: str | None = None) -> int:
        """Return how many lines had this outcome, for this reason or any."""
        return sum(1 for _ in self._matching(outcome, reason))

    def amount_of(self, outcome: Outcome, reason: str | None = None) -> int:
        """Return the cents at stake in the lines that had this outcome, for this reason or any."""
        return sum(remark.amount_cents or 0 for remark in self._matching(outcome, reason))

    def as_text(self) -> str:
        """Return the report for a terminal, in French; lists of line numbers are cut, ``write_csv`` has them all."""
        parts = [f"Import « {self.source} », montants en {self.currency}"]
        parts += self._tallies("Importés", self.imported)
        parts += self._tallies("Déjà présents, laissés tels quels", self.present)
        for outcome in Outcome:
            parts += self._remarks(outcome)
        if not self.imported:
            parts.append("\nRien de nouveau : tout était déjà présent ou refusé.")
        return "\n".join(parts) + "\n"

    def write_csv(self, path: Path) -> None:
        """Write the whole report for a spreadsheet: every count, every line concerned, every amount."""
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(["Résultat", "Motif", "Fichier", "Ligne", "Objet", "Nombre", "Montant", "Devise"])
            for heading, tallies in (("Importé", self.imported), ("Déjà présent", self.present)):
                for kind, tally in tallies.items():
                    writer.writerow([heading, "", "", "", kind, tally.count, _decimal(tally.cents), self.currency])
            for remark in self.remarks:
                writer.writerow(self._cells(remark))

    def _cells(self, remark: Remark) -> list[str | int]:
        amount = "" if remark.amount_cents is None else _decimal(remark.amount_cents)
        subject = harmless(remark.subject)
        return [remark.outcome, remark.reason, remark.place.file, remark.place.line, subject, 1, amount, self.currency]

    def _matching(self, outcome: Outcome, reason: str | None) -> Iterator[Remark]:
        return (r for r in self.remarks if r.outcome is outcome and reason in {None, r.reason})

    def _tallies(self, heading: str, tallies: dict[Kind, Tally]) -> list[str]:
        if not tallies:
            return []
        width = max(len(kind) for kind in tallies)
        lines = [f"\n{heading}"]
        for kind, tally in tallies.items():
            amount = f"  {self._money(tally.cents):>18}" if tally.cents else ""
            lines.append(f"  {kind:<{width}}  {_integer(tally.count):>9}{amount}")
        return lines

    def _remarks(self, outcome: Outcome) -> list[str]:
        groups: dict[tuple[str, str], list[Remark]] = defaultdict(list)
        for remark in self.remarks:
            if remark.outcome is outcome:
                groups[remark.reason, remark.place.file].append(remark)
        lines = [f"\n{outcome}"] if groups else []
        for (reason, file), remarks in groups.items():
            amounts = [r.amount_cents for r in remarks if r.amount_cents is not None]
            amount = f" ({self._money(sum(amounts))})" if amounts else ""
            lines.append(f"  {_integer(len(remarks))} × {reason}{amount}")
            lines.append(f"      {file}, {_line_numbers(sorted(r.place.line for r in remarks))}")
        return lines

    def _money(self, cents: int) -> str:
        sign = "−" if cents < 0 else ""
        units, rest = divmod(abs(cents), 100)
        return f"{sign}{_integer(units)},{rest:02d}{_NO_BREAK_SPACE}{self.currency}"


def _line_numbers(lines: list[int]) -> str:
    word = "ligne" if len(lines) == 1 else "lignes"
    shown = ", ".join(str(line) for line in lines[:_LINES_SHOWN])
    hidden = len(lines) - _LINES_SHOWN
    if hidden <= 0:
        return f"{word} {shown}"
    return f"{word} {shown} et {_integer(hidden)} autre{'s' if hidden > 1 else ''}"


def _integer(value: int) -> str:
    return f"{value:,}".replace(",", _NARROW_SPACE)


def _decimal(cents: int) -> str:
    """Return cents as a number of a French spreadsheet: « -1234,56 »."""
    sign = "-" if cents < 0 else ""
    units, rest = divmod(abs(cents), 100)
    return f"{sign}{units},{rest:02d}"
