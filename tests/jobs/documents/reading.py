"""Read a PDF back, as its reader sees it."""

import io
import re
from collections.abc import Iterator

import pypdfium2

from db.domain.snapshot import Snapshot
from jobs.documents.numbered import render

POINT_MM = 25.4 / 72


def drawn(snapshot: Snapshot, *, xml: bytes | None = None, logo: bytes | None = None) -> bytes:
    """Return a document's file."""
    out = io.BytesIO()
    render(snapshot, out, xml=xml, logo=logo)
    return out.getvalue()


def pages(contents: bytes) -> list[str]:
    """Return the words of each page, one space between them, no-break spaces as plain ones."""
    document = pypdfium2.PdfDocument(contents)
    return [
        re.sub(r"[ \u00a0\u202f\u2007]+", " ", page.get_textpage().get_text_bounded()).replace("\r\n", "\n")
        for page in document
    ]


def words(contents: bytes) -> str:
    """Return all pages' words on one line."""
    return " ".join(" ".join(pages(contents)).split())


def boxes(contents: bytes) -> Iterator[tuple[int, str, tuple[float, float, float, float]]]:
    """Return each piece of text: its page, what it says, and left, top, right, bottom in millimetres from above."""
    for number, page in enumerate(pypdfium2.PdfDocument(contents)):
        found, height = page.get_textpage(), page.get_height()
        for place in range(found.count_rects()):
            left, bottom, right, top = found.get_rect(place)
            said = found.get_text_bounded(left, bottom, right, top)
            yield number, said, tuple(side * POINT_MM for side in (left, height - top, right, height - bottom))  # type: ignore[misc]  four of them
