"""A parcel's number as bars: Code 128, as carriers' scanners read it."""

from itertools import groupby

from barcode import Code128
from barcode.errors import BarcodeError

from jobs.labels.sheet import Box, Sheet

#: Thinner bars are not read any more from paper of an office printer; wider ones only take room.
_THINNEST, _WIDEST = 0.2, 0.5
#: Clear paper on either side, in modules.
_QUIET = 10


def draw_barcode(sheet: Sheet, box: Box, number: str) -> bool:
    """Draw a number's bars in the middle of a place; return whether it has any: some texts do not fit, or have none."""
    drawn = bars(number, box.width)
    sheet.pdf.set_fill_color(0)
    for x, width in drawn:
        sheet.pdf.rect(box.x + x, box.y, width, box.height, style="F")
    return bool(drawn)


def bars(number: str, room: float) -> list[tuple[float, float]]:
    """Return where the bars of a number begin and how wide they are, in the middle of so much room; maybe none."""
    try:
        modules = Code128(number).build()[0]
    except BarcodeError:
        return []
    module = min(_WIDEST, room / (len(modules) + 2 * _QUIET))
    if module < _THINNEST:
        return []
    x = (room - module * len(modules)) / 2
    drawn = []
    for bar, run in groupby(modules):
        width = len(list(run)) * module
        if bar == "1":
            drawn.append((x, width))
        x += width
    return drawn
