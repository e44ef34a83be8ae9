"""Put together what a fee invoice will state, before it has a number."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.domain.documents import DocumentKind
from db.domain.fee_invoices import REASON, FeeSum, Priced, as_buyer, fee_mentions
from db.domain.ledger import FEE_KINDS, LedgerKind
from db.domain.payouts import reference_of
from db.domain.postal import PostalAddress
from db.domain.snapshot import FeeSnapshot, Nature, Original, Party
from db.domain.time import local_day
from db.models import FeeDocument, LedgerEntry, Payout, PayoutEntry
from db.models.base import UtcDateTime
from db.queries.plans import literally
from db.services.documents.drafts import Place
from db.services.documents.sources import House


@dataclass(frozen=True, slots=True)
class Withheld:
    """The fees of some payouts: their sums, and between which days they fell."""

    sums: tuple[FeeSum, ...]
    first_on: dt.date
    last_on: dt.date

    @property
    def kind(self) -> DocumentKind:
        """Return what states them: where more is given back than withheld, a credit note."""
        return DocumentKind.INVOICE if sum(each.cents for each in self.sums) > 0 else DocumentKind.CREDIT_NOTE


def withheld_of(session: Session, payout_ids: Sequence[int]) -> Withheld:
    """Return the fees that some payouts hold, payout by payout, as an invoice asks for them."""
    rows = session.execute(
        sa.select(
            PayoutEntry.payout_id,
            PayoutEntry.kind,
            LedgerEntry.fee_rate_bp,
            sa.cast(sa.func.sum(PayoutEntry.amount_cents), sa.BigInteger).label("cents"),
            sa.func.count(LedgerEntry.order_id.distinct()).label("orders"),
            sa.func.min(LedgerEntry.at, type_=UtcDateTime()).label("first_at"),
            sa.func.max(LedgerEntry.at, type_=UtcDateTime()).label("last_at"),
        )
        .join(LedgerEntry, LedgerEntry.id == PayoutEntry.entry_id)
        .where(PayoutEntry.payout_id.in_(payout_ids), PayoutEntry.kind.in_(literally(FEE_KINDS)))
        .group_by(PayoutEntry.payout_id, PayoutEntry.kind, LedgerEntry.fee_rate_bp)
        .order_by(PayoutEntry.payout_id, PayoutEntry.kind, LedgerEntry.fee_rate_bp)
    ).all()
    sums = tuple(FeeSum(row.payout_id or 0, -row.cents, row.orders, row.fee_rate_bp) for row in rows if row.cents)
    return Withheld(sums, local_day(min(row.first_at for row in rows)), local_day(max(row.last_at for row in rows)))


def originals_of(session: Session, payout_ids: Collection[int]) -> tuple[Original, ...]:
    """Return the invoices of the fees that some payouts give back, as a credit note names them, oldest first."""
    back, paid = aliased(LedgerEntry), aliased(LedgerEntry)
    held, holding = aliased(PayoutEntry), aliased(PayoutEntry)
    rows = session.execute(
        sa.select(FeeDocument.number, FeeDocument.issued_on)
        .distinct()
        .select_from(held)
        .join(back, back.id == held.entry_id)
        .join(paid, sa.and_(paid.order_id == back.order_id, paid.kind == LedgerKind.FEE))
        .join(holding, holding.entry_id == paid.id)
        .join(Payout, Payout.id == holding.payout_id)
        .join(FeeDocument, FeeDocument.id == Payout.fee_document_id)
        .where(held.payout_id.in_(payout_ids), held.kind.in_(literally(FEE_KINDS)), ~FeeDocument.is_credit_note)
        .order_by(FeeDocument.issued_on, FeeDocument.number)
    )
    return tuple(Original(number, issued_on) for number, issued_on in rows)


@dataclass(frozen=True, slots=True)
class Parties:
    """Who invoices to whom."""

    house: House
    seller_id: int
    seller: Party


def draft(
    parties: Parties, withheld: Withheld, priced: Priced, originals: tuple[Original, ...], place: Place, currency: str
) -> FeeSnapshot:
    """Return what the document states."""
    house, seller, kind = parties.house, parties.seller, withheld.kind
    is_invoice = kind is DocumentKind.INVOICE
    return FeeSnapshot(
        kind=kind,
        number=place.number,
        series=place.series,
        sequence=place.sequence,
        issued_at=place.issued_at,
        issued_on=place.issued_on,
        currency=currency,
        issuer=house.party,
        buyer=as_buyer(seller),
        billing=PostalAddress(
            company=seller.legal_name or seller.name,
            street=seller.street,
            postcode=seller.postcode,
            city=seller.city,
            country_code=seller.country_code,
        ),
        nature=Nature.SERVICES,
        lines=priced.lines,
        vat=(priced.vat,),
        mentions=fee_mentions(house.texts, kind, priced.vat.exemption),
        paid_cents=priced.vat.gross_cents if is_invoice else 0,
        reason="" if is_invoice else REASON,
        brand_colour=house.brand_colour,
        logo_ref=house.logo_ref,
        seller_id=parties.seller_id,
        first_on=withheld.first_on,
        last_on=withheld.last_on,
        payouts=tuple(reference_of(payout_id) for payout_id in dict.fromkeys(s.payout_id for s in withheld.sums)),
        originals=originals,
    )
