"""What a statement says, read at one instant: whose it is, what it adds up from, and every line of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain import formats
from db.domain.iban import iban_masked
from db.domain.ledger import FEE_KINDS, LedgerKind
from db.domain.months import last_day
from db.domain.payout_statements import OfMonth, OfPayout, StatementOf
from db.domain.payouts import PayoutState, reference_of
from db.domain.postal import PostalAddress
from db.domain.viewer import Viewer
from db.models import Seller
from db.queries.month_statement import MonthEntry, MonthOrder, month_entries, month_orders, month_sums
from db.queries.payout_detail import all_payout_lines, payout_detail
from db.queries.payout_rows import CreditNoteRef, PayoutDetail, PayoutLine
from jobs.documents.letterhead import Fact

_ORDER = "Commande"
#: The lines of a statement's addition, and the kinds of entries in each; what settles payouts comes last.
_PARTS: tuple[tuple[str, tuple[LedgerKind, ...]], ...] = (
    ("Ventes", (LedgerKind.SALE,)),
    ("Remboursements aux clients", (LedgerKind.REFUND,)),
    ("Commissions", FEE_KINDS),
    ("Corrections", (LedgerKind.CORRECTION,)),
    ("Dettes reportées", (LedgerKind.CARRIED,)),
    ("Virements rejetés", (LedgerKind.BANK_REJECTION,)),
    ("Reversements", (LedgerKind.PAYOUT,)),
)

_NET_LABELS = {
    PayoutState.PAID: "Net versé",
    PayoutState.REJECTED: "Net versé, puis rejeté par la banque",
    PayoutState.CARRIED: "Net, reporté sur le prochain reversement",
}


@dataclass(frozen=True, slots=True)
class Line:
    """An order, or an entry that is of none. Amounts are cents as the account counts them: fees are below zero."""

    #: Of an order, when it was placed; else when it was booked, or None where the payout says that.
    day: dt.date | None
    #: « Commande », « Correction »…
    what: str
    #: Of the order, or the payout.
    reference: str
    #: Credit notes, or why.
    words: str
    sale_cents: int
    refund_cents: int
    fee_cents: int
    other_cents: int
    net_cents: int

    @property
    def is_order(self) -> bool:
        """Tell whether it is an order's."""
        return self.what == _ORDER


@dataclass(frozen=True, slots=True)
class Amount:
    """A line of the addition."""

    label: str
    cents: int


@dataclass(frozen=True, slots=True)
class Statement:
    """All that a statement says. It adds up: ``opening`` and the lines are ``closing``, and so are the parts."""

    of: StatementOf
    #: « Reversement REV-000012 », « Novembre 2026 ».
    name: str
    seller: PostalAddress
    seller_code: str
    currency: str
    facts: tuple[Fact, ...]
    #: What was owed before; None for a payout, which begins with nothing.
    opening: Amount | None
    parts: tuple[Amount, ...]
    closing: Amount
    lines: tuple[Line, ...]
    #: What is to be known before it is relied upon; empty where it is final.
    caution: str = ""

    def __post_init__(self) -> None:
        """Refuse to state what does not add up: better none than a wrong one."""
        begins = self.opening.cents if self.opening else 0
        ways = {begins + sum(each.cents for each in self.parts), begins + sum(line.net_cents for line in self.lines)}
        if ways != {self.closing.cents}:
            raise ValueError(f"{self.name} of seller {self.seller_code} does not add up: {ways}, {self.closing.cents}")

    @property
    def orders(self) -> list[Line]:
        """Return the lines of orders."""
        return [line for line in self.lines if line.is_order]

    @property
    def others(self) -> list[Line]:
        """Return the lines that are of no order."""
        return [line for line in self.lines if not line.is_order]


def read_statement(session: Session, viewer: Viewer, wanted: StatementOf, today: dt.date) -> Statement:
    """Read a statement; the session sees the database at one instant.

    Raises:
        NotAllowedError: The person may not read payouts.
        NotFoundError: There is no such payout or account for this person.
        ValueError: What is booked does not add up.
    """
    if isinstance(wanted, OfPayout):
        return _of_payout(session, viewer, wanted)
    return _of_month(session, viewer, wanted, today)


def _of_payout(session: Session, viewer: Viewer, wanted: OfPayout) -> Statement:
    payout = payout_detail(session, viewer, wanted.payout_id)
    lines = tuple(_payout_line(line) for line in all_payout_lines(session, viewer, wanted.payout_id))
    sums = dict(payout.by_kind) | {LedgerKind.SALE: payout.sale_cents, LedgerKind.REFUND: payout.refund_cents}
    code, seller = _whose(session, payout.seller_id)
    return Statement(
        of=wanted,
        name=f"Reversement {payout.reference}",
        seller=seller,
        seller_code=code,
        currency=payout.currency,
        facts=_payout_facts(payout),
        opening=None,
        parts=_parts(sums),
        closing=Amount(_NET_LABELS.get(payout.state, "Net à verser"), payout.net_cents),
        lines=lines,
        caution=_caution(payout),
    )


