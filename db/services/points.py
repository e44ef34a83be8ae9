"""Loyalty points that a person of the house gives or takes; what sales earn is ``accounts.reconcile``'s."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea, customer_label
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.formats import integer, plural
from db.domain.loyalty import PointsKind, PointsReason
from db.domain.permissions import Permission
from db.domain.privacy import AlreadyErasedError
from db.models import Customer, PointsMovement
from db.queries.customer_detail import CustomerNotFoundError
from db.services.audit import Act, note_act
from db.services.upsert import insert_for

MAX_POINTS = 1_000_000


class PointsChangedError(MarketplaceError):
    """The balance is not the one that was corrected any more."""

    def __init__(self, balance: int) -> None:
        self.balance = balance
        super().__init__(
            f"Le solde a changé entre-temps\u00a0: il est de {plural(balance, 'point')}. Vérifiez-le, puis recommencez."
        )


def correct_points(
    session: Session,
    actor: Actor,
    customer_id: int,
    expected: int,
    wanted: int,
    reason: PointsReason,
    key: str,
    now: dt.datetime,
) -> int:
    """Bring a customer's points to what they should be; return the balance.

    Args:
        session: The caller's transaction.
        actor: Who corrects.
        customer_id: Whose points.
        expected: The balance that they saw; another one is refused.
        wanted: The balance that it should be.
        reason: Why, kept with the movement and handed out with the customer's data.
        key: Drawn when the form opens: a second click moves nothing.
        now: The instant.

    Raises:
        NotAllowedError: The actor does not handle customers' affairs.
        InvalidInputError: The balance cannot be used.
        CustomerNotFoundError: There is no such account.
        AlreadyErasedError: The customer's data was erased.
        PointsChangedError: The balance is another one by now.
    """
    actor.require(Permission.HANDLE_RETURNS)
    if not 0 <= wanted <= MAX_POINTS:
        raise InvalidInputError(f"Un solde va de 0 à {integer(MAX_POINTS)} points.")
    customer = session.execute(
        sa.select(Customer.loyalty_points, Customer.erased_at)
        .where(Customer.id == customer_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if customer is None:
        raise CustomerNotFoundError
    balance: int = customer.loyalty_points
    cause = f"correction:{key}"
    if session.scalar(sa.select(PointsMovement.id).where(PointsMovement.cause == cause)) is not None:
        return balance
    if customer.erased_at is not None:
        raise AlreadyErasedError
    if balance != expected:
        raise PointsChangedError(balance)
    if wanted == expected:
        raise InvalidInputError("Le solde est déjà celui-là\u00a0: saisissez celui qu’il doit être.")
    move_points(session, actor, customer_id, wanted - expected, cause, reason.label, now)
    return wanted


def move_points(
    session: Session, actor: Actor, customer_id: int, points: int, cause: str, note: str, now: dt.datetime
) -> None:
    """Write a correction of somebody's points; the same cause moves nothing twice. A trigger adds it to the balance."""
    moved = insert_for(session, PointsMovement).values(
        customer_id=customer_id,
        kind=PointsKind.CORRECTION,
        cause=cause,
        points=points,
        note=note,
        actor_name=actor.lasting_name,
        at=now,
    )
    session.execute(moved.on_conflict_do_nothing(index_elements=["cause"]))
    said = {"points": points}
    label = customer_label(customer_id)
    act = Act(AuditArea.CUSTOMERS, "points_corrected", "customer", customer_id, label, after=said, note=note)
    note_act(session, actor, act, now)
