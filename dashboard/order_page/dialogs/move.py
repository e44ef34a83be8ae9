"""Move an order on: from « Mettre en préparation » to « Annuler cette commande »."""

import datetime as dt
from dataclasses import replace

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.effects import move_effects
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import EXAMPLE, MUTED, show_letters
from dashboard.statuses import label_of
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.mail import RecipientKind
from db.domain.move_words import check_words
from db.domain.moves import CancelReason, Move, Rest, is_derogation
from db.domain.orders import OrderStatus
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_rows import OrderPage
from db.services.moves import PlannedMove, move_order, plan_moves

_QUESTIONS = {
    OrderStatus.PAID: "Passer cette commande à l’état payé\u00a0?",
    OrderStatus.CONFIRMING: "Demander confirmation pour cette commande\u00a0?",
    OrderStatus.PREPARING: "Mettre cette commande en préparation\u00a0?",
    OrderStatus.READY: "Marquer cette commande comme prête\u00a0?",
    OrderStatus.SHIPPED: "Expédier cette commande\u00a0?",
    OrderStatus.DELIVERED: "Marquer cette commande comme livrée\u00a0?",
    OrderStatus.RECEIVED: "Marquer cette commande comme reçue\u00a0?",
    OrderStatus.COMPLETED: "Terminer cette commande\u00a0?",
    OrderStatus.CANCELLED: "Annuler cette commande\u00a0?",
}
_QUESTIONS_OF_THE_REST = {
    Rest.SHIP: "Expédier le reste de cette commande\u00a0?",
    Rest.CANCEL: "Annuler le reste de cette commande\u00a0?",
}
#: The e-mail of these has room for words of ours.
_WITH_MESSAGE = frozenset({OrderStatus.PREPARING, OrderStatus.READY, OrderStatus.SHIPPED})
_MAX_SHOWN = 1_000


def _question(opened: Opened) -> str:
    action, header = opened.action, opened.page.header
    is_rest = header.status is OrderStatus.PARTLY_SHIPPED
    return _QUESTIONS_OF_THE_REST[action.rest] if is_rest else _QUESTIONS[_target(opened)]


def _fields(page: OrderPage, action: Action) -> Fields:
    fields: dict[str, object] = {MUTED: False, EXAMPLE: False}
    if action.target is OrderStatus.CANCELLED:
        fields |= {"reason": None, "note": ""}
    elif action.target is not None and is_derogation(page.header.status, action.target):
        fields |= {"note": ""}
    if _ships(action):
        fields |= {"carrier": page.header.carrier, "tracking_number": "", "tracking_url": ""}
    if action.target in _WITH_MESSAGE and action.rest is Rest.SHIP:
        fields |= {"message": ""}
    return fields


def _show(viewer: Viewer, opened: Opened) -> bool:
    _show_fields(opened)
    try:
        plan = _plan(viewer, opened)
    except MarketplaceError as refusal:
        st.error(escape_markdown(str(refusal)), icon=":material/error:")
        return False
    if opened.page.header.version != plan.order.version:
        st.caption("La commande vient de changer\u00a0: le détail vous sera montré avant d’agir.")
    st.markdown("  \n".join(move_effects(plan)))
    show_letters(opened, plan.letters, _why_no_letter(opened))
    if _target(opened) is OrderStatus.CANCELLED and not _tells_customer(plan):
        st.markdown("**Le client ne sera pas prévenu**\u00a0: écrivez-lui si besoin.")
    return True


def _show_fields(opened: Opened) -> None:
    there = _fields(opened.page, opened.action)
    if "reason" in there:
        st.selectbox(
            "Raison",
            list(CancelReason),
            key=opened.key("reason"),
            format_func=lambda reason: reason.label,
            placeholder="Choisissez une raison",
        )
    if "note" in there:
        label = "Précisions (pour l’équipe)" if "reason" in there else "Raison de la dérogation (pour l’équipe)"
        st.text_area(label, key=opened.key("note"), height=80, max_chars=_MAX_SHOWN)
    if "carrier" in there:
        left, right = st.columns(2)
        left.text_input("Transporteur", key=opened.key("carrier"), autocomplete="off")
        right.text_input("Numéro de suivi", key=opened.key("tracking_number"), autocomplete="off")
        st.text_input("Lien de suivi", key=opened.key("tracking_url"), placeholder="https://", autocomplete="off")
    if "message" in there:
        st.text_area("Message au client (dans l’e-mail)", key=opened.key("message"), height=80)


def _plan(viewer: Viewer, opened: Opened) -> PlannedMove:
    """Return the effects as if nobody were muted and everything asked for were given: that decides nothing else."""
    move = _move(opened)
    try:
        check_words(move)
    except InvalidInputError as refusal:
        if str(refusal) != opened.refusal:  # Else it is said beside the button.
            st.error(escape_markdown(str(refusal)), icon=":material/error:")
        move = Move(move.target, rest=move.rest)
    reason = move.cancel_reason or CancelReason.OTHER
    move = replace(move, cancel_reason=reason, note=move.note.strip() or "…", notifies=True)
    with reading() as session:
        plan = plan_moves(session, Actor.person(viewer), [opened.order_id], move)
    if plan.refused:
        raise plan.refused[0].error
    return plan.planned[0]


def _move(opened: Opened) -> Move:
    typed = {name: opened.value(name) for name in _fields(opened.page, opened.action)}
    return Move(
        target=_target(opened),
        note=typed.get("note") or "",
        message=typed.get("message") or "",
        cancel_reason=typed.get("reason"),
        carrier=typed.get("carrier") or "",
        tracking_number=typed.get("tracking_number") or "",
        tracking_url=typed.get("tracking_url") or "",
        rest=opened.action.rest,
        notifies=not typed[MUTED],
    )


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        move_order(session, actor, opened.order_id, _move(opened), now, version=opened.version)
    return ""  # The line that lets it be taken back says it.


def _tells_customer(plan: PlannedMove) -> bool:
    return any(letter.recipient_kind is RecipientKind.CUSTOMER for letter in plan.letters)


def _why_no_letter(opened: Opened) -> str:
    if not opened.page.header.customer_email.strip():
        return "Aucun e-mail ne part : l’adresse du client n’est pas renseignée."
    return f"Aucun e-mail n’est prévu pour le statut « {label_of(_target(opened))} »."


def _target(opened: Opened) -> OrderStatus:
    if opened.action.target is None:
        raise ValueError("a move has a target")
    return opened.action.target


def _ships(action: Action) -> bool:
    return action.target is OrderStatus.SHIPPED and action.rest is Rest.SHIP


FORM = Form(question=_question, verb=lambda opened: opened.action.label, fields=_fields, show=_show, act=_act)
