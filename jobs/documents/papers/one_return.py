"""Make the slip of one return, for whoever sends the parcel: the customer on their page, or staff for them."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.formats import DASH
from db.domain.papers import Paper
from db.domain.return_slips import NoSlipError
from db.domain.time import utc_now
from db.engine import reading
from db.queries.printed import printed_return
from db.queries.return_settings import return_rules
from db.services.documents.sources import house
from db.storage import storage
from jobs.documents.logos import Logos
from jobs.documents.papers.blocks import House
from jobs.documents.papers.names import safe_name
from jobs.documents.papers.return_slip import draw_return_slip, slip_of
from jobs.documents.sheet import Sheet
from jobs.makers import Made, Progress


def make_return_slip(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the slip that a file's row names.

    Raises:
        NoSlipError: The return is settled or refused by now.
    """
    with reading(engine) as session:
        found = printed_return(session, arguments["return_id"])
        ours, instructions = house(session), return_rules(session).instructions
    if found is None:
        raise NoSlipError
    order, request = found
    title = f"{Paper.RETURN_SLIPS.one} {DASH} commande {order.details.number}"
    sheet = Sheet(title, utc_now(), author=ours.party.name)
    whose = House(ours.party.name, Logos(storage()).of(ours.logo_ref), instructions)
    draw_return_slip(sheet, whose, slip_of(order, request))
    sheet.write_to(out)
    progress(1)
    return Made(f"{safe_name(title)}.pdf", "application/pdf", 1)
