"""The first sheet of an XLSX workbook, which may come from anybody: what it unpacks to is bounded beforehand."""

import datetime as dt
import io
import re
import zipfile
import zlib
from decimal import Decimal
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from db.domain.order_files import MAX_ROWS, UnreadableOrdersError
from db.imports.orders.table import MAX_COLUMNS, Row, Table
from db.imports.orders.values import Cell

#: 50,000 rows of our template unpack to some 60 MB; a bomb to thousands of millions.
_MAX_UNPACKED = 150_000_000
_MAX_MEMBERS = 500
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_READ_AT_ONCE = 1 << 20


def read_xlsx_table(content: bytes) -> Table:
    """Return the table of a workbook's first sheet.

    Raises:
        UnreadableOrdersError: It is no workbook, is locked by a password, or is larger than it seems.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(_safe_copy(content)))
        if not workbook.sheet_names:
            raise UnreadableOrdersError("Ce classeur n’a aucune feuille.")
        cells = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except PasswordError:
        raise UnreadableOrdersError(_LOCKED) from None
    except (CalamineError, zipfile.BadZipFile, zlib.error, expat.ExpatError, OSError, ValueError, NotImplementedError,
            RuntimeError, EOFError, OverflowError):  # fmt: skip
        raise UnreadableOrdersError("Ce classeur Excel est abîmé. Enregistrez-le de nouveau en XLSX.") from None
    rows = [
        Row(line, [_cell(value) for value in values])
        for line, values in enumerate(cells, start=1)
        if any(value != "" for value in values)
    ]
    if not rows:
        raise UnreadableOrdersError("La première feuille de ce classeur est vide.")
    return Table(tuple(str(cell).strip() for cell in rows[0].cells), tuple(rows[1:]))


_LOCKED = "Ce classeur est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis envoyez-le de nouveau."


def refuse_old_workbook(content: bytes) -> None:
    """Refuse what only looks like a workbook of today.

    Raises:
        UnreadableOrdersError: It is an Excel file of before 2007, or one that is locked.
    """
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableOrdersError(_LOCKED)
        raise UnreadableOrdersError("Ce fichier est d’un ancien Excel (.xls). Enregistrez-le en XLSX ou en CSV.")


def _safe_copy(content: bytes) -> bytes:
    """Return the workbook with its tables alone, unpacked: what is read afterwards is what was measured here."""
    left, copy = _MAX_UNPACKED, io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as unpacked:
        names = [name for name in packed.namelist() if name.endswith((".xml", ".rels"))]
        if len(names) > _MAX_MEMBERS:
            raise _too_large()
        for name in dict.fromkeys(names):
            data = _unpacked(packed, name, left)
            left -= len(data)
            if "worksheets/" in name and name.endswith(".xml"):
                _check_extent(data)
            unpacked.writestr(name, data)
    return copy.getvalue()


def _unpacked(packed: zipfile.ZipFile, name: str, limit: int) -> bytes:
    data = bytearray()
    with packed.open(name) as member:
        while part := member.read(_READ_AT_ONCE):
            data += part
            if len(data) > limit:
                raise _too_large()
    return bytes(data)


def _check_extent(sheet: bytes) -> None:
    """Refuse a sheet with a cell far away: the reader would make room for everything before it."""

    def look(name: str, attributes: dict[str, str]) -> None:
        place = attributes.get("r", "")
        kind = name.rpartition(":")[2]
        if kind == "row" and place.isdecimal() and int(place[:8]) > MAX_ROWS + 1:
            raise _too_large()
        if kind == "c" and place:
            found = _CELL.fullmatch(place)
            if not found or _column(found[1]) > MAX_COLUMNS or int(found[2]) > MAX_ROWS + 1:
                raise _too_large()

    parser = expat.ParserCreate()
    parser.StartElementHandler = look
    parser.Parse(sheet, True)  # noqa: FBT003  expat takes no keyword


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _too_large() -> UnreadableOrdersError:
    return UnreadableOrdersError(
        f"Ce classeur est trop grand\u00a0: au plus {MAX_ROWS} lignes et {MAX_COLUMNS} colonnes. Partagez-le, "
        "ou copiez les cellules utiles dans une feuille neuve."
    )


def _cell(value: object) -> Cell:
    match value:
        case bool():
            return "oui" if value else "non"
        case float() | int():
            # Fifteen digits are all that a spreadsheet keeps: 4.1 × 3 is 12.3 there, not 12.299999999999999.
            return Decimal(format(value, ".15g"))
        case dt.datetime() | dt.date():
            return value
        case _:
            return str(value)
