"""Of the payouts that a dialog was opened on: which of them go, which do not and why, which are unusual."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.payouts.opened import Opened, PayoutAct
from db.domain.actor import Actor
from db.domain.payouts import PayoutMovedError
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.payouts import PayoutRow, payouts_with_ids
from db.services.payouts.acts import Refused
from db.services.payouts.approval_plan import plan_approval
from db.services.payouts.exporting import refused_exports


@dataclass(frozen=True, slots=True)
class Going:
    """What an act would do."""

    rows: tuple[PayoutRow, ...]
    refused: tuple[Refused, ...] = ()
    #: Of those that go, the unusual ones: what the seller is usually paid, None where it never was.
    unusual: Mapping[int, int | None] = field(default_factory=dict)


def going_of(viewer: Viewer, opened: Opened, now: dt.datetime) -> Going:
    """Return what the act of an open dialog would do with its payouts, as they were seen."""
    actor = Actor.person(viewer)
    with reading() as session:
        rows = payouts_with_ids(session, viewer, [each.payout_id for each in opened.shown])
        if opened.act is PayoutAct.APPROVE:
            plan = plan_approval(session, actor, opened.shown, now)
            return Going(_without(rows, plan.refused), plan.refused, plan.unusual)
        if opened.act is PayoutAct.EXPORT:
            refused = refused_exports(session, actor, opened.shown, now)
            return Going(_without(rows, refused), refused)
    seen = {each.payout_id: each.version for each in opened.shown}
    moved = tuple(Refused(row.id, PayoutMovedError(row.id, row.state)) for row in rows if row.version != seen[row.id])
    return Going(_without(rows, moved), moved)


def _without(rows: Sequence[PayoutRow], refused: Sequence[Refused]) -> tuple[PayoutRow, ...]:
    stay = {each.payout_id for each in refused}
    return tuple(row for row in rows if row.id not in stay)
