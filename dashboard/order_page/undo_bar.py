"""« Commande passée à « En préparation » · il reste 52 s [Annuler] »: the way back from what one has just done."""

import datetime as dt
import math

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.statuses import label_of
from db.domain import formats
from db.domain.actor import Actor
from db.domain.orders import HistoryEvent, OrderStatus, ReturnStatus
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.order_actions import Undoable, last_undoable
from db.queries.order_rows import HistoryEntry, OrderPage
from db.services.undo import Undone, undo

_UNDONE = "order_undone_id"
_WORDS = {
    HistoryEvent.MESSAGE_SENT: "Message écrit au client",
    HistoryEvent.EMAIL_RESENT: "E-mail renvoyé",
    HistoryEvent.REMINDED: "Client relancé",
    HistoryEvent.DOCUMENT_SENT: "Document envoyé au client",
    HistoryEvent.TAGGED: "Mots-clés changés",
    HistoryEvent.PARCEL_DELIVERED: "Livraison du colis notée",
    HistoryEvent.RETURN_MESSAGE: "Message écrit au client",
}


def show_undo_bar(viewer: Viewer, page: OrderPage, now: dt.datetime) -> None:
    """Draw the viewer's last action on the order and the way back, while there is one."""
    undoable = last_undoable(page, viewer, now)
    if undoable is not None:
        _bar(viewer, undoable, action_words(undoable.entry, page))


@st.fragment(run_every=1)
def _bar(viewer: Viewer, undoable: Undoable, words: str) -> None:
    """Count the seconds down without drawing the page again; it is drawn once, when there is no way back any more."""
    left = math.ceil((undoable.until - utc_now()).total_seconds())
    if left <= 0 or st.session_state.get(_UNDONE) == undoable.entry.id:
        st.session_state.pop(_UNDONE, None)
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="order_undo"):
        st.markdown(f":small[{escape_markdown(words)} · il reste {left}{formats.NO_BREAK_SPACE}s]", width="content")
        st.button("Annuler", key="order_undo_button", icon=":material/undo:", on_click=_undo, args=(viewer, undoable))


@telling_refusals()
def _undo(viewer: Viewer, undoable: Undoable) -> None:
    # Whatever comes of it, the page is drawn anew: the refusal above it, or the order as it was.
    st.session_state[_UNDONE] = undoable.entry.id
    with transaction() as session:
        undone = undo(session, Actor.person(viewer), undoable.entry.id, utc_now())
    flash(_undone_words(undone), icon=":material/undo:")


def _undone_words(undone: Undone) -> str:
    if not undone.emails_dropped:
        return "Action annulée."
    dropped = formats.plural(undone.emails_dropped, "e-mail n’est pas parti", "e-mails ne sont pas partis")
    return f"Action annulée\u00a0: {dropped}."


def action_words(entry: HistoryEntry, page: OrderPage) -> str:
    """Return what was done, as plain text."""
    payment = entry if entry.event is HistoryEvent.PAYMENT_RECORDED else _payment_of(entry, page)
    if payment is not None:
        left_cents = page.header.total_cents - payment.after["paid_cents"]
        pays = payment is not entry
        return payment_words(payment.after["amount_cents"], left_cents, page.header.currency, pays=pays)
    if "handed_over" in entry.after:
        return "Commande remise au client"
    if entry.event is HistoryEvent.STATUS_CHANGED and entry.before.get("status") == entry.after["status"]:
        return "Nouveau colis expédié"
    if entry.event is HistoryEvent.STATUS_CHANGED:
        return f"Commande passée à « {label_of(OrderStatus(entry.after['status']))} »"
    if entry.event is HistoryEvent.RETURN_MOVED:
        return f"Retour n° {entry.after['return_id']} passé à « {ReturnStatus(entry.after['status']).label} »"
    return _WORDS[entry.event]


def payment_words(amount_cents: int, left_cents: int, currency: str, *, pays: bool) -> str:
    """Return what a payment has made of the order, as plain text.

    Args:
        amount_cents: What was received.
        left_cents: What is left to pay; less than nothing where too much was paid.
        currency: The order's.
        pays: Whether the order became « Payée » with it.
    """
    said, difference = f"Paiement de {formats.money(amount_cents, currency)} enregistré", abs(left_cents)
    if left_cents > 0:
        return f"{said}, il reste {formats.money(difference, currency)} à régler"
    paid = "commande payée" if pays else "commande réglée"
    extra = f", trop-perçu de {formats.money(difference, currency)}" if difference else ""
    return f"{said}, {paid}{extra}"


def _payment_of(move: HistoryEntry, page: OrderPage) -> HistoryEntry | None:
    """Return the payment that made a move, if one did: both were written down at once, by the same person."""
    act = (HistoryEvent.PAYMENT_RECORDED, move.at, move.person_id)
    if move.event is not HistoryEvent.STATUS_CHANGED:
        return None
    return next((each for each in page.history if (each.event, each.at, each.person_id) == act), None)
