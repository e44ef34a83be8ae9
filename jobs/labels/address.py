"""The address label of our own: from whom, to whom, by which carrier, what and how heavy."""

from db.domain.carriers import compact
from db.domain.formats import weight
from db.queries.labels import Parcel
from jobs.labels.barcode import draw_barcode
from jobs.labels.sheet import Box, Sheet
from jobs.lettering import FONT

_MARGIN = 7.0
_SMALL, _TINY = (8.5, 6.0), (7.0, 6.0)
_SENDER_HEIGHT, _TO_HEIGHT, _BARS_HEIGHT, _FOOT_HEIGHT = 24.0, 56.0, 18.0, 12.0
_GREY = 110


class AddressLabel:
    """A clean label that any carrier's counter takes; it pays no postage."""

    def draw(self, sheet: Sheet, box: Box, parcel: Parcel) -> None:
        """Draw the label of a parcel into a place of the sheet."""
        inner = Box(box.x + _MARGIN, box.y + _MARGIN, box.width - 2 * _MARGIN, box.height - 2 * _MARGIN)
        self._head(sheet, inner, parcel)
        self._recipient(sheet, inner, parcel)
        self._number(sheet, inner, parcel)
        self._foot(sheet, inner, parcel)

    def _head(self, sheet: Sheet, box: Box, parcel: Parcel) -> None:
        half = box.width * 0.58
        y = self._caption(sheet, box.x, box.y, "Expéditeur", half)
        sender = sheet.fit(parcel.sender.lines, half, _SENDER_HEIGHT - 5, _SMALL)
        sheet.write(box.x, y, sender, half)
        carrier = sheet.fit([parcel.carrier or "Envoi"], box.width - half - 4, 14, (15, 8))
        sheet.write(box.x + half + 4, box.y, carrier, box.width - half - 4, align="R", bold=True)
        self._rule(sheet, box, box.y + _SENDER_HEIGHT)

    def _recipient(self, sheet: Sheet, box: Box, parcel: Parcel) -> None:
        top = box.y + _SENDER_HEIGHT + 4
        label = "Point de retrait" if parcel.is_pickup_point else "Destinataire"
        y = self._caption(sheet, box.x, top, label, box.width)
        lines = sheet.fit(parcel.recipient.lines, box.width, _TO_HEIGHT - 12, (17, 8))
        y = sheet.write(box.x, y + 1, lines, box.width, bold=True)
        if parcel.recipient.phone:
            phone = sheet.fit([f"Tél. {parcel.recipient.phone}"], box.width, 5, _SMALL)
            sheet.write(box.x, y + 1.5, phone, box.width)

    def _number(self, sheet: Sheet, box: Box, parcel: Parcel) -> None:
        number = compact(parcel.tracking_number)
        if not number:
            return
        top = box.y + _SENDER_HEIGHT + _TO_HEIGHT + 8
        bars = Box(box.x, top, box.width, _BARS_HEIGHT)
        below = top + _BARS_HEIGHT + 1.5 if draw_barcode(sheet, bars, number) else top
        sheet.write(box.x, below, sheet.fit([number], box.width, 6, (11, 6)), box.width, align="C")

    def _foot(self, sheet: Sheet, box: Box, parcel: Parcel) -> None:
        top = box.y + box.height - _FOOT_HEIGHT
        self._rule(sheet, box, top)
        left = box.width * 0.62
        y = self._caption(sheet, box.x, top + 2, "Commande", left)
        sheet.write(box.x, y, sheet.fit([parcel.order_number], left, 5, (10, 6)), left, bold=True)
        facts = [each for each in (_place(parcel), weight(parcel.weight_g) if parcel.weight_g else "") if each]
        if facts:
            right = box.width - left
            shown = sheet.fit(["  ·  ".join(facts)], right, 5, (10, 6))
            sheet.write(box.x + left, y, shown, right, align="R", bold=True)

    def _caption(self, sheet: Sheet, x: float, y: float, text: str, width: float) -> float:
        sheet.pdf.set_text_color(_GREY)
        end = sheet.write(x, y, sheet.fit([text], width, 4, _TINY), width)
        sheet.pdf.set_text_color(0)
        return end

    def _rule(self, sheet: Sheet, box: Box, y: float) -> None:
        sheet.pdf.set_font(FONT, "", 10)
        sheet.pdf.set_draw_color(0)
        sheet.pdf.set_line_width(0.3)
        sheet.pdf.line(box.x, y, box.x + box.width, y)


def _place(parcel: Parcel) -> str:
    """Return « Colis 1/2 », « Colis 1 » while more is to be sent, or nothing for the only one."""
    if parcel.parcels == 1:
        return ""
    return f"Colis {parcel.place}" + (f"/{parcel.parcels}" if parcel.parcels else "")
