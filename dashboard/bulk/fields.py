"""The fields of each bulk action, and the action that they ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.bulk.opened import Opened
from dashboard.bulk.shipping import show_shipping
from dashboard.mail.fields import show_message_fields, typed_message
from dashboard.statuses import look_of
from db.domain.bulk import BulkAction, CustomerMessage, DuePayment, Reminder, Tagging
from db.domain.move_words import MAX_MESSAGE, MAX_NOTE
from db.domain.moves import CancelReason, Move
from db.domain.orders import ORDER_PAYMENT_METHODS, OrderStatus, PaymentMethod
from db.domain.permissions import Permission
from db.domain.tasks import TaskKind
from db.domain.text import fold
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.order_grid import statuses_of
from db.queries.tags import tag_names
from db.services.payments import MAX_REFERENCE
from db.services.tags import MAX_NAME

#: The id that no tag has: nobody bears a tag that is made with the action.
NEW_TAG = 0
_BY_HAND = (PaymentMethod.CHEQUE, PaymentMethod.TRANSFER, PaymentMethod.CASH)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the fields ask for; None while there is nothing to show of it."""

    action: BulkAction | None
    #: What is still to be filled in before it can be done.
    missing: str = ""
    #: The orders it is about, where the fields say which; None for those the dialog was opened on.
    order_ids: tuple[int, ...] | None = None


def show_fields(viewer: Viewer, opened: Opened) -> Asked:
    """Draw the fields of the open dialog; return what they ask for."""
    match opened.kind:
        case TaskKind.PAYMENT:
            return _payment(opened)
        case TaskKind.MESSAGE:
            return _message(viewer, opened)
        case TaskKind.REMINDER:
            return Asked(Reminder())
        case TaskKind.TAG:
            return _tag(opened)
        case _:
            return _move(viewer, opened, opened.target or OrderStatus.PREPARING)


def _move(viewer: Viewer, opened: Opened, target: OrderStatus) -> Asked:
    if target is OrderStatus.SHIPPED:
        return _shipping(viewer, opened)
    reason, missing, note = None, "", ""
    if target is OrderStatus.CANCELLED:
        reason = st.selectbox(
            "Raison de l’annulation",
            list(CancelReason),
            index=None,
            key=opened.key("reason"),
            format_func=lambda reason: reason.label,
            placeholder="Choisissez la raison",
        )
        note = _text("Précision, gardée dans l’historique", opened.key("note"), MAX_NOTE)
        missing = "" if reason else "Choisissez la raison de l’annulation."
        # What would happen is the same for every reason, and is said before one is chosen.
        reason = reason or CancelReason.CUSTOMER_REQUEST
    elif target is OrderStatus.PREPARING and viewer.may(Permission.DEROGATE) and _has_unpaid(viewer, opened):
        note = _text("Raison, pour préparer des commandes non réglées", opened.key("note"), MAX_NOTE)
    notifies, message = _telling(opened, target)
    return Asked(Move(target, note=note, message=message, cancel_reason=reason, notifies=notifies), missing)


def _shipping(viewer: Viewer, opened: Opened) -> Asked:
    asked = show_shipping(viewer, opened)
    notifies, message = _telling(opened, OrderStatus.SHIPPED)
    if asked.numbers.missing:
        return Asked(None, asked.numbers.missing)
    return Asked(replace(asked.move, message=message, notifies=notifies), order_ids=asked.numbers.order_ids)


def _telling(opened: Opened, target: OrderStatus) -> tuple[bool, str]:
    """Draw whether the customers are told, and what besides; return both."""
    if not look_of(target).sends_email:
        return True, ""
    if not _notifies(opened):
        return False, ""
    message = st.text_area(
        "Message ajouté à l’e-mail", key=opened.key("message"), max_chars=MAX_MESSAGE, height=90, placeholder=""
    )
    return True, message


def _has_unpaid(viewer: Viewer, opened: Opened) -> bool:
    with reading() as session:
        return OrderStatus.AWAITING_PAYMENT in statuses_of(session, viewer, opened.order_ids)


def _payment(opened: Opened) -> Asked:
    today = local_day(utc_now())
    left, right = st.columns(2)
    st.session_state.setdefault(opened.key("day"), today)
    day = left.date_input("Reçu le", max_value=today, key=opened.key("day"), format="DD/MM/YYYY")
    method = right.selectbox(
        "Moyen de paiement",
        [*_BY_HAND, *(method for method in ORDER_PAYMENT_METHODS if method not in _BY_HAND)],
        key=opened.key("method"),
        format_func=lambda method: method.label,
    )
    reference = _text("Référence, la même pour toutes", opened.key("reference"), MAX_REFERENCE)
    return Asked(DuePayment(day, method, reference, notifies=_notifies(opened)))


def _message(viewer: Viewer, opened: Opened) -> Asked:
    show_message_fields(viewer, opened.order_ids, opened.key("text"))
    text = typed_message(opened.key("text"))
    if not text.subject.strip() or not text.body.strip():
        return Asked(None, "Choisissez un modèle, ou écrivez un objet et un texte.")
    return Asked(CustomerMessage(text.subject, text.body))


def _tag(opened: Opened) -> Asked:
    with reading() as session:
        names = tag_names(session)
    name = st.selectbox(
        "Mot-clé",
        list(names.values()),
        index=None,
        key=opened.key("name"),
        accept_new_options=True,
        placeholder="Choisissez, ou écrivez un nouveau nom",
    )
    removes = st.toggle("Retirer le mot-clé au lieu de l’ajouter", key=opened.key("removes"))
    if not name or not name.strip():
        return Asked(None, "Choisissez un mot-clé.")
    tagging = tagging_of(names, name, adds=not removes)
    if len(tagging.name) > MAX_NAME:
        return Asked(None, f"Un mot-clé a {MAX_NAME} caractères au plus.")
    return Asked(tagging)


def tagging_of(names: Mapping[int, str], name: str, *, adds: bool) -> Tagging:
    """Return what a name typed or chosen means: the tag that reads alike, else a new one."""
    name = " ".join(name.split())
    known = next((tag_id for tag_id, tag in names.items() if fold(tag) == fold(name)), NEW_TAG)
    return Tagging(known, names.get(known, name), adds)


def _notifies(opened: Opened) -> bool:
    return not st.toggle("Ne pas prévenir les clients cette fois", key=opened.key("silent"))


def _text(label: str, key: str, most: int) -> str:
    return st.text_input(label, key=key, max_chars=most, autocomplete="off", placeholder="").strip()
