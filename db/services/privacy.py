"""Customers' rights over their data: hand all of it out, or erase it; both are logged.

Who erases locks the customer's orders first, in the order of their ids, then the account: like whoever settles one.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea, customer_label
from db.domain.errors import NotAllowedError
from db.domain.files import FileKind
from db.domain.orders import HistoryEvent
from db.domain.permissions import Permission
from db.domain.privacy import ERASED_NOTE, ErasureRefusedError, PrivacyAct
from db.domain.viewer import Viewer
from db.models import Customer, Document, PrivacyEntry, Voucher
from db.queries.access import viewer_of
from db.queries.customer_detail import CustomerNotFoundError, newest_order_ids
from db.queries.erasure import ErasurePlan, counts_of, erasure_plan
from db.services.audit import Act, note_act
from db.services.erasure import (
    erase_account,
    erase_audit,
    erase_beside_orders,
    erase_files,
    erase_history,
    erase_mail,
    erase_orders,
    erase_returns,
    rebuild_searches,
)
from db.services.files import ask_for_file
from db.services.history import Entry, record_all
from db.services.order_facts import load_facts
from db.services.points import move_points


@dataclass(frozen=True, slots=True)
class WantedData:
    """What a file's row says is to be handed out."""

    customer_id: int
    person_id: int


def ask_for_data(session: Session, actor: Actor, customer_id: int, now: dt.datetime) -> int:
    """Have all that is known of a customer put into one file (RGPD, art. 15 and 20); return the file.

    Raises:
        NotAllowedError: The actor may not handle personal data.
        CustomerNotFoundError: There is no such account.
    """
    actor.require(Permission.HANDLE_PERSONAL_DATA)
    if session.scalar(sa.select(Customer.id).where(Customer.id == customer_id)) is None:
        raise CustomerNotFoundError
    counts = counts_of(session, customer_id) | {
        "documents": session.scalars(
            sa.select(sa.func.count(Document.id)).where(Document.customer_id == customer_id)
        ).one(),
        "vouchers": session.scalars(
            sa.select(sa.func.count(Voucher.id)).where(Voucher.customer_id == customer_id)
        ).one(),
    }
    _log(session, actor, customer_id, PrivacyAct.EXPORT, counts, now)
    # No name in the title: the list of files outlives an erasure.
    title = f"Données du client n°\u00a0{customer_id}"
    arguments = {"customer_id": customer_id, "person_id": actor.person_id}
    pieces = 1 + counts["documents"] + counts["photos"]
    return ask_for_file(session, actor, FileKind.CUSTOMER_DATA, title, arguments, pieces, now)


def wanted_data(arguments: Mapping[str, Any]) -> WantedData:
    """Return what a file's row says is to be handed out."""
    return WantedData(arguments["customer_id"], arguments["person_id"])


def whoever_asked(session: Session, wanted: WantedData) -> Viewer:
    """Return who asked for a customer's data as they are now.

    Raises:
        NotAllowedError: The account is closed, or their role does not handle personal data any more.
    """
    viewer = viewer_of(session, wanted.person_id)
    if viewer is None:
        raise NotAllowedError(Permission.HANDLE_PERSONAL_DATA)
    viewer.require(Permission.HANDLE_PERSONAL_DATA)
    return viewer


def erase_customer(
    session: Session, actor: Actor, customer_id: int, now: dt.datetime, delete: Callable[[str], None]
) -> ErasurePlan:
    """Erase who a customer is (RGPD, art. 17), but for what the law keeps; return what was done.

    Once it is done, doing it again changes nothing and logs nothing, unless orders came in since, or one was invoiced
    that had to be.

    Args:
        session: The caller's transaction.
        actor: Who erases.
        customer_id: Whose data.
        now: The instant.
        delete: Forgets what is stored under a ref: content goes first, so that none is left that nobody knows of.

    Raises:
        NotAllowedError: The actor may not handle personal data.
        CustomerNotFoundError: There is no such account.
        ErasureRefusedError: Something of theirs is under way.
        StorageError: A stored file cannot be deleted; nothing is erased then.
    """
    if actor.viewer is None:
        raise ValueError("a person decides to erase somebody's data")
    load_facts(session, actor, newest_order_ids(session, customer_id), locked=True)
    session.execute(sa.select(Customer.id).where(Customer.id == customer_id).with_for_update())
    plan = erasure_plan(session, actor.viewer, customer_id)
    if not plan.is_needed:
        return plan
    if plan.obstacles:
        raise ErasureRefusedError(plan.obstacles)
    if points := plan.erased["points"]:
        move_points(session, actor, customer_id, -points, f"erasure:{customer_id}:{now.isoformat()}", ERASED_NOTE, now)
    erase_orders(session, customer_id, now)
    erase_beside_orders(session, customer_id)
    erase_history(session, customer_id)
    erase_audit(session, customer_id, now)
    erase_mail(session, customer_id)
    erase_account(session, customer_id, now)
    rebuild_searches(session, customer_id)
    entries = [Entry(order_id, HistoryEvent.CUSTOMER_ERASED) for order_id in newest_order_ids(session, customer_id)]
    record_all(session, actor, entries, now)
    _log(session, actor, customer_id, PrivacyAct.ERASURE, {**plan.erased, **plan.kept}, now)
    erase_returns(session, customer_id, delete)
    erase_files(session, customer_id, delete)
    return plan


def _log(
    session: Session, actor: Actor, customer_id: int, act: PrivacyAct, counts: Mapping[str, int], now: dt.datetime
) -> None:
    entry = PrivacyEntry(
        customer_id=customer_id,
        act=act,
        person_id=actor.person_id,
        person_name=actor.name,
        counts={name: count for name, count in counts.items() if count},
        at=now,
    )
    session.add(entry)
    session.flush()
    event = "data_asked" if act is PrivacyAct.EXPORT else "customer_erased"
    label = customer_label(customer_id)
    note_act(session, actor, Act(AuditArea.CUSTOMERS, event, "customer", customer_id, label, after=entry.counts), now)
