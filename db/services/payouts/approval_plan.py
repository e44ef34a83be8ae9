"""What approving payouts would come to, said before it is done: which stay as they are and why, which are unusual."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.payout_acts import HeldError, ShownPayout, check_state
from db.domain.payouts import PayoutMovedError, PayoutNotFoundError, PayoutState, hold_reasons, is_unusual
from db.domain.permissions import Permission
from db.models import Payout
from db.queries.usual_payouts import usual_cents_of_all
from db.services.payouts.acts import Refused, other_person
from db.services.payouts.standing import limits_of, standing_of


@dataclass(frozen=True, slots=True)
class ApprovalPlan:
    """What ``approve`` would do with some payouts."""

    refused: tuple[Refused, ...]
    #: Of those that go, the ones that deserve a second look: what the seller is usually paid, None where it never was.
    unusual: Mapping[int, int | None]

    @property
    def refused_ids(self) -> frozenset[int]:
        """Return the payouts that stay as they are."""
        return frozenset(each.payout_id for each in self.refused)


def plan_approval(session: Session, actor: Actor, shown: Sequence[ShownPayout], now: dt.datetime) -> ApprovalPlan:
    """Return what approving payouts would come to; nothing is written.

    Raises:
        NotAllowedError: The actor may not approve payouts.
    """
    actor.require(Permission.APPROVE_PAYOUTS)
    found = session.scalars(sa.select(Payout).where(Payout.id.in_([each.payout_id for each in shown])))
    payouts = {payout.id: payout for payout in found}
    refused: list[Refused] = []
    for each in shown:
        try:
            _check(session, actor, each, payouts.get(each.payout_id), now)
        except MarketplaceError as error:
            refused.append(Refused(each.payout_id, error))
    stay = {each.payout_id for each in refused}
    return ApprovalPlan(tuple(refused), _unusual(session, [each for each in payouts.values() if each.id not in stay]))


def _check(session: Session, actor: Actor, shown: ShownPayout, payout: Payout | None, now: dt.datetime) -> None:
    if payout is None:
        raise PayoutNotFoundError
    if payout.version != shown.version:
        raise PayoutMovedError(payout.id, payout.state)
    check_state(payout.id, payout.state, (PayoutState.PREPARED, PayoutState.HELD))
    other_person(session, actor, payout, payout.prepared_by_id, "préparé")
    standing = standing_of(session, payout.seller_id)
    reasons = hold_reasons(standing, payout.net_cents, limits_of(session), now, payout.waived_cents)
    if reasons:
        raise HeldError(payout.id, reasons)


def _unusual(session: Session, payouts: Sequence[Payout]) -> dict[int, int | None]:
    usual = usual_cents_of_all(session, {payout.seller_id for payout in payouts})
    limits = limits_of(session)
    return {
        payout.id: usual.get((payout.seller_id, payout.currency))
        for payout in payouts
        if is_unusual(payout.net_cents, usual.get((payout.seller_id, payout.currency)), limits)
    }
