"""What closes a numbered document: VAT per rate, totals, what is paid and left to pay, mentions."""

from dataclasses import dataclass, replace
from functools import partial

from db.domain.formats import NO_BREAK_SPACE, amount, date, money, rate
from db.domain.snapshot import Numbered, Receipt
from jobs.documents.bands import draw_band
from jobs.documents.qr import SIZE, draw_qr
from jobs.documents.sheet import BODY, BOTTOM, LEFT, RIGHT, SMALL, STRONG, Align, Ink, Sheet, Style, Text
from jobs.documents.tables import Column, Table

_ABOVE, _GAP = 5.0, 7.0
_VAT_COLUMNS = (
    Column("Taux de TVA", 27),
    Column("Base HT", 22, Align.RIGHT),
    Column("Montant TVA", 22, Align.RIGHT),
    Column("Total TTC", 23, Align.RIGHT),
)
_LEFT_WIDTH = sum(column.width for column in _VAT_COLUMNS)
_TOTALS_WIDTH = 72.0
_TOTALS_X = RIGHT - _TOTALS_WIDTH
_PADDING = 1.3
#: As far from the edge as what stands in tables.
_EDGE = 2.0
_GRAND = Style(11, bold=True, ink=Ink.PAPER, leading=1.3)
_SMALLEST = 6.0
_MENTION = replace(SMALL, leading=1.3)
_MENTIONS_WIDTH = RIGHT - LEFT - SIZE - 9
_QR_HEIGHT, _QR_X = SIZE + 4, RIGHT - SIZE - 3
#: Of the totals and mentions together; more than that is not kept on one page.
_MOST_KEPT = 150.0
#: Of the mention that the head bears, beside who it speaks of (UNTDID 4451).
MANDATE_CODE = "REG"
_PRICES_WITH_VAT = "Prix fixés toutes taxes comprises\u00a0; la base et la TVA sont calculées par taux sur leur somme."


@dataclass(frozen=True, slots=True)
class _Sum:
    """A line of the totals."""

    words: str
    figure: str
    style: Style = BODY

    @property
    def height(self) -> float:
        return self.style.step + (4 if self.style is _GRAND else 2) * _PADDING


def closing_height(sheet: Sheet, snapshot: Numbered) -> float:
    """Return how much room the last line wants after it, so that no total stands alone on a page."""
    totals = sheet.measured(partial(_draw_figures, sheet, snapshot))
    with_mentions = totals + max(_mentions(sheet, snapshot).height, _qr_height(snapshot))
    return with_mentions if with_mentions <= _MOST_KEPT else totals


def draw_closing(sheet: Sheet, snapshot: Numbered) -> None:
    """Draw all of it, the mentions at the foot of the page."""
    _draw_figures(sheet, snapshot)
    _draw_mentions(sheet, snapshot)


def _draw_figures(sheet: Sheet, snapshot: Numbered) -> None:
    sheet.y += _ABOVE
    right = _draw_totals(sheet, sheet.y, snapshot)
    _draw_vat(sheet, snapshot)
    _draw_payment(sheet, snapshot)
    sheet.y = max(right, sheet.y) + _GAP


def _draw_totals(sheet: Sheet, y: float, snapshot: Numbered) -> float:
    width = _TOTALS_WIDTH - 2 * _EDGE
    for each in _sums(snapshot):
        if each.style is _GRAND:
            sheet.ground(_TOTALS_X, y, _TOTALS_WIDTH, each.height, sheet.accent)
        top = y + (each.height - each.style.step) / 2
        figure = sheet.fitted(each.figure, each.style, width / 2, _SMALLEST)
        sheet.write(_TOTALS_X + _EDGE, top, sheet.text(each.words, each.style, width))
        sheet.write(_TOTALS_X + _EDGE, top, figure, width, Align.RIGHT)
        y += each.height
    return y


def _sums(snapshot: Numbered) -> list[_Sum]:
    figure = partial(money, currency=snapshot.currency)
    name = "Total de l’avoir TTC" if snapshot.is_credit_note else "Total TTC"
    sums = [
        _Sum("Total HT", figure(snapshot.net_cents)),
        _Sum("TVA", figure(snapshot.vat_cents)),
        _Sum(name, figure(snapshot.gross_cents), _GRAND),
    ]
    if snapshot.is_credit_note:
        return sums
    return [
        *sums,
        _Sum("Déjà réglé", figure(snapshot.paid_cents)),
        _Sum("Reste à payer", figure(snapshot.due_cents), STRONG),
    ]


def _draw_vat(sheet: Sheet, snapshot: Numbered) -> None:
    table = Table(sheet, _VAT_COLUMNS, style=replace(BODY, size=8.5))
    for line in snapshot.vat:
        figures = (amount(each) for each in (line.net_cents, line.vat_cents, line.gross_cents))
        table.row([rate(line.rate_bp), *figures])
    why = dict.fromkeys(line.exemption for line in snapshot.vat if line.exemption)
    if why:
        sheet.y = sheet.write(LEFT + _EDGE, sheet.y + 1, sheet.text(why, SMALL, _LEFT_WIDTH - 2 * _EDGE))


def _draw_payment(sheet: Sheet, snapshot: Numbered) -> None:
    if snapshot.is_credit_note:
        return
    lines = [
        *filter(None, [snapshot.withheld_words]),
        *(_received(each, snapshot.currency) for each in snapshot.receipts),
    ]
    heading = "Facture acquittée"
    if snapshot.due_cents:
        by = f" au plus tard le {date(snapshot.due_on)}" if snapshot.due_on else ""
        heading = f"{money(snapshot.due_cents, snapshot.currency)} à payer{by}"
        lines += snapshot.payment_words.splitlines()
    sheet.y += 4
    draw_band(sheet, heading, lines, width=_LEFT_WIDTH, is_urgent=snapshot.due_cents > 0)


def _received(receipt: Receipt, currency: str) -> str:
    reference = f", réf. {receipt.reference}" if receipt.reference else ""
    sum_ = money(receipt.amount_cents, currency)
    how = f"{receipt.method.label}{reference}"
    if receipt.amount_cents < 0:
        how = f"Remboursement ({how})"
    return f"{how}, le {date(receipt.received_on)}{NO_BREAK_SPACE}: {sum_}"


def _draw_mentions(sheet: Sheet, snapshot: Numbered) -> None:
    text = _mentions(sheet, snapshot)
    height = max(text.height, _qr_height(snapshot))
    sheet.make_room(min(height, _MOST_KEPT))
    sheet.y = max(sheet.y, BOTTOM - height)
    if snapshot.follow_up_url:
        draw_qr(sheet, _QR_X, sheet.y, snapshot.follow_up_url, "Suivre la commande")
    sheet.flow(LEFT, text)


def _mentions(sheet: Sheet, snapshot: Numbered) -> Text:
    """Return the sentences that neither the head nor the table of VAT has said."""
    said = {line.exemption for line in snapshot.vat}
    sentences = [each.text for each in snapshot.mentions if each.code != MANDATE_CODE and each.text not in said]
    how = [_PRICES_WITH_VAT] if snapshot.vat_cents else []
    return sheet.text([*how, *sentences], _MENTION, _MENTIONS_WIDTH)


def _qr_height(snapshot: Numbered) -> float:
    return _QR_HEIGHT if snapshot.follow_up_url else 0
