"""A link that a telephone reads from paper."""

from io import BytesIO

import segno

from jobs.documents.sheet import CAPTION, Align, Sheet

SIZE = 22.0
_QUIET_MODULES = 2
#: Any of the eight masks is read; to look for the finest one takes as long as all the rest of a page.
_MASK = 0


def draw_qr(sheet: Sheet, x: float, y: float, url: str, caption: str) -> float:
    """Draw a link as a QR code with words beneath; return where that ends."""
    code = BytesIO()
    segno.make(url, error="m", micro=False, mask=_MASK).save(code, kind="png", scale=4, border=_QUIET_MODULES)
    sheet.picture(code.getvalue(), x, y, SIZE, SIZE)
    words = sheet.text(caption, CAPTION, SIZE + 6)
    end = sheet.write(x - 3, y + SIZE + 0.5, words, SIZE + 6, Align.CENTRE)
    sheet.link(x, y, SIZE, end - y, url)
    return end
