"""Note who changed how a seller is paid or reached, from what to what: for ever, since money follows it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.bank_details import SellerSubject
from db.models import Seller, SellerChange
from db.services.audit import Act, note_act

_EVENTS = {
    SellerSubject.IBAN: "iban_changed",
    SellerSubject.BIC: "bic_changed",
    SellerSubject.HOLDER: "holder_changed",
    SellerSubject.EMAIL: "email_changed",
    SellerSubject.TERMS: "terms_changed",
    SellerSubject.HOLD: "hold_changed",
}


def note_change(
    session: Session, actor: Actor, seller_id: int, subject: SellerSubject, before: str, after: str, now: dt.datetime
) -> int:
    """Note one change; return its id.

    Args:
        session: The transaction of the change.
        actor: Who changed it.
        seller_id: Of which seller.
        subject: What was changed.
        before: What it was, in full.
        after: What it is now, in full.
        now: The instant.
    """
    change = SellerChange(
        seller_id=seller_id,
        subject=subject,
        before=before,
        after=after,
        person_id=actor.person_id,
        person_name=actor.lasting_name,
        at=now,
    )
    session.add(change)
    session.flush()
    event = _EVENTS[subject]
    name = session.scalar(sa.select(Seller.name).where(Seller.id == seller_id)) or ""
    act = Act(AuditArea.SELLERS, event, "seller", seller_id, name, {subject.value: before}, {subject.value: after})
    note_act(session, actor, act, now)
    return change.id
