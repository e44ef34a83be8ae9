"""What closes a numbered document: VAT per rate, totals, what is paid and left to pay, mentions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from db.domain.formats import NO_BREAK_SPACE, amount, date, money, rate
from db.domain.snapshot import Snapshot
from jobs.documents.qr import SIZE, draw_qr
from jobs.documents.sheet import BODY, BOTTOM, LEFT, RIGHT, SMALL, STRONG, Align, Ink, Sheet, Style
from jobs.documents.tables import Column, Table

_TOTALS_WIDTH = 72.0
_TOTALS_X = RIGHT - _TOTALS_WIDTH
_PADDING = 1.3
_GAP = 7.0
_GRAND = Style(11, bold=True, ink=Ink.PAPER, leading=1.3)
_MENTION = replace(SMALL, leading=1.3)
_MENTIONS_WIDTH = RIGHT - LEFT - SIZE - 14
_QR_HEIGHT = SIZE + 4
_LARGEST_KEPT = 150.0


@dataclass(frozen=True, slots=True)
class _Sum:
    """A line of the totals."""

    words: str
    figure: str
    is_grand: bool = False
    is_bold: bool = False


def closing_height(sheet: Sheet, snapshot: Snapshot) -> float:
    """Return how much room the last line wants after it, so that no total stands alone on a page."""
    totals = max(_totals_height(snapshot), _left_height(sheet, snapshot))
    with_mentions = totals + 2 * _GAP + _mentions_height(sheet, snapshot)
    return with_mentions if with_mentions <= _LARGEST_KEPT else totals + _GAP


def draw_closing(sheet: Sheet, snapshot: Snapshot) -> None:
    """Draw all of it, the mentions at the foot of the page."""
    sheet.y += 5
    top = sheet.y
    right = _draw_totals(sheet, top, snapshot)
    _draw_vat(sheet, snapshot)
    _draw_payment(sheet, snapshot)
    sheet.y = max(right, sheet.y) + _GAP
    _draw_mentions(sheet, snapshot)


def _sums(snapshot: Snapshot) -> list[_Sum]:
    currency = snapshot.currency
    name = "Total de l’avoir TTC" if snapshot.is_credit_note else "Total TTC"
    sums = [
        _Sum("Total HT", money(snapshot.net_cents, currency)),
        _Sum("TVA", money(snapshot.vat_cents, currency)),
        _Sum(name, money(snapshot.gross_cents, currency), is_grand=True),
    ]
    if not snapshot.is_credit_note:
        sums += [
            _Sum("Déjà réglé", money(snapshot.paid_cents, currency)),
            _Sum("Reste à payer", money(snapshot.due_cents, currency), is_bold=True),
        ]
    return sums


def _row_height(each: _Sum) -> float:
    return (_GRAND.step + 4 * _PADDING) if each.is_grand else BODY.step + 2 * _PADDING


def _totals_height(snapshot: Snapshot) -> float:
    return sum(map(_row_height, _sums(snapshot)))


def _draw_totals(sheet: Sheet, y: float, snapshot: Snapshot) -> float:
    for each in _sums(snapshot):
        height = _row_height(each)
        if each.is_grand:
            sheet.ground(_TOTALS_X, y, _TOTALS_WIDTH, height, sheet.accent)
        style = _GRAND if each.is_grand else STRONG if each.is_bold else BODY
        middle = y + (height - style.step) / 2
        sheet.write(_TOTALS_X + 3, middle, sheet.text(each.words, style, _TOTALS_WIDTH))
        sheet.write(
            _TOTALS_X, middle, sheet.text(each.figure, style, _TOTALS_WIDTH - 3), _TOTALS_WIDTH - 3, Align.RIGHT
        )
        y += height
    return y


def _draw_vat(sheet: Sheet, snapshot: Snapshot) -> None:
    columns = (
        Column("TVA", 27),
        Column("Base HT", 22, Align.RIGHT),
        Column("Montant TVA", 22, Align.RIGHT),
        Column("Total TTC", 22, Align.RIGHT),
    )
    table = Table(sheet, columns, style=replace(BODY, size=8.5))
    for line in snapshot.vat:
        figures = (amount(each) for each in (line.net_cents, line.vat_cents, line.gross_cents))
        table.row([rate(line.rate_bp), *figures])
    for words in dict.fromkeys(line.exemption for line in snapshot.vat if line.exemption):
        sheet.y = sheet.write(LEFT + 1, sheet.y + 1, sheet.text(words, SMALL, table.width))


def _left_height(sheet: Sheet, snapshot: Snapshot) -> float:
    exemptions = sum(
        1 + sheet.text(words, SMALL, 93).height for words in {line.exemption for line in snapshot.vat if line.exemption}
    )
    rows = (len(snapshot.vat) + 1) * (BODY.step + 3.4)
    return rows + exemptions + 6 + sum(BODY.step for _ in _payments(snapshot)) + BODY.step


def _payments(snapshot: Snapshot) -> list[str]:
    lines = []
    for each in snapshot.receipts:
        reference = f" ({each.reference})" if each.reference else ""
        said = f"{each.method.label}{reference}, le {date(each.received_on)}"
        lines.append(f"{said}{NO_BREAK_SPACE}: {money(each.amount_cents, snapshot.currency)}")
    if snapshot.due_cents and snapshot.due_on:
        left = money(snapshot.due_cents, snapshot.currency)
        lines.append(f"{left} à payer au plus tard le {date(snapshot.due_on)}")
    return lines


def _draw_payment(sheet: Sheet, snapshot: Snapshot) -> None:
    lines = _payments(snapshot)
    if not lines:
        return
    caption = "À régler" if snapshot.due_cents else "Facture acquittée"
    y = sheet.write(LEFT + 1, sheet.y + 4, sheet.text(caption, STRONG, 90))
    sheet.y = sheet.write(LEFT + 1, y, sheet.text(lines, BODY, 92))


def _mentions(snapshot: Snapshot) -> Sequence[str]:
    said = {line.exemption for line in snapshot.vat}
    return [each.text for each in snapshot.mentions if each.code != "REG" and each.text not in said]


def _mentions_height(sheet: Sheet, snapshot: Snapshot) -> float:
    text = sheet.text(_mentions(snapshot), _MENTION, _MENTIONS_WIDTH)
    return max(text.height, _QR_HEIGHT if snapshot.follow_up_url else 0)


def _draw_mentions(sheet: Sheet, snapshot: Snapshot) -> None:
    height = _mentions_height(sheet, snapshot)
    sheet.make_room(min(height, _LARGEST_KEPT))
    y = max(sheet.y, BOTTOM - height)
    if snapshot.follow_up_url:
        draw_qr(sheet, RIGHT - SIZE - 3, max(y, BOTTOM - _QR_HEIGHT), snapshot.follow_up_url,
                "Suivre la commande")  # fmt: skip
    for line in _mentions(snapshot):
        text = sheet.text(line, _MENTION, _MENTIONS_WIDTH)
        y = sheet.write(LEFT, y, text)
    sheet.y = y
