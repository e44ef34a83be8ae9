"""An order that arrived, for tests of what its customer sends back, over HTTP."""

import io
from dataclasses import dataclass

from PIL import Image

from db.domain.orders import OrderStatus
from db.domain.time import utc_now
from db.emails.links import follow_up_url
from db.engine import transaction
from db.models import ReturnSettings
from db.settings import settings
from tests.factories import create_customer, create_issuer, create_line, create_order


@dataclass(frozen=True)
class Delivered:
    """An order of one teapot and four cups, all of which arrived now."""

    order_id: int
    teapot: int
    cups: int

    def path(self, *, on_paper: bool = False) -> str:
        return follow_up_url(self.order_id, on_paper=on_paper).removeprefix(settings().public_url)


def add_delivered(**rules) -> Delivered:
    with transaction() as session:
        if rules:
            session.merge(ReturnSettings(id=1, **rules))
        lines = [
            create_line("Théière <b>noire</b>", 59_90, quantity_shipped=1),
            create_line("Tasse", 32_00, 4, quantity_shipped=4),
        ]
        order = create_order(
            session,
            create_issuer(session),
            create_customer(session),
            lines=lines,
            total_cents=91_90,
            status=OrderStatus.RECEIVED,
            received_at=utc_now(),
        )
        return Delivered(order.id, lines[0].id, lines[1].id)


def photo(colour="red", side=64, **save) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, **{"format": "JPEG"} | save)
    return out.getvalue()
