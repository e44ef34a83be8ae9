"""The night's check of what sellers are paid: entries against what is paid out of them, payouts against both.

A payout is the sum of what it holds. Once it is over, the entry that settles it takes exactly that off the account:
what it holds and its entry come to nothing. What the bank rejected, and what is carried over, is owed once more, once.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.balances import Subject
from db.domain.formats import money, plural
from db.domain.ledger import FEE_KINDS, LedgerKind
from db.domain.payouts import CLOSED_PAYOUT_STATES, PayoutState, reference_of
from db.models import LedgerEntry, Order, Payout, PayoutEntry
from db.queries.columns import sum_of

#: A row of ``balance_findings``.
Finding = dict[str, Any]
#: The amounts of a payout that are sums of what it holds, and what each is called.
_PARTS = {
    "sale_cents": "les ventes",
    "refund_cents": "les remboursements",
    "fee_cents": "les commissions",
    "other_cents": "le reste",
}


@dataclass(frozen=True, slots=True)
class Booked:
    """What a payout itself caused in its seller's account, in cents."""

    #: Taken off as it was paid; nothing again where its file was never made.
    paid_off_cents: int = 0
    #: Owed again, since the bank rejected it.
    rejected_cents: int = 0
    #: Of a debt: what closed it, and what goes on.
    closed_cents: int = 0
    owed_cents: int = 0


def last_entry(session: Session) -> int:
    """Return the highest id of a ledger entry; 0 where there is none."""
    return session.scalar(sa.select(sa.func.max(LedgerEntry.id))) or 0


def last_payout(session: Session) -> int:
    """Return the highest id of a payout; 0 where there is none."""
    return session.scalar(sa.select(sa.func.max(Payout.id))) or 0


def entry_findings(session: Session, after: int, up_to: int) -> list[Finding]:
    """Compare the ledger entries of some ids with what is to be paid out of each.

    An entry that settles a payout is not paid out; every other one is, for the same amount to the same seller, once.
    """
    settles = sa.or_(
        LedgerEntry.kind == LedgerKind.PAYOUT,
        sa.and_(LedgerEntry.kind == LedgerKind.CARRIED, LedgerEntry.amount_cents > 0),
    )
    is_there = PayoutEntry.entry_id.is_not(None)
    is_alike = sa.and_(
        PayoutEntry.seller_id == LedgerEntry.seller_id,
        PayoutEntry.currency == LedgerEntry.currency,
        PayoutEntry.kind == LedgerEntry.kind,
        PayoutEntry.amount_cents == LedgerEntry.amount_cents,
    )
    wrong = session.execute(
        sa.select(
            LedgerEntry.id,
            LedgerEntry.kind,
            LedgerEntry.currency,
            LedgerEntry.amount_cents,
            LedgerEntry.order_id,
            sa.func.coalesce(LedgerEntry.payout_id, PayoutEntry.payout_id).label("payout_id"),
            PayoutEntry.amount_cents.label("to_pay"),
            settles.label("settles"),
        )
        .outerjoin(PayoutEntry, PayoutEntry.entry_id == LedgerEntry.id)
        .where(
            LedgerEntry.id > after,
            LedgerEntry.id <= up_to,
            sa.or_(sa.and_(settles, is_there), sa.and_(~settles, ~is_there), sa.and_(is_there, ~is_alike)),
        )
        .order_by(LedgerEntry.id)
    ).all()
    numbers = _numbers(session, [row.order_id for row in wrong if row.order_id is not None])
    return [_of_entry(row, numbers.get(row.order_id, "")) for row in wrong]


def _of_entry(row: sa.Row[*tuple[Any, ...]], order_number: str) -> Finding:
    booked = money(row.amount_cents, row.currency)
    what = f"Écriture n°\u00a0{row.id} ({row.kind.label}" + (f", commande {order_number})" if order_number else ")")
    if row.settles:
        why = f"elle solde un reversement de {booked}, et serait versée une seconde fois"
    elif row.to_pay is None:
        why = f"{booked} au compte du vendeur, qu’aucun reversement ne prendra"
    else:
        why = f"{booked} au compte du vendeur, {money(row.to_pay, row.currency)} à verser"
    return {
        "subject": Subject.PAYOUTS,
        "order_id": row.order_id,
        "payout_id": row.payout_id,
        "expected": 0 if row.settles else row.amount_cents,
        "found": row.to_pay or 0,
        "sentence": f"{what}\u00a0: {why}.",
    }


