"""CSV as spreadsheets write it, in France and elsewhere: encoding and separator are found out."""

import codecs
import csv
import io
from collections.abc import Iterator

from db.domain.order_files import MAX_ROWS, UnreadableOrdersError
from db.imports.orders.columns import guess
from db.imports.orders.table import MAX_COLUMNS, Row, Table

_SEPARATORS = ";,\t|"


def read_csv_table(content: bytes) -> Table:
    """Return the table of a CSV file.

    Raises:
        UnreadableOrdersError: It is no CSV.
    """
    text = decoded(content)
    separator, skipped = _separator(text)
    rows = _rows(text, separator, skipped)
    header = next(rows, None)
    if header is None:
        raise UnreadableOrdersError("Ce fichier est vide. Choisissez-en un autre.")
    return Table(tuple(str(cell) for cell in header.cells), tuple(rows))


def decoded(content: bytes) -> str:
    """Return a file's text, whichever way it is written down.

    Raises:
        UnreadableOrdersError: It is no text.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in content:
        raise UnreadableOrdersError("Ce fichier n’est pas du texte. Enregistrez-le en CSV (UTF-8) ou en XLSX.")
    else:
        encoding = "utf-8-sig" if _is_utf8(content) else "cp1252"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableOrdersError(
            "L’encodage de ce fichier est inconnu. Enregistrez-le en CSV UTF-8 ou en XLSX."
        ) from None
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise UnreadableOrdersError(
            "Ce fichier est une page web, pas un tableau. Ouvrez-le dans votre tableur et enregistrez-le en CSV ou en "
            "XLSX."
        )
    return text


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _separator(text: str) -> tuple[str, int]:
    """Return what stands between the cells, and how many lines only say so (« sep=; »)."""
    first = text.split("\n", 1)[0].strip().strip('"')
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], 1
    # The header tells: the right separator makes most columns whose names we know, then most columns at all.
    return max(_SEPARATORS, key=lambda each: _columns_with(text, each)), 0


def _columns_with(text: str, separator: str) -> tuple[int, int]:
    reader = csv.reader(io.StringIO(text[:10_000], newline=""), delimiter=separator)
    try:
        header = next((row for row in reader if any(cell.strip() for cell in row)), [])
    except csv.Error:
        return 0, 0
    return len(guess(header)), len(header)


def _rows(text: str, separator: str, skipped: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    count, start = 0, 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if line <= skipped or not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MAX_ROWS + 1:
                raise UnreadableOrdersError(f"Ce fichier dépasse {MAX_ROWS} lignes. Partagez-le en plusieurs.")
            if len(cells) > MAX_COLUMNS:
                raise UnreadableOrdersError(f"La ligne {line} a plus de {MAX_COLUMNS} colonnes. Vérifiez le fichier.")
            yield Row(line, cells)
    except csv.Error:
        raise UnreadableOrdersError(
            f"La ligne {start} n’est pas du CSV bien formé\u00a0: un guillemet y est de trop ou manque."
        ) from None
