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
    try:
        modules = Code128(number).build()[0]
    except BarcodeError:
        return False
    module = min(_WIDEST, box.width / (len(modules) + 2 * _QUIET))
    if module < _THINNEST:
        return False
    x = box.x + (box.width - module * len(modules)) / 2
    sheet.pdf.set_fill_color(0)
    for bar, run in groupby(modules):
        width = len(list(run)) * module
        if bar == "1":
            sheet.pdf.rect(x, box.y, width, box.height, style="F")
        x += width
    return True
