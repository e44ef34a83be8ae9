"""Read the bank's answer to transfers: told first, then done; the same answer twice changes nothing."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.bank_matching import PlannedLine, ReportPlan, Verdict, named_files, named_payouts, plan
from db.domain.bank_reports import BankReport
from db.domain.payout_acts import ShownPayout
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.queries.bank_report import known_payouts
from db.services.audit import Act, note_act
from db.services.payouts.acts import Refused, act_on_each
from db.services.payouts.marking import mark_paid, reject


@dataclass(frozen=True, slots=True)
class ReportApplied:
    """What came of a report."""

    paid: int
    rejected: int
    refused: tuple[Refused, ...]


def plan_report(session: Session, actor: Actor, report: BankReport, now: dt.datetime) -> ReportPlan:
    """Return what would follow from a report; nothing is written.

    Args:
        session: An open session.
        actor: Who asks.
        report: What the bank says (``read_report``).
        now: The instant.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    return plan(report, known_payouts(session, named_payouts(report), named_files(report)), local_day(now))


def apply_report(session: Session, actor: Actor, report: BankReport, now: dt.datetime) -> ReportApplied:
    """Note what the bank paid and what it rejected; the plan is made anew, from payouts as they are now.

    Args:
        session: The caller's transaction.
        actor: Who has read the report.
        report: What the bank says (``read_report``).
        now: The instant.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
    """
    planned = plan_report(session, actor, report, now)
    lines = {line.payout.id: line for line in planned.to_do if line.payout}
    shown = [ShownPayout(payout_id, line.payout.version) for payout_id, line in lines.items() if line.payout]
    outcome = act_on_each(session, shown, lambda each: _note(session, actor, each, lines[each.payout_id], now))
    done = [lines[payout_id].verdict for payout_id in outcome.done]
    applied = ReportApplied(done.count(Verdict.PAY), done.count(Verdict.REJECT), outcome.refused)
    said = {"paid": applied.paid, "rejected": applied.rejected, "refused": len(applied.refused)}
    note_act(session, actor, Act(AuditArea.PAYOUTS, "bank_report_applied", after=said), now)
    return applied


def _note(session: Session, actor: Actor, shown: ShownPayout, line: PlannedLine, now: dt.datetime) -> None:
    on = line.on or local_day(now)
    if line.verdict is Verdict.PAY:
        mark_paid(session, actor, shown.payout_id, shown.version, on, now, booking=line.booking)
    else:
        reject(session, actor, shown.payout_id, shown.version, line.code, line.words, on, now)
