"""What approving payouts would come to, said before it is done: which stay as they are and why, which are unusual."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.payout_acts import ShownPayout
from db.domain.payouts import PayoutLimits, is_unusual
from db.domain.permissions import Permission
from db.models import Payout
from db.queries.usual_payouts import usual_cents_of_all
from db.services.payouts.acts import Refused, as_shown
from db.services.payouts.approving import APPROVABLE, check_approval
from db.services.payouts.standing import limits_of


@dataclass(frozen=True, slots=True)
class ApprovalPlan:
    """What ``approve`` would do with some payouts."""

    refused: tuple[Refused, ...]
    #: Of those that go, the ones that deserve a second look: what the seller is usually paid, None where it never was.
    unusual: Mapping[int, int | None]


def plan_approval(session: Session, actor: Actor, shown: Sequence[ShownPayout], now: dt.datetime) -> ApprovalPlan:
    """Return what approving payouts would come to; nothing is written.

    Raises:
        NotAllowedError: The actor may not approve payouts.
    """
    actor.require(Permission.APPROVE_PAYOUTS)
    found = session.scalars(sa.select(Payout).where(Payout.id.in_([each.payout_id for each in shown])))
    payouts = {payout.id: payout for payout in found}
    limits, refused = limits_of(session), list[Refused]()
    for each in shown:
        try:
            payout = as_shown(each, payouts.get(each.payout_id), *APPROVABLE)
            check_approval(session, actor, payout, limits, now)
        except MarketplaceError as error:
            refused.append(Refused(each.payout_id, error))
    stay = {each.payout_id for each in refused}
    going = [payout for payout in payouts.values() if payout.id not in stay]
    return ApprovalPlan(tuple(refused), _unusual(session, going, limits))


def _unusual(session: Session, payouts: Sequence[Payout], limits: PayoutLimits) -> dict[int, int | None]:
    usual = usual_cents_of_all(session, {payout.seller_id for payout in payouts})
    return {
        payout.id: usual.get((payout.seller_id, payout.currency))
        for payout in payouts
        if is_unusual(payout.net_cents, usual.get((payout.seller_id, payout.currency)), limits)
    }
