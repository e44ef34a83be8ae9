"""Ask for statements of a seller's account, of one payout or one month; ``jobs/payouts/statements`` makes them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.files import FileKind
from db.domain.months import month_of
from db.domain.payout_statements import OfMonth, OfPayout, StatementFormat, StatementOf
from db.domain.payouts import PayoutNotFoundError, PayoutState, reference_of
from db.domain.permissions import Role
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.models import Payout, Seller
from db.queries.access import viewer_of
from db.services.files import ask_for_file

#: No account has it.
_NOBODY = 0


def ask_for_statement(
    session: Session, actor: Actor, wanted: StatementOf, form: StatementFormat, now: dt.datetime
) -> int:
    """Have a statement made, as it stands then; return the file.

    Args:
        session: The caller's transaction.
        actor: Who wants it; sellers for themselves only.
        wanted: ``OfPayout(payout_id)`` or ``OfMonth(seller_id, month, currency)``.
        form: PDF, CSV or XLSX.
        now: The instant.

    Raises:
        NotAllowedError: The actor does not read payouts.
        NotFoundError: There is no such payout or seller for this actor.
        InvalidInputError: The payout was cancelled and holds nothing, or the month is to come.
    """
    actor.require(FileKind.PAYOUT_STATEMENT.permission)
    match wanted:
        case OfPayout():
            seller_id, name = _of_payout(session, actor, wanted)
        case OfMonth():
            seller_id, name = wanted.seller_id, _of_month(session, actor, wanted, now)
    arguments = wanted.to_json() | {"seller_id": seller_id, "format": form, "person_id": actor.person_id}
    title = f"{wanted.title}, {name} ({form.label})"
    return ask_for_file(session, actor, FileKind.PAYOUT_STATEMENT, title, arguments, 1, now)


def whoever_asked(session: Session, arguments: Mapping[str, Any]) -> Viewer:
    """Return for whom a statement is made: who asked, as they are now; what the system sends, its seller's own eyes.

    Raises:
        NotAllowedError: The account is closed, or their role does not read payouts any more.
    """
    person_id = arguments["person_id"]
    if person_id is None:
        return eyes_of(arguments["seller_id"])
    viewer = viewer_of(session, person_id)
    if viewer is None:
        raise NotAllowedError(FileKind.PAYOUT_STATEMENT.permission)
    viewer.require(FileKind.PAYOUT_STATEMENT.permission)
    return viewer


def eyes_of(seller_id: int) -> Viewer:
    """Return who sees what a seller sees, and nothing else: for what the system sends to it."""
    return Viewer(_NOBODY, SYSTEM.name, "", Role.SELLER, seller_id)


def _of_payout(session: Session, actor: Actor, wanted: OfPayout) -> tuple[int, str]:
    """Return the id and the name of the seller of a payout that this actor may have the statement of."""
    found = session.execute(
        sa.select(Seller.id, Seller.name, Payout.state)
        .join(Payout, Payout.seller_id == Seller.id)
        .where(Payout.id == wanted.payout_id)
    ).one_or_none()
    if found is None or actor.seller_id not in {None, found[0]}:
        raise PayoutNotFoundError
    seller_id, name, state = found
    if state is PayoutState.CANCELLED:
        raise InvalidInputError(
            f"{reference_of(wanted.payout_id)} est annulé\u00a0: il ne contient plus rien. Ses ventes sont dans un "
            "autre reversement, ou attendent le prochain."
        )
    return seller_id, name


def _of_month(session: Session, actor: Actor, wanted: OfMonth, now: dt.datetime) -> str:
    """Return the name of the seller that this actor may have the statement of."""
    name = session.scalar(sa.select(Seller.name).where(Seller.id == wanted.seller_id))
    if name is None or actor.seller_id not in {None, wanted.seller_id}:
        raise NotFoundError("Ce vendeur n’existe pas ou ne vous est pas accessible.")
    if wanted.month > month_of(local_day(now)):
        raise InvalidInputError("Ce mois est à venir\u00a0: choisissez le mois en cours ou un mois passé.")
    return name