def _numbers(session: Session, order_ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(sa.select(Order.id, Order.number).where(Order.id.in_(order_ids)))
    return {row.id: row.number for row in rows}


def payout_findings(session: Session, after: int, up_to: int) -> list[Finding]:
    """Compare the payouts of some ids with what they hold, and with the entries that settle them."""
    payouts = session.scalars(sa.select(Payout).where(Payout.id > after, Payout.id <= up_to).order_by(Payout.id)).all()
    ids = [payout.id for payout in payouts]
    held, strangers = _held(session, ids), _strangers(session, ids)
    booked = _booked(session, ids)
    found: list[Finding] = []
    for payout in payouts:
        sums = held.get(payout.id, {})
        found += _of_parts(payout, sums) if payout.state is not PayoutState.CANCELLED else _of_cancelled(payout, sums)
        found += _of_entries(payout, booked.get(payout.id, Booked()))
        if payout.id in strangers:
            count = plural(strangers[payout.id], "écriture")
            words = f"{count} d’un autre compte y sont versées"
            found.append(_finding(payout, words, 0, strangers[payout.id]))
    return found


def _of_parts(payout: Payout, sums: Mapping[LedgerKind, int]) -> Iterator[Finding]:
    """Find amounts of a payout that are not those of what it holds."""
    by_rows = {
        "sale_cents": sums.get(LedgerKind.SALE, 0),
        "refund_cents": sums.get(LedgerKind.REFUND, 0),
        "fee_cents": sum(sums.get(kind, 0) for kind in FEE_KINDS),
    }
    by_rows["other_cents"] = sum(sums.values()) - sum(by_rows.values())
    for name, words in _PARTS.items():
        noted = getattr(payout, name)
        if noted != by_rows[name]:
            shown, held = (money(cents, payout.currency) for cents in (noted, by_rows[name]))
            yield _finding(payout, f"{words} sont à {shown}, ses écritures font {held}", by_rows[name], noted)


def _of_cancelled(payout: Payout, sums: Mapping[LedgerKind, int]) -> Iterator[Finding]:
    """Find a cancelled payout that still holds something: nobody would ever be paid it."""
    if sums:
        held = sum(sums.values())
        words = f"il est annulé et retient encore {money(held, payout.currency)}"
        yield _finding(payout, words, 0, held)


def _of_entries(payout: Payout, booked: Booked) -> Iterator[Finding]:
    """Find a payout whose state and whose own entries in the seller's account do not tell the same."""
    is_carried = payout.state is PayoutState.CARRIED
    is_paid_off = payout.state in CLOSED_PAYOUT_STATES and not is_carried
    compared = (
        ("en ont été soldés", booked.paid_off_cents, -payout.net_cents if is_paid_off else 0),
        ("sont dus à nouveau", booked.rejected_cents, payout.net_cents if payout.state is PayoutState.REJECTED else 0),
        ("de dette en ont été soldés", booked.closed_cents, -payout.net_cents if is_carried else 0),
        ("de dette sont reportés", booked.owed_cents, payout.net_cents if is_carried else 0),
    )
    for words, found, expected in compared:
        if found != expected:
            shown, right = (money(cents, payout.currency) for cents in (found, expected))
            said = f"il est à l’état « {payout.state.label} », {shown} {words} au compte du vendeur au lieu de {right}"
            yield _finding(payout, said, expected, found)


def _finding(payout: Payout, words: str, expected: int, found: int) -> Finding:
    return {
        "subject": Subject.PAYOUTS,
        "payout_id": payout.id,
        "expected": expected,
        "found": found,
        "sentence": f"{reference_of(payout.id)}\u00a0: {words}.",
    }


def _held(session: Session, payout_ids: Sequence[int]) -> dict[int, dict[LedgerKind, int]]:
    """Return what payouts hold, by kind."""
    rows = session.execute(
        sa.select(PayoutEntry.payout_id, PayoutEntry.kind, sum_of(PayoutEntry.amount_cents))
        .where(PayoutEntry.payout_id.in_(payout_ids))
        .group_by(PayoutEntry.payout_id, PayoutEntry.kind)
    )
    found: dict[int, dict[LedgerKind, int]] = defaultdict(dict)
    for payout_id, kind, cents in rows:
        if payout_id is not None:
            found[payout_id][kind] = cents
    return found


def _booked(session: Session, payout_ids: Sequence[int]) -> dict[int, Booked]:
    """Return what payouts themselves caused in the accounts."""

    def of(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sum_of(sa.case((sa.and_(*conditions), LedgerEntry.amount_cents), else_=0))

    is_carried, is_debt = LedgerEntry.kind == LedgerKind.CARRIED, LedgerEntry.amount_cents < 0
    rows = session.execute(
        sa.select(
            LedgerEntry.payout_id,
            of(LedgerEntry.kind == LedgerKind.PAYOUT),
            of(LedgerEntry.kind == LedgerKind.BANK_REJECTION),
            of(is_carried, ~is_debt),
            of(is_carried, is_debt),
        )
        .where(LedgerEntry.payout_id.in_(payout_ids))
        .group_by(LedgerEntry.payout_id)
    )
    return {payout_id: Booked(*sums) for payout_id, *sums in rows if payout_id is not None}


def _strangers(session: Session, payout_ids: Sequence[int]) -> dict[int, int]:
    """Return how many entries of another seller or currency payouts hold."""
    is_of_other = sa.or_(PayoutEntry.seller_id != Payout.seller_id, PayoutEntry.currency != Payout.currency)
    rows = session.execute(
        sa.select(Payout.id, sa.func.count())
        .join(PayoutEntry, PayoutEntry.payout_id == Payout.id)
        .where(Payout.id.in_(payout_ids), is_of_other)
        .group_by(Payout.id)
    )
    return {row[0]: row[1] for row in rows}
