"""Invoice fees: locked, copied, numbered, chained, told of in the payouts' history; the PDF is made by the worker."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.documents import DocumentKind, issued_words
from db.domain.fee_invoices import check_house, check_seller, price
from db.domain.files import FileKind
from db.domain.payouts import PayoutEvent
from db.domain.snapshot import FeeSnapshot
from db.domain.text import fold
from db.models import Payout, PayoutHistory, PayoutSettings, StoredFile
from db.services.audit import Act, note_act
from db.services.documents.sources import house, issuer
from db.services.fee_invoices.drafts import Parties, draft, originals_of, withheld_of
from db.services.fee_invoices.due import DueFees, is_due
from db.services.fee_invoices.series import insert_fees, take_number
from db.services.wake import wake

#: The VAT of services in France (CGI, art. 278), where nothing else is set.
_STANDARD_RATE_BP = 2000


def issue_fees(session: Session, actor: Actor, due: DueFees, now: dt.datetime) -> str | None:
    """Issue the invoice of some fees, or the credit note where more was given back than withheld.

    Args:
        session: The caller's transaction.
        actor: Who issues it, for the payouts' history.
        due: What is due, as ``due_fees`` told; it is looked at again once the payouts are locked.
        now: The instant.

    Returns:
        Its number; None where somebody else invoiced the fees meanwhile, or a transfer was taken back.

    Raises:
        FeesWaitError: The identity of the marketplace or of the seller is incomplete.
    """
    payouts = session.scalars(
        sa.select(Payout)
        .where(Payout.id.in_(due.payout_ids), *is_due())
        .order_by(Payout.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(payouts) != len(due.payout_ids):
        return None
    parties = Parties(house(session), due.seller_id, issuer(session, due.seller_id).party)
    rate_bp = vat_rate_of(session)
    check_house(parties.house.party, rate_bp)
    check_seller(parties.seller)
    withheld = withheld_of(session, due.payout_ids)
    priced = price(withheld.sums, rate_bp, parties.seller.country_code)
    originals = originals_of(session, due.payout_ids) if withheld.kind is DocumentKind.CREDIT_NOTE else ()
    taken = take_number(session, withheld.kind, now)
    snapshot = draft(parties, withheld, priced, originals, taken.place, due.currency)
    document_id = insert_fees(session, taken, snapshot, due.cause, _ask_for_file(session, actor, snapshot, now))
    for payout in payouts:
        payout.fee_document_id = document_id
        _tell(session, actor, payout, snapshot, now)
    session.flush()
    said = {"kind": snapshot.kind, "gross_cents": snapshot.gross_cents, "currency": snapshot.currency}
    act = Act(AuditArea.DOCUMENTS, "fees_issued", "fee_document", document_id, snapshot.number, after=said)
    note_act(session, actor, act, now)
    return snapshot.number


def vat_rate_of(session: Session) -> int:
    """Return the rate of the VAT in the fee, in basis points."""
    kept = session.scalar(sa.select(PayoutSettings.fee_vat_rate_bp))
    return _STANDARD_RATE_BP if kept is None else kept


def _ask_for_file(session: Session, actor: Actor, snapshot: FeeSnapshot, now: dt.datetime) -> int:
    title = issued_words(snapshot.kind, snapshot.number, snapshot.gross_cents, snapshot.currency)
    file = StoredFile(
        kind=FileKind.FEE_DOCUMENT,
        title=title,
        search_text=fold(title),
        arguments={"number": snapshot.number},
        seller_id=snapshot.seller_id,
        total=1,
        person_id=actor.person_id,
        person_name=actor.name,
        asked_at=now,
    )
    session.add(file)
    session.flush()
    wake(session, FileKind.FEE_DOCUMENT.job)
    return file.id


def _tell(session: Session, actor: Actor, payout: Payout, snapshot: FeeSnapshot, now: dt.datetime) -> None:
    """Write into a payout's history that its fees are invoiced; nothing that somebody decides about it has changed."""
    session.add(
        PayoutHistory(
            payout_id=payout.id,
            event=PayoutEvent.INVOICED,
            net_cents=payout.net_cents,
            note=issued_words(snapshot.kind, snapshot.number, snapshot.gross_cents, snapshot.currency),
            person_id=actor.person_id,
            actor_name=actor.lasting_name,
            at=now,
        )
    )
