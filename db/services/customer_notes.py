"""What staff tell each other about a customer; the customer gets it with their data (RGPD, art. 15), nobody else."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea, customer_label
from db.domain.errors import InvalidInputError, NotFoundError
from db.domain.permissions import Permission
from db.domain.privacy import AlreadyErasedError
from db.domain.text import is_storable
from db.models import Customer, CustomerNote
from db.queries.customer_detail import CustomerNotFoundError
from db.services.audit import Act, note_act

MAX_NOTE = 2_000


class NoteNotFoundError(NotFoundError):
    """Somebody took it away already, or it is another colleague's."""

    def __init__(self) -> None:
        super().__init__(
            "Cette note n’existe plus, ou elle est d’un collègue\u00a0: lui ou un administrateur la supprime."
        )


def add_customer_note(session: Session, actor: Actor, customer_id: int, text: str, now: dt.datetime) -> int:
    """Write an internal note on a customer; return its id.

    Raises:
        NotAllowedError: The actor may not read customers' accounts.
        InvalidInputError: The note is empty, too long or unreadable.
        CustomerNotFoundError: There is no such account.
        AlreadyErasedError: The customer's data was erased.
    """
    actor.require(Permission.READ_CUSTOMERS)
    body = text.strip()
    if not body:
        raise InvalidInputError("Écrivez la note avant de l’ajouter.")
    if len(body) > MAX_NOTE or not is_storable(body):
        raise InvalidInputError(f"La note est illisible ou dépasse {MAX_NOTE} caractères. Abrégez-la.")
    # Locked, so that an erasure at the same moment leaves no note behind.
    customer = session.execute(
        sa.select(Customer.id, Customer.erased_at).where(Customer.id == customer_id).with_for_update()
    ).one_or_none()
    if customer is None:
        raise CustomerNotFoundError
    if customer.erased_at is not None:
        raise AlreadyErasedError
    note = CustomerNote(customer_id=customer_id, person_id=actor.person_id, person_name=actor.name, body=body, at=now)
    session.add(note)
    session.flush()
    # Not what it says: that is erased with the customer.
    act = Act(AuditArea.CUSTOMERS, "note_added", "customer", customer_id, customer_label(customer_id))
    note_act(session, actor, act, now)
    return note.id


def delete_customer_note(session: Session, actor: Actor, note_id: int) -> None:
    """Take a note away: one's own, or anybody's for who handles personal data.

    Raises:
        NotAllowedError: The actor may not read customers' accounts.
        NoteNotFoundError: There is no such note for this actor.
    """
    actor.require(Permission.READ_CUSTOMERS)
    reach = [] if actor.may(Permission.HANDLE_PERSONAL_DATA) else [CustomerNote.person_id == actor.person_id]
    gone = sa.delete(CustomerNote).where(CustomerNote.id == note_id, *reach).returning(CustomerNote.customer_id)
    customer_id = session.scalar(gone.execution_options(synchronize_session=False))
    if customer_id is None:
        raise NoteNotFoundError
    act = Act(AuditArea.CUSTOMERS, "note_deleted", "customer", customer_id, customer_label(customer_id))
    note_act(session, actor, act)
