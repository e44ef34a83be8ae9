"""« Expédier »: which articles leave in this parcel, with whom, and what the customer is told."""

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.carrier_fields import CARRIER, DAY, LINK, NUMBER, held, known_name, show_parcel_fields
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import EXAMPLE, MUTED
from dashboard.order_page.dialogs.planned import show_plan
from db.domain import formats
from db.domain.actor import Actor
from db.domain.move_words import MAX_MESSAGE
from db.domain.moves import Move
from db.domain.orders import OrderStatus
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.carriers import all_carriers
from db.queries.order_rows import LineRow, OrderPage
from db.services.moves import move_order

_MESSAGE = "message"
#: The articles of a long order scroll by themselves, so that the button stays near.
_SCROLLS_BEYOND, _SCROLL_HEIGHT = 6, 300


def _question(opened: Opened) -> str:
    if opened.page.header.status is OrderStatus.PARTLY_SHIPPED:
        return "Expédier le reste de cette commande\u00a0?"
    return "Expédier cette commande\u00a0?"


def _verb(opened: Opened) -> str:
    units = sum(_units(opened).values())
    return f"Expédier {formats.plural(units, 'article')}" if opened.page.lines else "Expédier"


def _fields(page: OrderPage, _action: Action) -> Fields:
    with reading() as session:
        carrier = known_name(all_carriers(session), page.header.carrier)
    return {
        NUMBER: "",
        CARRIER: carrier,
        LINK: "",
        DAY: local_day(utc_now()),
        _MESSAGE: "",
        MUTED: False,
        EXAMPLE: False,
    } | {_field(line): line.quantity_left for line in _lines_left(page)}


def _show(viewer: Viewer, opened: Opened) -> bool:
    with reading() as session:
        carriers = all_carriers(session)
    show_parcel_fields(opened, carriers, "Parti le")
    _show_articles(opened)
    st.text_area("Message au client (dans l’e-mail)", key=opened.key(_MESSAGE), height=68, max_chars=MAX_MESSAGE)
    return show_plan(viewer, opened, _move(opened), without_words=Move(OrderStatus.SHIPPED, units=_units(opened)))


def _show_articles(opened: Opened) -> None:
    """Draw how many of each article leave: all that is left unless somebody says otherwise."""
    lines = _lines_left(opened.page)
    if not lines:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Articles de ce colis**", width="content")
        st.space("stretch")
        for label, part in (("Tout", 1), ("Rien", 0)):
            st.button(label, key=opened.key(f"take_{part}"), type="tertiary", on_click=_take, args=(opened, part))
    if gone := _gone_words(opened.page):
        st.caption(gone)
    with st.container(gap="xxsmall", height=_SCROLL_HEIGHT if len(lines) > _SCROLLS_BEYOND else "content"):
        for line in lines:
            _show_article(opened, line)


def _show_article(opened: Opened, line: LineRow) -> None:
    key = opened.key(_field(line))
    # Somebody else may have shipped some of it since this was typed. Written only then: what is written here
    # replaces what is being typed.
    if st.session_state.get(key, line.quantity_left) > line.quantity_left:
        st.session_state[key] = line.quantity_left
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=opened.key(f"line_{line.id}")):
        st.markdown(_article_words(line), width="stretch")
        st.number_input(
            f"{line.name}\u00a0: quantité à expédier",
            min_value=0,
            max_value=line.quantity_left,
            key=key,
            label_visibility="collapsed",
            width=120,
        )


def _article_words(line: LineRow) -> str:
    """Return « Thé vert bio · THE-1 · 2 à expédier »."""
    details = [part for part in (line.sku, *map(str, line.attributes.values())) if part.strip()]
    left = f"{formats.integer(line.quantity_left)} à expédier"
    return f"{escape_markdown(line.name)} :small[{escape_markdown(' · '.join([*details, left]))}]"


def _gone_words(page: OrderPage) -> str:
    """Return what left already: « Déjà parti : 2 × Thé vert bio. »."""
    shipped = [
        f"{formats.integer(line.quantity_shipped)} × {line.name}" for line in page.lines if line.quantity_shipped
    ]
    return escape_markdown(f"Déjà parti\u00a0: {', '.join(shipped)}.") if shipped else ""


def _take(opened: Opened, part: int) -> None:
    for line in _lines_left(opened.page):
        st.session_state[opened.key(_field(line))] = line.quantity_left * part


def _move(opened: Opened) -> Move:
    return Move(
        OrderStatus.SHIPPED,
        message=held(opened, _MESSAGE),
        carrier=held(opened, CARRIER),
        tracking_number=held(opened, NUMBER),
        tracking_url=held(opened, LINK),
        units=_units(opened) if opened.page.lines else None,
        happened_on=opened.value(DAY),
        notifies=not st.session_state.get(opened.key(MUTED)),
    )


def _units(opened: Opened) -> Mapping[int, int]:
    return {
        line.id: st.session_state.get(opened.key(_field(line)), line.quantity_left) for line in _lines_left(opened.page)
    }


def _lines_left(page: OrderPage) -> list[LineRow]:
    return [line for line in page.lines if line.quantity_left > 0]


def _field(line: LineRow) -> str:
    return f"units_{line.id}"


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        move_order(session, actor, opened.order_id, _move(opened), now, version=opened.version)
    return ""  # The line that lets it be taken back says it.


FORM = Form(question=_question, verb=_verb, fields=_fields, show=_show, act=_act)
