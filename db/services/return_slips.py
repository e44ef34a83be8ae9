"""Have the slip of one return made: ``jobs/documents/papers/one_return.py`` draws it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.files import FileKind
from db.domain.return_slips import SLIP_STATUSES, NoSlipError
from db.models import Order, Return
from db.queries.return_slips import current_slip
from db.services.files import ask_for_file


def ask_for_slip(session: Session, actor: Actor, return_id: int, now: dt.datetime) -> int:
    """Return the file of a return's slip, asked for anew where there is none that says what is true now.

    Raises:
        NotAllowedError: The actor does not read documents.
        NoSlipError: There is no such return for this actor, or no parcel is expected of it.
    """
    actor.require(FileKind.RETURN_SLIP.permission)
    wanted = sa.select(Return.version, Return.status, Order.number).join(Order, Order.id == Return.order_id)
    wanted = wanted.where(Return.id == return_id).with_for_update(of=Return)
    if actor.seller_id is not None:
        wanted = wanted.where(Order.seller_id == actor.seller_id)
    row = session.execute(wanted).one_or_none()
    if row is None or row.status not in SLIP_STATUSES:
        raise NoSlipError
    current = current_slip(session, return_id, now)
    if current is not None:
        return current.id
    title = f"Bon de retour de la commande {row.number}, demande n° {return_id}"
    arguments = {"return_id": return_id, "version": row.version}
    file_id = ask_for_file(session, actor, FileKind.RETURN_SLIP, title, arguments, 1, now)
    session.execute(
        sa.update(Return)
        .where(Return.id == return_id)
        .values(slip_file_id=file_id)
        .execution_options(synchronize_session=False)
    )
    return file_id
