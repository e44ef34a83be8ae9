"""Move an order on: from « Mettre en préparation » to « Annuler cette commande »."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import EXAMPLE, MUTED
from dashboard.order_page.dialogs.planned import show_plan
from db.domain.actor import Actor
from db.domain.mail import RecipientKind
from db.domain.moves import CancelReason, Move, Rest, is_derogation
from db.domain.orders import OrderStatus
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.order_rows import OrderHeader, OrderPage
from db.services.moves import PlannedMove, move_order

_QUESTIONS = {
    OrderStatus.PAID: "Passer cette commande à l’état payé\u00a0?",
    OrderStatus.CONFIRMING: "Demander confirmation pour cette commande\u00a0?",
    OrderStatus.PREPARING: "Mettre cette commande en préparation\u00a0?",
    OrderStatus.READY: "Marquer cette commande comme prête\u00a0?",
    OrderStatus.DELIVERED: "Marquer cette commande comme livrée\u00a0?",
    OrderStatus.RECEIVED: "Marquer cette commande comme reçue\u00a0?",
    OrderStatus.COMPLETED: "Terminer cette commande\u00a0?",
    OrderStatus.CANCELLED: "Annuler cette commande\u00a0?",
}
_CANCEL_THE_REST = "Annuler le reste de cette commande\u00a0?"
#: The e-mail of these has room for words of ours.
_WITH_MESSAGE = frozenset({OrderStatus.PREPARING, OrderStatus.READY})
_MAX_SHOWN = 1_000


def _question(opened: Opened) -> str:
    return _CANCEL_THE_REST if opened.action.rest is Rest.CANCEL else _QUESTIONS[_target(opened)]


def _fields(page: OrderPage, action: Action) -> Fields:
    fields: dict[str, object] = {MUTED: False, EXAMPLE: False}
    if action.target is OrderStatus.CANCELLED:
        fields |= {"reason": None, "note": ""}
    elif action.target is not None and is_derogation(page.header.status, action.target):
        fields |= {"note": ""}
    if action.target is OrderStatus.DELIVERED:
        fields |= {"day": local_day(utc_now())}
    if action.target in _WITH_MESSAGE:
        fields |= {"message": ""}
    return fields


def _show(viewer: Viewer, opened: Opened) -> bool:
    _show_fields(opened)
    bare = Move(_target(opened), rest=opened.action.rest)
    return show_plan(viewer, opened, _move(opened), without_words=bare, also=lambda plan: _show_more(opened, plan))


def _show_more(opened: Opened, plan: PlannedMove) -> None:
    if plan.effects.status is OrderStatus.READY and plan.order.is_collected:
        _show_collection(opened.page.header)
    if plan.effects.status is OrderStatus.CANCELLED and not _tells_customer(plan):
        st.markdown("**Le client ne sera pas prévenu**\u00a0: écrivez-lui si besoin.")


def _show_collection(header: OrderHeader) -> None:
    """Draw where and when the customer is told to come, so that it is put right before they are."""
    where, when = header.pickup_address.strip(), header.seller_opening_hours.strip()
    told = [
        f"**Retrait**\u00a0: {_on_one_line(where)}" if where else "",
        f"**Horaires**\u00a0: {_on_one_line(when)}" if when else "",
    ]
    if not where:
        told.append("**L’adresse de retrait n’est pas renseignée**\u00a0: complétez la livraison de la commande.")
    if not when:
        told.append("Les horaires du vendeur ne sont pas renseignés\u00a0: écrivez-les dans le message.")
    st.markdown("  \n".join(filter(None, told)))
    st.caption("L’e-mail donne au client un code de retrait, à dire quand il vient.")


def _on_one_line(text: str) -> str:
    return escape_markdown(", ".join(line.strip() for line in text.splitlines() if line.strip()))


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
    if "day" in there:
        st.date_input("Livrée le", key=opened.key("day"), format="DD/MM/YYYY", max_value=local_day(utc_now()))
    if "message" in there:
        st.text_area("Message au client (dans l’e-mail)", key=opened.key("message"), height=80)


def _move(opened: Opened) -> Move:
    typed = {name: opened.value(name) for name in _fields(opened.page, opened.action)}
    return Move(
        target=_target(opened),
        note=typed.get("note") or "",
        message=typed.get("message") or "",
        cancel_reason=typed.get("reason"),
        happened_on=typed.get("day"),
        rest=opened.action.rest,
        notifies=not typed[MUTED],
    )


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        move_order(session, actor, opened.order_id, _move(opened), now, version=opened.version)
    return ""  # The line that lets it be taken back says it.


def _tells_customer(plan: PlannedMove) -> bool:
    return any(letter.recipient_kind is RecipientKind.CUSTOMER for letter in plan.letters)


def _target(opened: Opened) -> OrderStatus:
    if opened.action.target is None:
        raise ValueError("a move has a target")
    return opened.action.target


FORM = Form(question=_question, verb=lambda opened: opened.action.label, fields=_fields, show=_show, act=_act)
