"""What was written between the customer and staff about a return; staff's answer leaves by e-mail, too."""

import datetime as dt
from dataclasses import dataclass

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.order_page.drawing import draw
from db.domain import formats
from db.domain.actor import Actor
from db.domain.orders import ActorKind
from db.domain.permissions import Permission
from db.domain.returns import MAX_MESSAGE
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.return_detail import ReturnDetail, ReturnMessageRow
from db.services.returns.thread import mark_read, write_message

_AUTHORS = {ActorKind.CUSTOMER: "Le client", ActorKind.PERSON: "L’équipe", ActorKind.SHOP: "La boutique"}


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as it is drawn."""

    is_customers: bool
    body: str
    who: str
    when: str
    exactly: str
    iso: str
    is_unread: bool


def bubble(message: ReturnMessageRow, now: dt.datetime) -> Bubble:
    """Return a message in words."""
    is_customers = message.author_kind is ActorKind.CUSTOMER
    return Bubble(
        is_customers=is_customers,
        body=message.body,
        who=message.author_name.strip() or _AUTHORS.get(message.author_kind, ""),
        when=formats.short_instant(message.at, now),
        exactly=formats.instant(message.at),
        iso=message.at.isoformat(),
        is_unread=is_customers and message.read_at is None,
    )


def show_thread(viewer: Viewer, detail: ReturnDetail, now: dt.datetime) -> None:
    """Draw the thread and the field that answers; between the house and the customer alone."""
    if viewer.seller_id is not None:
        return
    with st.container(border=True, gap="xsmall", key="return_thread"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="order_title_thread"):
            st.markdown("**Échanges avec le client**", width="content")
            st.space("stretch")
            if detail.unread_count and viewer.may(Permission.HANDLE_RETURNS):
                st.button(
                    "Marquer comme lu",
                    key="return_mark_read",
                    icon=":material/mark_chat_read:",
                    type="tertiary",
                    on_click=_mark_read,
                    args=(viewer, detail.id),
                )
        draw("thread.html", messages=[bubble(message, now) for message in detail.messages])
        if viewer.may(Permission.HANDLE_RETURNS):
            _show_answer(viewer, detail)


def _show_answer(viewer: Viewer, detail: ReturnDetail) -> None:
    # A new field after each message: what was typed outlives a refusal, and leaves with the message.
    key = f"return_answer_{detail.id}_{len(detail.messages)}"
    st.text_area(
        "Votre message",
        key=key,
        height=90,
        max_chars=MAX_MESSAGE,
        label_visibility="collapsed",
        placeholder="Écrivez au client\u00a0: une précision à demander, une photo, où envoyer le colis…",
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Envoyer au client",
            key="return_send",
            icon=":material/send:",
            on_click=_send,
            args=(viewer, detail.id, key),
        )
        st.caption(_where_it_goes(detail), width="content")


def _where_it_goes(detail: ReturnDetail) -> str:
    email = detail.customer_email.strip()
    if not email:
        return "Le client n’a pas d’adresse e-mail\u00a0: il le lira sur la page de suivi."
    return f"Par e-mail à {escape_markdown(email)}, et sur la page de suivi."


def _send(viewer: Viewer, return_id: int, key: str) -> None:
    with telling_refusals(), transaction() as session:
        write_message(session, Actor.person(viewer), return_id, st.session_state[key], utc_now(), key=key)


@telling_refusals()
def _mark_read(viewer: Viewer, return_id: int) -> None:
    with transaction() as session:
        mark_read(session, viewer, return_id, utc_now())
    flash("Les messages du client sont marqués comme lus.")
