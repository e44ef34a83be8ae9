"""What several papers show alike: the head, articles, bars, boxes to tick and to sign in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from db.domain.formats import NO_BREAK_SPACE, date
from db.domain.postal import PostalAddress
from db.queries.order_details import LineDetails
from db.queries.printed import PrintedOrder
from jobs.documents.letterhead import ADDRESS_X, draw_addressee, draw_name, draw_sender, draw_title
from jobs.documents.sheet import BODY, BOTTOM, CAPTION, LEFT, RIGHT, Ink, Running, Sheet, Text
from jobs.documents.tables import Cell
from jobs.labels.barcode import bars

BOX = 4.0
_AFTER_HEAD = 87.0
_BARS_Y, _BARS_HEIGHT = 34.0, 7.5
_SIGN_HEIGHT = 26.0
_LINE = 0.25


@dataclass(frozen=True, slots=True)
class House:
    """Whose paper it is: the marketplace's name, its logo, and how it wants what comes back to be sent."""

    name: str
    logo: bytes | None = None
    return_instructions: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What the top of a paper says."""

    title: str
    order: PrintedOrder
    sender_caption: str
    sender: PostalAddress
    addressee_caption: str
    addressee: PostalAddress
    #: Smaller, below the addressee.
    beneath: Sequence[str] = ()


def draw_head(sheet: Sheet, house: House, head: Head) -> None:
    """Begin a paper on a page of its own, with its head; what follows goes from the sheet's ``y`` on."""
    number = f"Commande {head.order.details.number}"
    title = head.title[0] + head.title[1:].lower()
    sheet.begin(Running(head=f"{title} · {number}", owner=head.order.seller_name, foot=[house.name], accent=Ink.TEXT))
    draw_name(sheet, house.name, house.logo)
    draw_title(sheet, head.title, number, f"du {date(head.order.placed_on)}")
    draw_bars(sheet, ADDRESS_X, _BARS_Y, RIGHT - ADDRESS_X, head.order.details.number)
    name, *lines = head.sender.lines or ("",)
    contact = [each for each in (head.sender.phone, head.sender.email) if each]
    left = draw_sender(sheet, head.sender_caption, name, lines, contact)
    right = draw_addressee(sheet, head.addressee_caption, head.addressee, head.beneath)
    sheet.y = max(_AFTER_HEAD, left + 4, right + 4)


def draw_bars(sheet: Sheet, x: float, y: float, room: float, number: str) -> None:
    """Draw a number as bars, from the left on; one that has none, or too many, is only read."""
    drawn = bars(number, room)
    for begins, width in drawn:
        sheet.ground(x + begins - drawn[0][0], y, width, _BARS_HEIGHT, Ink.TEXT)


def draw_frame(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    """Draw an empty box."""
    ends = ((x, y, width, _LINE), (x, y + height - _LINE, width, _LINE))
    sides = ((x, y, _LINE, height), (x + width - _LINE, y, _LINE, height))
    for left, top, across, down in ends + sides:
        sheet.ground(left, top, across, down, Ink.TEXT)


def draw_tick(sheet: Sheet, x: float, y: float, words: str = "", width: float = 40) -> None:
    """Draw a box to tick, with what it stands for."""
    draw_frame(sheet, x, y, BOX, BOX)
    sheet.write(x + BOX + 1.8, y + (BOX - BODY.step) / 2, sheet.text(words, BODY, width))


def draw_signatures(sheet: Sheet, captions: Sequence[str]) -> None:
    """Draw places to sign in, side by side at the foot of the page."""
    sheet.make_room(_SIGN_HEIGHT + 4)
    gap = 6.0
    width = (RIGHT - LEFT - gap * (len(captions) - 1)) / len(captions)
    top = BOTTOM - _SIGN_HEIGHT
    for place, caption in enumerate(captions):
        x = LEFT + place * (width + gap)
        draw_frame(sheet, x, top, width, _SIGN_HEIGHT)
        sheet.write(x + 2, top + 1.5, sheet.text(caption, replace(CAPTION, size=7.5), width - 4))
    sheet.y = BOTTOM


def draw_note(sheet: Sheet, caption: str, words: str | Iterable[str]) -> None:
    """Draw some sentences below a caption."""
    text = sheet.text(words, BODY, RIGHT - LEFT)
    if not text.lines:
        return
    head = sheet.text(caption, CAPTION, RIGHT - LEFT)
    sheet.make_room(head.height + min(text.height, 40) + 4)
    y = sheet.write(LEFT, sheet.y + 4, head)
    for line in text.lines:
        if y + BODY.step > BOTTOM:
            sheet.next_page()
            y = sheet.y
        y = sheet.write(LEFT, y, Text((line,), BODY))
    sheet.y = y


def draw_remarks(sheet: Sheet, house: House, title: str, remarks: Sequence[str]) -> None:
    """Draw what is to be told with papers, on a page of its own after them."""
    sheet.begin(Running(head=title, owner=house.name, foot=[house.name], accent=Ink.TEXT))
    draw_name(sheet, house.name, house.logo)
    draw_title(sheet, "À LIRE", title)
    sheet.y = _AFTER_HEAD / 2
    draw_note(sheet, "Ce qui n’est pas imprimé", remarks)


def article(line: LineDetails, *remarks: str) -> Cell:
    """Return an article's name, with its attributes and remarks beneath."""
    attributes = [f"{name}{NO_BREAK_SPACE}: {value}" for name, value in line.attributes.items()]
    return Cell(line.name, [" · ".join(attributes), *remarks], bold=True)
