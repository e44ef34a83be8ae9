"""An independent reader of a FEC, written from the arrêté du 29 juillet 2013 (LPF, art. A. 47 A-1), not from our code.

PyPI's readers (fec-parser) draw an income statement and check nothing of this.
"""

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

#: As the arrêté lists them, VII, 1°, for the books of a trader.
FIELDS = [
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
]
#: They may not be empty.
REQUIRED = [*FIELDS[:6], *FIELDS[8:11]]


@dataclass(frozen=True)
class Read:
    """A file: its rows by field name, and what each account comes to (debits less credits)."""

    rows: list[dict[str, str]]

    def balance(self, account: str, auxiliary: str | None = None) -> Decimal:
        return sum(
            (
                _amount(row["Debit"]) - _amount(row["Credit"])
                for row in self.rows
                if row["CompteNum"] == account and auxiliary in {None, row["CompAuxNum"]}
            ),
            Decimal(0),
        )


def read_fec(name: str, content: bytes) -> Read:
    """Read a file, or say in an ``AssertionError`` what is wrong with it."""
    assert re.fullmatch(r"\d{9}FEC\d{8}\.txt", name), name
    closing = _day(name[12:20])
    text = content.decode("utf-8")
    assert not text.startswith("\ufeff"), "a byte order mark would be part of the first field"
    head, *lines = text.split("\r\n")
    assert head.split("\t") == FIELDS
    assert lines.pop() == "", "the last line is ended"
    rows = [dict(zip(FIELDS, line.split("\t"), strict=True)) for line in lines]
    last_number, last_day = 0, dt.date.min
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    first_of: dict[int, dict[str, str]] = {}
    for row in rows:
        assert all(row[field] for field in REQUIRED), row
        number, day = int(row["EcritureNum"]), _day(row["EcritureDate"])
        assert number in {last_number, last_number + 1}, f"entry {number} after {last_number}"
        assert day >= last_day, "entries are in the order of their dates"
        assert day <= closing
        assert _day(row["PieceDate"]) <= day
        # What is not validated yet has no such day: the file is a draft.
        assert not row["ValidDate"] or day <= _day(row["ValidDate"])
        assert (row["JournalCode"] == "AN") <= (number == 1), "what the years before left comes first"
        assert re.fullmatch(r"[1-9]\d{2,}", row["CompteNum"]), "the first three figures are those of the PCG"
        assert bool(row["CompAuxNum"]) == bool(row["CompAuxLib"])
        assert (row["Montantdevise"] == "") == (row["Idevise"] == "")
        debit, credit = _amount(row["Debit"]), _amount(row["Credit"])
        assert (debit == 0) != (credit == 0), row
        sums[number] += debit - credit
        same = first_of.setdefault(number, row)
        for field in ("JournalCode", "EcritureDate", "PieceRef", "ValidDate"):
            assert row[field] == same[field], f"one entry, two {field}"
        last_number, last_day = number, day
    assert not any(sums.values()), "every entry is balanced"
    return Read(rows)


def _day(text: str) -> dt.date:
    assert re.fullmatch(r"\d{8}", text), text
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _amount(text: str) -> Decimal:
    assert re.fullmatch(r"\d+,\d\d", text), text
    return Decimal(text.replace(",", "."))
