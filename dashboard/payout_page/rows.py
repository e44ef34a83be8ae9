"""What a payout's page states, as data: the addition that comes to the net, its lines, its life."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from dashboard.documents.state import DocumentsState
from dashboard.documents.state import to_query as documents_query
from dashboard.links import order_url
from dashboard.navigation import INVOICES
from dashboard.order_page.facts import Fact
from dashboard.order_page.rows import Sum
from dashboard.order_page.timeline import TimelineEntry
from dashboard.payout_page.links import payout_url
from db.domain import formats
from db.domain.iban import bank_of, iban_masked
from db.domain.ledger import FEE_KINDS, ORDER_KINDS, LedgerKind
from db.domain.payouts import PayoutEvent, PayoutState, reference_of
from db.queries.payout_rows import CreditNoteRef, PayoutDetail, PayoutLine, PayoutStep

_ICONS = {
    PayoutEvent.PREPARED: "playlist_add_check",
    PayoutEvent.TOPPED_UP: "add_circle",
    PayoutEvent.HELD: "pan_tool",
    PayoutEvent.RELEASED: "lock_open",
    PayoutEvent.APPROVED: "verified",
    PayoutEvent.EXPORTED: "account_balance",
    PayoutEvent.EXPORT_UNDONE: "undo",
    PayoutEvent.PAID: "check_circle",
    PayoutEvent.REJECTED: "error",
    PayoutEvent.CARRIED: "redo",
    PayoutEvent.CANCELLED: "block",
    PayoutEvent.INVOICED: "request_quote",
    PayoutEvent.NOTIFIED: "mail",
}


def addition(payout: PayoutDetail) -> list[Sum]:
    """Return the sums that add up to the net, to the cent: each is there if it is not nothing."""

    def money(cents: int) -> str:
        return formats.money(cents, payout.currency)

    sales = "Ventes" if payout.state is PayoutState.CANCELLED else formats.plural(payout.sale_count, "vente")
    others = [kind for kind in LedgerKind if kind not in ORDER_KINDS]
    parts = [
        (sales, payout.sale_cents),
        ("Remboursements", payout.refund_cents),
        *((_FEE_WORDS[kind], payout.by_kind.get(kind, 0)) for kind in FEE_KINDS),
        *((_OTHER_WORDS.get(kind, kind.label), payout.by_kind.get(kind, 0)) for kind in others),
    ]
    known = sum(cents for _, cents in parts)
    rest = payout.net_cents - known  # Of one that was cancelled: what it held is told in sums alone.
    return [Sum(label, money(cents)) for label, cents in [*parts, ("Corrections, dettes et rejets", rest)] if cents]


_FEE_WORDS = {LedgerKind.FEE: "Commissions", LedgerKind.FEE_BACK: "Commissions rendues"}
_OTHER_WORDS = {
    LedgerKind.CORRECTION: "Corrections",
    LedgerKind.CARRIED: "Dettes reportées",
    LedgerKind.BANK_REJECTION: "Virements rejetés",
}


def net_label(payout: PayoutDetail) -> str:
    """Return what the sum is: to be paid, paid, owed by the seller."""
    return {
        PayoutState.EXPORTED: "Net transmis",
        PayoutState.PAID: "Net payé",
        PayoutState.REJECTED: "Net rejeté",
        PayoutState.CARRIED: "Net reporté",
        PayoutState.CANCELLED: "Net annulé",
    }.get(payout.state, "Net à payer")


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A few words under a line, and where they lead."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line as it is drawn: an order, or an entry that is of none."""

    name: str
    url: str
    notes: tuple[NoteRow, ...]
    date: str
    sale: str
    refund: str
    fee: str
    other: str
    net: str


def line_row(line: PayoutLine) -> LineRow:
    """Return a line in words, the amounts in columns whose currency is said above."""
    is_order = line.order_number is not None
    return LineRow(
        name=line.order_number or (line.kind.label if line.kind else ""),
        url=order_url(line.order_number) if line.order_number else "",
        notes=tuple(_credit_note(each) for each in line.credit_notes) if is_order else _source(line),
        date=formats.date(line.placed_on) if line.placed_on else "",
        sale=formats.amount_if_any(line.sale_cents),
        refund=formats.amount_if_any(line.refund_cents),
        fee=formats.amount_if_any(line.fee_cents),
        other=formats.amount_if_any(line.other_cents),
        net=formats.amount(line.net_cents),
    )


def _credit_note(note: CreditNoteRef) -> NoteRow:
    chosen = documents_query(DocumentsState(chosen=note.id))
    return NoteRow(f"Avoir {note.number}", f"/{INVOICES.url_path}?{urlencode(chosen)}")


def _source(line: PayoutLine) -> tuple[NoteRow, ...]:
    found = []
    if line.from_payout_id is not None:
        found.append(NoteRow(f"de {reference_of(line.from_payout_id)}", payout_url(line.from_payout_id)))
    if line.note:
        found.append(NoteRow(line.note))
    return tuple(found)


def has_other(lines: Sequence[PayoutLine]) -> bool:
    """Tell whether a column is needed for what is neither a sale nor a refund nor a fee."""
    return any(line.other_cents for line in lines)


def transfer_facts(payout: PayoutDetail) -> list[Fact]:
    """Return where the money goes, how, and who let it go."""
    facts = [
        Fact("Échu au", formats.date(payout.due_on)),
        Fact("Préparé", _prepared(payout)),
        Fact("Approuvé", _by(payout.approved_by_name, payout.approved_at) if payout.approved_at else ""),
        Fact("Titulaire", payout.holder),
        Fact("IBAN", _account_words(payout.iban)),
        Fact("IBAN actuel", _account_words(payout.seller_iban) if payout.state.is_open else ""),
        Fact("Exécution demandée", formats.date(payout.requested_on) if payout.requested_on else ""),
        Fact("Remise", payout.message_id or ""),
        Fact("Payé le", formats.date(payout.paid_on) if payout.paid_on else "", is_strong=True),
        Fact("Référence du virement", payout.payment_reference),
        Fact("Motif du rejet", payout.rejection, is_strong=True),
    ]
    return [fact for fact in facts if fact.value]


def _account_words(iban: str) -> str:
    return " · ".join(part for part in (iban_masked(iban), bank_of(iban)) if part) if iban else ""


def _prepared(payout: PayoutDetail) -> str:
    if payout.prepared_by_id is None:
        return f"{formats.instant(payout.prepared_at)}, automatiquement"
    return _by(payout.prepared_by_name, payout.prepared_at)


def _by(name: str, at: dt.datetime) -> str:
    when = formats.instant(at)
    return f"{when} par {name}" if name else when


#: What is told of them is not the payout's amount: the fee's is in the note.
_OF_ANOTHER_AMOUNT = frozenset({PayoutEvent.INVOICED, PayoutEvent.NOTIFIED})


def step_entry(step: PayoutStep, currency: str, now: dt.datetime) -> TimelineEntry:
    """Return one step of its life in words."""
    return TimelineEntry(
        who=step.actor_name,
        when=formats.short_instant(step.at, now),
        exactly=formats.instant(step.at),
        iso=step.at.isoformat(),
        icon=_ICONS[step.event],
        what=step.event.label,
        before_status=None,
        after_status=None,
        details=() if step.event in _OF_ANOTHER_AMOUNT else (formats.money(step.net_cents, currency),),
        note=step.note,
        mails=(),
    )