def _payout_facts(payout: PayoutDetail) -> tuple[Fact, ...]:
    paid = formats.date(payout.paid_on) if payout.paid_on else formats.DASH
    by = [f"référence {payout.payment_reference}"] if payout.payment_reference else []
    return (
        Fact("État", payout.state.label, [payout.rejection] if payout.rejection else []),
        Fact("Payé le", paid, by),
        Fact("Compte", iban_masked(payout.iban) or formats.DASH, [payout.holder] if payout.holder else []),
        Fact("Échu jusqu’au", formats.date(payout.due_on), [formats.plural(payout.sale_count, "vente")]),
    )


def _caution(payout: PayoutDetail) -> str:
    if payout.state is PayoutState.REJECTED:
        return (
            "La banque a rejeté ce virement\u00a0: son montant vous reste dû et fait partie d’un autre reversement, où "
            "il figure en une ligne."
        )
    if payout.closed_at is None:
        return "Ce reversement n’est pas encore parti\u00a0: son contenu peut changer jusque-là."
    return ""


def _payout_line(line: PayoutLine) -> Line:
    amounts = (line.sale_cents, line.refund_cents, line.fee_cents, line.other_cents, line.net_cents)
    if line.order_number is not None:
        return Line(line.placed_on, _ORDER, line.order_number, _credit_note_words(line.credit_notes), *amounts)
    source = reference_of(line.from_payout_id) if line.from_payout_id is not None else ""
    return Line(None, line.kind.label if line.kind else "", source, line.note, *amounts)


def _credit_note_words(notes: Sequence[CreditNoteRef]) -> str:
    return f"Avoir {formats.enumeration([each.number for each in notes])}" if notes else ""


def _of_month(session: Session, viewer: Viewer, wanted: OfMonth, today: dt.date) -> Statement:
    sums = month_sums(session, viewer, wanted)
    orders = month_orders(session, viewer, wanted)
    first, last = wanted.month, min(last_day(wanted.month), today)
    code, seller = _whose(session, wanted.seller_id)
    return Statement(
        of=wanted,
        name=formats.month(first.year, first.month).capitalize(),
        seller=seller,
        seller_code=code,
        currency=wanted.currency,
        facts=(
            Fact("Du", formats.date(first)),
            Fact("Au", formats.date(last)),
            Fact("Commandes", formats.integer(len(orders))),
            Fact("Monnaie", wanted.currency),
        ),
        opening=Amount(f"Solde au {formats.date(first)}, avant tout mouvement", sums.opening_cents),
        parts=_parts(sums.by_kind),
        closing=Amount(f"Solde au {formats.date(last)}{_whose_it_is(sums.closing_cents)}", sums.closing_cents),
        lines=(*map(_month_order, orders), *map(_month_entry, month_entries(session, viewer, wanted))),
        caution="Ce mois n’est pas fini\u00a0: d’autres mouvements s’y ajouteront." if last != last_day(first) else "",
    )


def _whose_it_is(balance_cents: int) -> str:
    if not balance_cents:
        return ""
    return ", que vous devez" if balance_cents < 0 else ", qui vous est dû"


def _month_order(order: MonthOrder) -> Line:
    return Line(
        order.placed_on,
        _ORDER,
        order.order_number,
        _credit_note_words(order.credit_notes),
        order.sale_cents,
        order.refund_cents,
        order.fee_cents,
        order.other_cents,
        order.net_cents,
    )


def _month_entry(entry: MonthEntry) -> Line:
    reference = reference_of(entry.payout_id) if entry.payout_id is not None else ""
    cents = entry.amount_cents
    return Line(entry.day, entry.kind.label, reference, entry.note, 0, 0, 0, cents, cents)


def _parts(sums: Mapping[LedgerKind, int]) -> tuple[Amount, ...]:
    cents = ((label, sum(sums.get(kind, 0) for kind in kinds)) for label, kinds in _PARTS)
    return tuple(Amount(label, total) for label, total in cents if total)


def _whose(session: Session, seller_id: int) -> tuple[str, PostalAddress]:
    """Return a seller's code, and where it lives."""
    row = session.execute(
        sa.select(
            Seller.code,
            Seller.name,
            Seller.legal_name,
            Seller.street,
            Seller.postcode,
            Seller.city,
            Seller.country_code,
        ).where(Seller.id == seller_id)
    ).one()
    address = row._asdict()
    code, name, legal_name = (address.pop(key) for key in ("code", "name", "legal_name"))
    return code, PostalAddress(name=legal_name or name, **address)
