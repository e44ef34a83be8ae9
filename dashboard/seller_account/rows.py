"""What a seller's account states, as data: its figures, what is due when, its entries in words."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dashboard.badges import PAYOUT_BADGES, Badge
from dashboard.links import order_url
from dashboard.order_page.facts import day_words
from dashboard.payout_page.links import payout_url
from db.domain import formats
from db.domain.ledger import LedgerKind
from db.domain.next_payout import next_payout
from db.domain.payouts import PayoutState, reference_of
from db.domain.viewer import Viewer
from db.queries.payouts import PayoutRow
from db.queries.seller_account import DueDay, Hold, OpenPayout, SellerAccount
from db.queries.seller_entries import EntryRow


@dataclass(frozen=True, slots=True)
class Figure:
    """A large figure: what it is, how much, and what is to be known of it."""

    label: str
    value: str
    words: str = ""
    url: str = ""
    badge: Badge | None = None


def figures(
    viewer: Viewer,
    account: SellerAccount,
    currency: str,
    waiting: Sequence[OpenPayout],
    due: Sequence[DueDay],
    today: dt.date,
) -> list[Figure]:
    """Return the balance, what is being paid, and what comes next."""
    balance = account.balances.get(currency, 0)
    return [
        Figure("Solde", formats.money(balance, currency), _balance_words(viewer, balance)),
        *[_open_figure(each, currency) for each in waiting[:1]],
        _next_figure(currency, due, today, is_held=account.hold is not None),
    ]


def _balance_words(viewer: Viewer, balance: int) -> str:
    if not balance:
        return "Rien n’est dû"
    if viewer.seller_id is not None:
        return "Vous est dû, pas encore transmis" if balance > 0 else "Dû à la marketplace, déduit de vos ventes"
    return "Dû au vendeur, pas encore transmis" if balance > 0 else "Dû par le vendeur, déduit de ses ventes"


def _open_figure(payout: OpenPayout, currency: str) -> Figure:
    return Figure(
        "Reversement en cours",
        formats.money(payout.net_cents, currency),
        payout.reference,
        payout_url(payout.id),
        PAYOUT_BADGES[payout.state],
    )


def _next_figure(currency: str, due: Sequence[DueDay], today: dt.date, *, is_held: bool) -> Figure:
    coming = next_payout([(day.due_on, day.net_cents) for day in due], today)
    if coming is None:
        words = "Ce qui vient est déduit de la dette" if due else "Rien n’est à venir"
        return Figure("Prochain reversement", formats.DASH, words)
    when = "à la prochaine préparation" if coming.due_on <= today else day_words(coming.due_on)
    words = f"{when}, une fois la retenue levée" if is_held else when
    return Figure("Prochain reversement", formats.money(coming.net_cents, currency), words)


@dataclass(frozen=True, slots=True)
class DueRow:
    """One day of what is due, as it is drawn."""

    day: str
    badge: Badge | None
    sales: str
    refund: str
    fee: str
    other: str
    net: str


def due_row(day: DueDay, today: dt.date) -> DueRow:
    """Return what falls due on a day, in words."""
    count = f" ({formats.integer(day.sale_count)})" if day.sale_count else ""
    return DueRow(
        day=day_words(day.due_on),
        badge=_OVERDUE if day.due_on <= today else None,
        sales=f"{formats.amount(day.sale_cents)}{count}" if day.sale_cents else "",
        refund=formats.amount_if_any(day.refund_cents),
        fee=formats.amount_if_any(day.fee_cents),
        other=formats.amount_if_any(day.other_cents),
        net=formats.amount(day.net_cents),
    )


_OVERDUE = Badge("échu", "schedule", PAYOUT_BADGES[PayoutState.HELD].colour)


@dataclass(frozen=True, slots=True)
class Link:
    """Words, and where they lead."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One entry as it is drawn."""

    when: str
    exactly: str
    what: str
    cause: Link | None
    notes: tuple[str, ...]
    #: Where it is paid: the payout that holds it, or the day on which it falls due.
    paid: Link | None
    amount: str
    balance: str


def entry_row(entry: EntryRow, held: Collection[str], now: dt.datetime) -> AccountEntry:
    """Return an entry in words, its amount with its sign.

    Args:
        entry: The entry.
        held: The numbers of the orders that are kept out.
        now: What « hier » refers to.
    """
    sign = "+" if entry.amount_cents > 0 else ""
    return AccountEntry(
        when=formats.short_instant(entry.at, now),
        exactly=formats.instant(entry.at),
        what=_what(entry),
        cause=_cause(entry),
        notes=tuple(filter(None, [entry.note, entry.actor_name if entry.kind is LedgerKind.CORRECTION else ""])),
        paid=_paid(entry, held),
        amount=f"{sign}{formats.amount(entry.amount_cents)}",
        balance=formats.amount(entry.balance_cents),
    )


def _what(entry: EntryRow) -> str:
    rate = f" {formats.rate(entry.fee_rate_bp)}" if entry.fee_rate_bp is not None else ""
    if entry.kind is LedgerKind.CARRIED and entry.due_on is None:
        return "Dette soldée par report"
    return f"{entry.kind.label}{rate}"


def _cause(entry: EntryRow) -> Link | None:
    if entry.order_number is not None:
        return Link(formats.short_number(entry.order_number), order_url(entry.order_number))
    if entry.payout_id is not None:
        return Link(reference_of(entry.payout_id), payout_url(entry.payout_id))
    return None


def _paid(entry: EntryRow, held: Collection[str]) -> Link | None:
    if entry.held_by_id is not None:
        return Link(reference_of(entry.held_by_id), payout_url(entry.held_by_id))
    if entry.order_number in held:
        return Link("commande retenue")
    return Link(f"dû le {formats.date(entry.due_on)}") if entry.due_on else None


@dataclass(frozen=True, slots=True)
class PaidRow:
    """A payout in two lines: what it is, how it stands and how much; below, when."""

    name: str
    url: str
    badge: Badge
    amount: str
    words: str
    is_quiet: bool


def paid_row(payout: PayoutRow) -> PaidRow:
    """Return a payout in words: when it was paid, or why it is not; or on which day it fell due."""
    return PaidRow(
        name=payout.reference,
        url=payout_url(payout.id),
        badge=PAYOUT_BADGES[payout.state],
        amount=formats.money(payout.net_cents, payout.currency),
        words=_paid_words(payout),
        is_quiet=payout.state in {PayoutState.CANCELLED, PayoutState.CARRIED},
    )


def _paid_words(payout: PayoutRow) -> str:
    if payout.rejection:
        return payout.rejection
    if payout.paid_on is not None:
        return f"payé le {formats.date(payout.paid_on)}"
    due = f"échu le {formats.date(payout.due_on)}"
    return f"{payout.hold_reason.label}, {due}" if payout.hold_reason else due


def hold_words(viewer: Viewer, hold: Hold) -> str:
    """Return why something is held, in plain words: to sellers, without who decided and the details."""
    since = f"depuis le {formats.instant(hold.held_at)}"
    if viewer.seller_id is not None:
        return f"{hold.reason.label}, {since}"
    return f"{hold.reason.label}, {since} par {hold.person_name}\u00a0: {hold.note}"
