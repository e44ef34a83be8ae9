"""Ask for a voucher as a PDF: to be handed over, or put into a parcel."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import NotAllowedError
from db.domain.files import FileKind
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.domain.vouchers import VoucherUnusableError
from db.queries.access import viewer_of
from db.services.files import ask_for_file
from db.services.voucher_rows import voucher_with_order


def ask_for_voucher_file(session: Session, actor: Actor, voucher_id: int, now: dt.datetime) -> int:
    """Have a voucher made a PDF, as it stands then; return the file.

    Raises:
        NotAllowedError: The actor may not know customers.
        VoucherNotFoundError: There is no such voucher.
        VoucherUnusableError: Nothing can be bought with it any more.
    """
    actor.require(FileKind.VOUCHER.permission)
    _, voucher = voucher_with_order(session, actor, voucher_id, locked=False)
    if not voucher.state(local_day(now)).is_live:
        raise VoucherUnusableError(voucher, local_day(now))
    arguments = {"voucher_id": voucher_id, "person_id": actor.person_id}
    return ask_for_file(session, actor, FileKind.VOUCHER, f"Bon d’achat {voucher.code}", arguments, 1, now)


def whoever_asked(session: Session, arguments: Mapping[str, Any]) -> Viewer:
    """Return who asked for a voucher's file, as they are now.

    Raises:
        NotAllowedError: The account is closed, or their role does not know customers any more.
    """
    viewer = viewer_of(session, arguments["person_id"])
    if viewer is None:
        raise NotAllowedError(FileKind.VOUCHER.permission)
    viewer.require(FileKind.VOUCHER.permission)
    return viewer
