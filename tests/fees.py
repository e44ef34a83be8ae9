"""Fees that wait for their invoice, brought there by the very acts that people do; and that invoice."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.ledger import LedgerKind
from db.models import FeeDocument, Marketplace, Order, Payout, Seller
from db.services.fee_invoices.due import due_fees
from db.services.fee_invoices.issue import issue_fees
from db.services.payouts.approving import approve
from db.services.payouts.marking import pay_by_hand
from tests.conftest import NOW
from tests.factories import book, create_order
from tests.payouts import TODAY, finance, prepare

#: What the law wants to know of who issues an invoice.
HOUSE = {
    "name": "Place du Marché",
    "legal_name": "Place du Marché SAS",
    "siren": "732829320",
    "vat_number": "FR44732829320",
    "street": "12 rue de l’Été",
    "postcode": "75011",
    "city": "Paris",
}


def create_house(session: Session, **columns: object) -> Marketplace:
    """The marketplace, of whom all is known that the law wants on an invoice."""
    house = session.get(Marketplace, 1) or Marketplace(id=1)
    for name, value in (HOUSE | columns).items():
        setattr(house, name, value)
    session.add(house)
    session.flush()
    return house


def sell(session: Session, seller: Seller, cents: int = 31_90, fee: int = 93) -> Order:
    """Book a sale and its fee, due today."""
    order = create_order(session, seller)
    book(session, seller, cents, TODAY, order_id=order.id)
    book(session, seller, -fee, TODAY, LedgerKind.FEE, order_id=order.id)
    return order


def give_back(session: Session, order: Order, cents: int = 31_90, fee: int = 93) -> None:
    """Book a refund and the fee that is given back with it, due today."""
    seller = session.get_one(Seller, order.seller_id)
    book(session, seller, -cents, TODAY, LedgerKind.REFUND, order_id=order.id)
    book(session, seller, fee, TODAY, LedgerKind.FEE_BACK, order_id=order.id)


def paid(session: Session, seller: Seller, at: dt.datetime = NOW) -> Payout:
    """Prepare what is due, approve it and pay it by hand; return the payout."""
    payout = prepare(session, seller)
    approve(session, finance(session), payout.id, payout.version, NOW, accepts_unusual=True)
    pay_by_hand(session, finance(session), payout.id, payout.version, TODAY, "VIR-1", NOW)
    payout.closed_at = at
    session.flush()
    return payout


def invoice_all(session: Session, now: dt.datetime = NOW) -> list[str]:
    """Issue all that is due, as the job does; return the numbers."""
    issued = [issue_fees(session, SYSTEM, due, now) for due in due_fees(session, now)]
    session.expire_all()
    return [number for number in issued if number]


def document(session: Session, number: str) -> FeeDocument:
    return session.scalars(sa.select(FeeDocument).where(FeeDocument.number == number)).one()
