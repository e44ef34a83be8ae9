"""What must not be overlooked: a few words on a ground of their own."""

from collections.abc import Iterable

from jobs.documents.sheet import BODY, LEFT, STRONG, Sheet
from jobs.documents.tables import FULL

_PADDING = 2.2
_BAR = 1.0


def draw_band(sheet: Sheet, heading: str, lines: Iterable[str], *, width: float = FULL, is_urgent: bool = True) -> None:
    """Draw a heading and lines on a ground, from the sheet's ``y`` on.

    Args:
        sheet: Where.
        heading: What it is about.
        lines: What there is to say; empty ones are left out.
        width: How wide it is, from the left margin on.
        is_urgent: Marked with a bar of the accent's colour.
    """
    inset = _BAR + 3
    texts = [sheet.text(heading, STRONG, width - inset - 2), sheet.text(lines, BODY, width - inset - 2)]
    height = sum(text.height for text in texts) + 2 * _PADDING
    sheet.ground(LEFT, sheet.y, width, height)
    if is_urgent:
        sheet.ground(LEFT, sheet.y, _BAR, height, sheet.accent)
    sheet.stack(LEFT + inset, sheet.y + _PADDING, texts)
    sheet.y += height
