"""The seam for labels: whoever makes a carrier's labels draws one into its place on the sheet.

``AddressLabel`` is ours and does for every carrier. To have a carrier's own labels, by its API, write a class with the
same method and name it in ``MAKERS`` under the carrier's code; no page changes:

1. Ask the API for the label of the parcel as a picture of an A6 at 300 dpi (where it only gives PDF or ZPL, render it),
   and draw it: ``sheet.pdf.image(BytesIO(picture), box.x, box.y, box.width, box.height)``.
2. If the API gives the parcel its number, keep it with ``services.parcels.correct_parcel``, in a transaction of its
   own; then a label that is made again asks for the one that exists instead of paying for another.
3. Raise a ``MarketplaceError`` with the carrier's words where it refuses the address: the person reads them. Anything
   else that is raised is tried again.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from db.domain.carriers import Carrier, carrier_named
from db.queries.labels import Parcel
from jobs.labels.address import AddressLabel
from jobs.labels.sheet import Box, Sheet


class LabelMaker(Protocol):
    """Makes the labels of one carrier, or of all."""

    def draw(self, sheet: Sheet, box: Box, parcel: Parcel) -> None:
        """Draw the label of a parcel into a place of the sheet."""


#: Carrier's code → who makes its labels; ``AddressLabel`` for any other.
MAKERS: Mapping[str, LabelMaker] = {}

_OURS = AddressLabel()


def maker_of(carriers: Sequence[Carrier], name: str, makers: Mapping[str, LabelMaker] = MAKERS) -> LabelMaker:
    """Return who makes the labels of the carrier of that name."""
    carrier = carrier_named(carriers, name)
    return makers.get(carrier.code, _OURS) if carrier else _OURS
