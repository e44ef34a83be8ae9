"""CSV files as rows that know their line, whose values say clearly when they cannot be read."""

import csv
import datetime as dt
import gzip
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

from db.imports.errors import MissingColumnError, MissingFileError, UnreadableFileError, UnreadableValueError
from db.imports.report import Place

_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_INTEGER = re.compile(r"\d{1,9}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)

Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One line of a file."""

    place: Place
    values: Mapping[str, str]

    def text(self, column: str) -> str:
        """Return the text without outer spaces, maybe empty."""
        return self.values[column].strip()

    def key(self, column: str) -> str:
        """Return a text that must not be empty."""
        return self.text(column) or self._refuse(column, "un identifiant")

    def one_of(self, column: str, meanings: Mapping[str, Meaning]) -> Meaning:
        """Return what a word of a closed vocabulary means."""
        text = self.text(column)
        return meanings[text] if text in meanings else self._refuse(column, f"l'un de {', '.join(meanings)}")

    def cents(self, column: str) -> int:
        """Return an amount written with a decimal point, in cents."""
        text = self.text(column)
        if not _AMOUNT.fullmatch(text):
            self._refuse(column, "un montant positif avec au plus deux décimales, par exemple 12.34")
        units, _, rest = text.partition(".")
        return int(units) * 100 + int(rest.ljust(2, "0"))

    def integer(self, column: str) -> int:
        """Return a whole number."""
        text = self.text(column)
        return int(text) if _INTEGER.fullmatch(text) else self._refuse(column, "un nombre entier positif")

    def optional_integer(self, column: str) -> int | None:
        """Return a whole number, or None where the file has none."""
        return self.integer(column) if self.text(column) else None

    def local_time(self, column: str) -> dt.datetime:
        """Return a date and time as the file has it: without a time zone, which is the caller's to know."""
        text = self.text(column)
        try:
            return dt.datetime.fromisoformat(text if _INSTANT.fullmatch(text) else "")
        except ValueError:
            self._refuse(column, "une date et une heure comme 2017-02-13 13:57:51")

    def optional_local_time(self, column: str) -> dt.datetime | None:
        """Return a date and time, or None where the file has none."""
        return self.local_time(column) if self.text(column) else None

    def _refuse(self, column: str, expected: str) -> NoReturn:
        raise UnreadableValueError(self.place.file, self.place.line, column, self.values[column], expected)


def read_csv(directory: Path, name: str, columns: Sequence[str]) -> Iterator[CsvRow]:
    """Yield the rows of ``name`` or ``name.gz``, with the line each one ends on.

    Args:
        directory: Where the file is.
        name: Its name, ending in ``.csv``.
        columns: Those that must be there; others are ignored.

    Raises:
        UnusableFileError: The file is missing, is not a CSV in UTF-8, or lacks a column.
    """
    path = next((p for p in (directory / f"{name}.gz", directory / name) if p.is_file()), None)
    if path is None:
        raise MissingFileError(directory / name)
    reader = csv.reader(_lines(path), strict=True)
    try:
        header = next(reader, [])
        if missing := [column for column in columns if column not in header]:
            raise MissingColumnError(path.name, missing)
        for fields in reader:
            if len(fields) != len(header):
                problem = f"{len(fields)} colonnes au lieu de {len(header)}"
                raise UnreadableFileError(path.name, problem, reader.line_num)
            yield CsvRow(Place(path.name, reader.line_num), dict(zip(header, fields, strict=True)))
    except csv.Error:
        raise UnreadableFileError(path.name, "ce n'est pas un CSV bien formé", reader.line_num) from None


def _lines(path: Path) -> Iterator[str]:
    """Yield decoded lines one by one, so that a wrong byte is reported with its line."""
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if b"\0" in line:
                    raise UnreadableFileError(path.name, "il contient des octets nuls", number)
                # A byte-order mark may open a file written by a spreadsheet.
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise UnreadableFileError(path.name, "ce n'est pas du texte en UTF-8", number) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UnreadableFileError(path.name, "l'archive gzip est abîmée ou incomplète", number + 1) from None
    except OSError as error:
        raise UnreadableFileError(path.name, error.strerror or "erreur de lecture") from None
