"""The first lines of the page: where one is in the list, and what matters most of the order."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

import streamlit as st

from dashboard.badges import late_badge, late_delivery_badge, payment_badge, status_badge, tag_badge
from dashboard.markdown import escape_markdown
from dashboard.navigation import ORDERS
from dashboard.order_list.navigation import LIST_PARAMETER
from dashboard.order_list.state import from_query_string
from dashboard.order_page.action_bar import show_actions
from dashboard.order_page.facts import day_words
from dashboard.order_page.undo_bar import show_undo_bar
from dashboard.statuses import label_of
from db.domain import formats
from db.domain.orders import OrderStatus
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.order_grid import ListPosition, position_in_list
from db.queries.order_rows import OrderHeader, OrderPage

#: Where the orders that were opened from a list stood in it, by list and number.
_LAST_PLACES = "order_last_places"
#: Nobody waits for these any more.
_NOT_AWAITED = frozenset({OrderStatus.DELIVERED, OrderStatus.RECEIVED, OrderStatus.COMPLETED, OrderStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order stands in the list it was opened from, or stood before what was done took it out of there."""

    position: ListPosition
    has_left: bool = False


def list_of_origin() -> str | None:
    """Return the list the order was opened from, or None where it was opened by itself."""
    return st.query_params.get(LIST_PARAMETER)


def position_of(viewer: Viewer, number: str, now: dt.datetime) -> Place | None:
    """Return where the order stands in the list it was opened from; one that has left it keeps its neighbours."""
    came_from, today = list_of_origin(), local_day(now)
    if came_from is None:
        return None
    state, _ = from_query_string(came_from, today)
    with reading() as session:
        position = position_in_list(session, viewer, state.filter, state.sort, number, today)
    last: dict[tuple[str, str], ListPosition] = st.session_state.setdefault(_LAST_PLACES, {})
    if position is not None:
        last[came_from, number] = position
        return Place(position)
    before = last.get((came_from, number))
    return Place(before, has_left=True) if before else None


def show_way_back(place: Place | None) -> None:
    """Draw the link back to the list and, in a list, the neighbours."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="order_way"):
        st.page_link(
            ORDERS.page(),
            label="Commandes",
            icon=":material/arrow_back:",
            query_params=dict(parse_qsl(list_of_origin() or "")),
        )
        if place is not None:
            neighbours_bar(place)


def neighbours_bar(place: Place) -> None:
    """Draw « ◀ 3/14 ▶ »."""
    position = place.position
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", width="content", key="order_neighbours"
    ):
        _neighbour("Préc.", position.previous_number, "left", "P")
        st.markdown(_words_of(place), width="content")
        _neighbour("Suiv.", position.next_number, "right", "N")


def _words_of(place: Place) -> str:
    position = place.position
    if place.has_left:
        return ":small[sortie de la liste]"
    index = formats.integer(position.index)
    return index if position.total is None else f"{index}/{formats.integer(position.total)}"


def _neighbour(label: str, number: str | None, side: Literal["left", "right"], shortcut: str) -> None:
    st.button(
        label,
        key=f"order_{side}",
        icon=f":material/chevron_{side}:",
        icon_position=side,
        type="tertiary",
        shortcut=shortcut,
        disabled=number is None,
        on_click=_open,
        args=(number,),
    )


def _open(number: str) -> None:
    st.query_params["n"] = number


def show_header(viewer: Viewer, page: OrderPage, now: dt.datetime) -> None:
    """Draw number, states, total and what may be done; below, who sells what since when, and the way back."""
    header = page.header
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="order_header"):
        st.header(f"Commande {escape_markdown(header.number)}", anchor=False, width="content")
        with st.container(horizontal=True, gap="xxsmall", width="content"):
            for badge in _badges(header, now):
                st.markdown(badge, width="content")
        st.space("stretch")
        st.subheader(escape_markdown(formats.money(header.total_cents, header.currency)), anchor=False, width="content")
        show_actions(viewer, page)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="order_since"):
        st.caption(_since(header, now), width="content")
        show_undo_bar(viewer, page, now)


def _badges(header: OrderHeader, now: dt.datetime) -> list[str]:
    today = local_day(now)
    late, late_delivery = header.days_late(today), header.delivery_days_late(today)
    return [
        status_badge(header.status),
        payment_badge(header.payment_state),
        *([late_badge(late).markdown] if late else []),
        *([late_delivery_badge(late_delivery).markdown] if late_delivery else []),
        *(tag_badge(tag).markdown for tag in header.tags),
    ]


def _since(header: OrderHeader, now: dt.datetime) -> str:
    parts = [
        f"Passée le {formats.instant(header.placed_at)}, il y a {formats.age(header.placed_at, now)}",
        escape_markdown(header.seller_name),
        formats.plural(header.item_count, "article"),
    ]
    if header.expected_delivery_on and header.status not in _NOT_AWAITED:
        past = ", dépassée" if header.expected_delivery_on < local_day(now) else ""
        parts.append(f"livraison prévue le {day_words(header.expected_delivery_on)}{past}")
    if header.status is OrderStatus.ERROR and header.status_before_error:
        parts.append(f"avant l’erreur\u00a0: {escape_markdown(label_of(header.status_before_error))}")
    return " · ".join(parts)
