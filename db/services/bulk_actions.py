"""One shape for everything that is done to many orders at once: ``plan`` is the dry run, ``run`` the act.

A plan writes nothing; a run writes in the caller's transaction and computes the very same. Neither raises for one
order's sake.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.bulk import BulkAction, CustomerMessage, DuePayment, Importing, Reminder, Tagging, Undoing
from db.domain.mail import Channel, RecipientKind
from db.domain.moves import Move
from db.models import Order
from db.services.due_payments import plan_due_payments, record_due_payments
from db.services.messages import LetterPlan, plan_messages, plan_reminders, remind, write_to_customers
from db.services.moves import Moved, MovePlan, Refused, move_orders, plan_moves
from db.services.order_facts import changed_meanwhile, load_facts
from db.services.outbox import Letter
from db.services.tags import plan_tagging, tag_orders
from db.services.task_items import undo_items

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Sums:
    """What an action comes to beside the orders themselves; amounts in cents by currency."""

    derogations: int = 0
    units_shipped: int = 0
    units_cancelled: int = 0
    refunds: Mapping[str, int] = field(default_factory=dict)
    receipts: Mapping[str, int] = field(default_factory=dict)
    invoices: int = 0
    credit_notes: int = 0
    credited: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """What an action would do to some orders now."""

    action: BulkAction
    #: Order id → the version it was seen at, of those that go; the act refuses those that changed since.
    versions: Mapping[int, int]
    refused: tuple[Refused, ...]
    #: The e-mails and SMS it queues.
    letters: tuple[Letter, ...] = ()
    sums: Sums = Sums()

    @property
    def refused_by_reason(self) -> dict[str, list[Refused]]:
        """Return the orders that do not go, by reason, the most frequent reason first."""
        grouped: dict[str, list[Refused]] = {}
        for each in self.refused:
            grouped.setdefault(each.reason, []).append(each)
        return dict(sorted(grouped.items(), key=lambda group: -len(group[1])))

    @property
    def emails(self) -> tuple[Letter, ...]:
        """Return the e-mails alone."""
        return tuple(letter for letter in self.letters if letter.channel is Channel.EMAIL)

    def recipients(self, kind: RecipientKind) -> list[str]:
        """Return whom of a kind the e-mails go to, each once."""
        return list(dict.fromkeys(letter.recipient for letter in self.emails if letter.recipient_kind is kind))


def plan(session: Session, actor: Actor, order_ids: Sequence[int], action: BulkAction, now: dt.datetime) -> BulkPlan:
    """Return what the action would do now; nothing is written.

    Raises:
        NotAllowedError: The actor may not do this to any order.
        InvalidInputError: What goes with the action cannot be used, whichever the order.
    """
    match action:
        case Move():
            moves = plan_moves(session, actor, order_ids, action)
            return BulkPlan(action, moves.versions, moves.refused, moves.letters, _sums_of_moves(moves))
        case DuePayment():
            receipts = plan_due_payments(session, actor, order_ids, action, now)
            received = ((order.currency, receipt.amount_cents) for order, receipt in receipts.receipts)
            invoices = sum(order.is_to_invoice and not order.is_cancelled for order, _ in receipts.receipts)
            sums = Sums(receipts=_by_currency(received), invoices=invoices)
            return BulkPlan(action, receipts.versions, receipts.refused, receipts.letters, sums)
        case CustomerMessage():
            written = plan_messages(session, actor, order_ids, action.subject, action.body)
            return _plan_of_letters(session, action, written)
        case Reminder():
            return _plan_of_letters(session, action, plan_reminders(session, actor, order_ids, now))
        case Tagging():
            tagged = plan_tagging(session, actor, order_ids, action)
            return BulkPlan(action, tagged.versions, tagged.refused)
        case Undoing():
            raise TypeError("taking a task back has no dry run: it concerns what that task did")
        case Importing():
            raise TypeError("an import has a dry run of its own: its orders are not there yet")


def run(
    session: Session,
    actor: Actor,
    versions: Mapping[int, int],
    action: BulkAction,
    now: dt.datetime,
    task_id: int,
) -> Moved:
    """Do the action to the orders of a plan (id → version seen), in the caller's transaction.

    Returns:
        Order id → history row of what was done, and the refusals: an order that changed since it was seen is one.

    Raises:
        NotAllowedError: The actor may not do this to any order.
        InvalidInputError: What goes with the action cannot be used, whichever the order.
    """
    order_ids = list(versions)
    match action:
        case Move():
            return move_orders(session, actor, order_ids, action, now, versions=versions, task_id=task_id)
        case DuePayment():
            return record_due_payments(session, actor, action, now, versions=versions, task_id=task_id)
        case CustomerMessage(subject=subject, body=body):
            same, changed = _as_seen(session, actor, versions)
            done = write_to_customers(session, actor, same, subject, body, now, task_id=task_id)
            return Moved(done.history_ids, done.refused + changed, done.emails)
        case Reminder():
            same, changed = _as_seen(session, actor, versions)
            done = remind(session, actor, same, now, task_id=task_id)
            return Moved(done.history_ids, done.refused + changed, done.emails)
        case Tagging():
            return tag_orders(session, actor, order_ids, action, now)
        case Undoing():
            return undo_items(session, actor, order_ids, action.task_id, now)
        case Importing():
            raise TypeError("an import has items of its own: its orders are not there yet")


def _sums_of_moves(plan: MovePlan) -> Sums:
    effects = [each.effects for each in plan.planned]
    return Sums(
        derogations=sum(each.is_derogation for each in effects),
        units_shipped=sum(sum(each.shipped.values()) for each in effects),
        units_cancelled=sum(sum(each.cancelled.values()) for each in effects),
        refunds=_by_currency((each.order.currency, each.effects.refund_cents) for each in plan.planned),
        invoices=sum(each.invoices for each in effects),
        credit_notes=sum(each.credited_cents > 0 for each in effects),
        credited=_by_currency((each.order.currency, each.effects.credited_cents) for each in plan.planned),
    )


def _by_currency(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for currency, cents in amounts:
        totals[currency] += cents
    return {currency: cents for currency, cents in totals.most_common() if cents}


def _plan_of_letters(session: Session, action: BulkAction, plan: LetterPlan) -> BulkPlan:
    versions = _versions(session, [letter.order_id for letter in plan.letters])
    return BulkPlan(action, versions, plan.refused, plan.letters)


def _versions(session: Session, order_ids: Sequence[int], *, locked: bool = False) -> dict[int, int]:
    versions: dict[int, int] = {}
    ids = sorted(order_ids)
    for start in range(0, len(ids), _AT_ONCE):
        found = sa.select(Order.id, Order.version).where(Order.id.in_(ids[start : start + _AT_ONCE])).order_by(Order.id)
        rows = session.execute(found.with_for_update() if locked else found)
        versions |= {row.id: row.version for row in rows}
    return versions


def _as_seen(session: Session, actor: Actor, seen: Mapping[int, int]) -> tuple[list[int], tuple[Refused, ...]]:
    """Return the orders that are as they were seen, locked, and the refusals of those that are not.

    A text that fits an order as it was may not fit it any more: « votre colis part demain », once it is cancelled.
    """
    present = _versions(session, list(seen), locked=True)
    changed = [order_id for order_id, version in seen.items() if present.get(order_id, version) != version]
    facts = load_facts(session, actor, changed)
    errors = changed_meanwhile(session, list(facts.values()))
    refused = tuple(Refused(order.id, order.number, errors[order.id]) for order in facts.values())
    return [order_id for order_id in seen if order_id not in facts], refused
