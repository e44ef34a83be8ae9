"""A voucher as a PDF: a card to cut out and hand over, and how to use it. It tells what is left when it is made."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.colours import text_colour_on
from db.domain.formats import date, long_date, money
from db.domain.time import local_day, utc_now
from db.domain.vouchers import VoucherUnusableError
from db.engine import reading
from db.queries.vouchers import VoucherRow, voucher_detail
from db.services.documents.sources import House, house
from db.services.voucher_files import whoever_asked
from db.storage import storage
from jobs.documents.identity import accent_of, identity_of
from jobs.documents.letterhead import draw_name, draw_title
from jobs.documents.logos import Logos
from jobs.documents.papers.blocks import draw_bars, draw_note
from jobs.documents.papers.names import safe_name
from jobs.documents.sheet import BODY, CAPTION, LEFT, RIGHT, STRONG, Ink, Running, Sheet, Style
from jobs.makers import Made, Progress

#: The card: as wide as the page's text, and low enough for an envelope once it is cut out.
_CARD_Y, _CARD_HEIGHT = 46.0, 68.0
_MARGIN = 7.0
#: What it is worth stands at the left, on the brand's colour; what is to be typed at the right, on paper.
_WORTH_WIDTH = 68.0
_PANEL_X = LEFT + _WORTH_WIDTH
_PANEL_WIDTH = RIGHT - _PANEL_X - _MARGIN
_INSIDE = _PANEL_WIDTH - 2 * _MARGIN
_AMOUNT = Style(34, bold=True, leading=1.15)
_SMALLEST_AMOUNT = 16
_CODE = Style(21, bold=True, leading=1.3)
_SMALLEST_CODE = 14


@dataclass(frozen=True, slots=True)
class _Card:
    """All that is printed."""

    voucher: VoucherRow
    ours: House
    logo: bytes | None
    today: dt.date


def make_voucher(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the voucher that a file's row names, as it stands now.

    Raises:
        NotAllowedError: Whoever asked has left, or does not know customers any more.
        VoucherNotFoundError: There is no such voucher.
        VoucherUnusableError: Nothing can be bought with it any more.
    """
    now = utc_now()
    with reading(engine) as session:
        voucher = voucher_detail(session, whoever_asked(session, arguments), arguments["voucher_id"]).row
        ours = house(session)
    if not voucher.state(local_day(now)).is_live:
        raise VoucherUnusableError(voucher, local_day(now))
    title = f"Bon d’achat {voucher.code}"
    sheet = Sheet(title, now, author=ours.party.name)
    draw_voucher(sheet, _Card(voucher, ours, Logos(storage()).of(ours.logo_ref), local_day(now)))
    sheet.write_to(out)
    progress(1)
    warnings = tuple({"text": each} for each in sheet.warnings)
    return Made(f"{safe_name(title)}.pdf", "application/pdf", 1, warnings=warnings)


def draw_voucher(sheet: Sheet, card: _Card) -> None:
    """Draw a voucher on a page of its own."""
    voucher, party = card.voucher, card.ours.party
    sheet.begin(
        Running(
            head=f"Bon d’achat {voucher.code}",
            owner=party.name,
            foot=[identity_of(party)],
            accent=accent_of(card.ours.brand_colour),
        )
    )
    draw_name(sheet, party.name, card.logo)
    draw_title(sheet, "BON D’ACHAT", voucher.code, f"donné le {date(local_day(voucher.created_at))}")
    sheet.ground(LEFT, _CARD_Y, RIGHT - LEFT, _CARD_HEIGHT, sheet.accent)
    _draw_worth(sheet, card)
    _draw_panel(sheet, voucher)
    sheet.y = _CARD_Y + _CARD_HEIGHT + 4
    if voucher.note:
        draw_note(sheet, "Pour vous", voucher.note)
    draw_note(sheet, "Comment l’utiliser", _how_to_use(card))


def _draw_worth(sheet: Sheet, card: _Card) -> None:
    voucher, ink = card.voucher, text_colour_on(sheet.accent)
    width = _WORTH_WIDTH - 2 * _MARGIN
    x, small = LEFT + _MARGIN, replace(BODY, ink=ink)
    sheet.write(x, _CARD_Y + _MARGIN, sheet.fitted(card.ours.party.name, replace(STRONG, size=11, ink=ink), width, 7))
    worth = sheet.fitted(
        money(voucher.rest_cents, voucher.currency), replace(_AMOUNT, ink=ink), width, _SMALLEST_AMOUNT
    )
    y = sheet.write(x, _CARD_Y + (_CARD_HEIGHT - worth.height) / 2 - 3, worth)
    if voucher.used_cents:
        given = f"ce qui reste de {money(voucher.amount_cents, voucher.currency)} au {date(card.today)}"
        sheet.write(x, y + 1, sheet.text(given, small, width))
    until = sheet.text(["à utiliser au plus tard le", long_date(voucher.expires_on)], small, width)
    sheet.write(x, _CARD_Y + _CARD_HEIGHT - _MARGIN - until.height, until)


def _draw_panel(sheet: Sheet, voucher: VoucherRow) -> None:
    top, height = _CARD_Y + _MARGIN, _CARD_HEIGHT - 2 * _MARGIN
    sheet.ground(_PANEL_X, top, _PANEL_WIDTH, height, Ink.PAPER)
    x, y = _PANEL_X + _MARGIN, top + _MARGIN
    if voucher.customer_name:
        y = sheet.write(x, y, sheet.text("Pour", CAPTION, _INSIDE))
        y = sheet.write(x, y, sheet.fitted(voucher.customer_name, replace(STRONG, size=12), _INSIDE, 8)) + 3
    y = sheet.write(x, y, sheet.text("Votre code", CAPTION, _INSIDE))
    code = sheet.fitted(voucher.code, replace(_CODE, ink=sheet.accent), _INSIDE, _SMALLEST_CODE)
    y = sheet.write(x, y, code) + 3
    draw_bars(sheet, x, y, _INSIDE, voucher.code)


def _how_to_use(card: _Card) -> list[str]:
    party = card.ours.party
    said = [
        f"Saisissez ce code au moment de payer votre commande sur {party.name}.",
        "Il s’utilise en une ou plusieurs fois\u00a0: ce qui n’est pas dépensé y reste jusqu’à son dernier jour.",
        "Gardez-le comme de l’argent\u00a0: qui a le code peut le dépenser.",
    ]
    contact = " · ".join(each for each in (party.email, party.phone) if each)
    return [*said, f"Une question\u00a0? {contact}"] if contact else said
