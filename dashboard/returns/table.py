"""The list of returns: what is under way from the oldest, with the days left; a click on a line opens the return."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.badges import RETURN_BADGES, RETURN_COLOURS_FOR_GRID, RETURN_OPTIONS, Badge
from dashboard.navigation import ORDER, RETURN
from dashboard.pager import NEWEST_FIRST, OLDEST_FIRST, show_pages
from dashboard.returns.deadlines import refund_badge
from dashboard.returns.links import return_params
from dashboard.returns.state import LIST_PARAMETER, ReturnsState, go, to_query, widget_key
from dashboard.row_choice import ROW_OR_CELL, row_chosen
from db.domain import formats
from db.domain.return_filter import ReturnTab
from db.queries.returns import ReturnPage, ReturnRow

_HEADER_HEIGHT = _ROW_HEIGHT = 35
_MAX_HEIGHT = 562
_UNDER_WAY = ("N°", "Demandé", "Statut", "À rembourser", "Client", "Articles", "Motif", "Signes", "Valeur", "Commande")
_OVER = ("N°", "Demandé", "Statut", "Clos", "Client", "Articles", "Motif", "Signes", "Rendu", "Commande")
_EMPTY = {
    ReturnTab.OPEN: "Aucun retour en cours.",
    ReturnTab.REQUESTED: "Aucune demande n’attend votre accord.",
    ReturnTab.AWAITING_PARCEL: "Aucun colis n’est attendu.",
    ReturnTab.PARCEL_RECEIVED: "Aucun colis reçu n’attend son remboursement.",
    ReturnTab.LATE: "Aucun remboursement n’est en retard.",
    ReturnTab.TO_ANSWER: "Aucun client n’attend de réponse.",
    ReturnTab.COMPLETED: "Aucun retour n’est terminé.",
    ReturnTab.DENIED: "Aucun retour n’a été refusé.",
    ReturnTab.ALL: "Aucun retour n’a jamais été demandé.",
}


@dataclass(frozen=True, slots=True)
class _Ways:
    """Whether there are pages above and below, as the pager asks for it."""

    has_newer: bool
    has_older: bool


def show_list(page: ReturnPage, state: ReturnsState, now: dt.datetime, today: dt.date) -> None:
    """Draw a page of the list with the ways to the next, or say that there is nothing."""
    if not page.rows:
        _show_empty(state)
        return
    ids = [row.id for row in page.rows]
    key = widget_key(hashlib.sha256(str(ids).encode()).hexdigest()[:16], state)
    st.dataframe(
        table_data(page.rows, now, today),
        key=key,
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(ids) + 2),
        row_height=_ROW_HEIGHT,
        column_order=_columns(page.rows, state.tab),
        column_config=_config(page.rows, today, key),
        selection_mode=ROW_OR_CELL,
        on_select=lambda: _open_chosen(row_chosen(st.session_state[key].selection, None), ids, state),
        placeholder=formats.DASH,
    )
    ways = _Ways(page.has_previous, page.has_next)
    show_pages(ways, ids, state, go, OLDEST_FIRST if state.tab.is_worked_through else NEWEST_FIRST)


def _columns(rows: Sequence[ReturnRow], tab: ReturnTab) -> list[str]:
    """Return the columns of a list; what no line says takes no room."""
    has_signs = any(map(signs, rows))
    return [name for name in (_UNDER_WAY if tab.is_worked_through else _OVER) if name != "Signes" or has_signs]


def table_data(rows: Sequence[ReturnRow], now: dt.datetime, today: dt.date) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "N°": [str(row.id) for row in rows],
            "Demandé": [formats.short_instant(row.requested_at, now) for row in rows],
            "Statut": [[RETURN_BADGES[row.status].label] for row in rows],
            "À rembourser": [[badge.label] if (badge := _deadline(row, today)) else [] for row in rows],
            "Clos": [formats.short_instant(row.completed_at, now) if row.completed_at else None for row in rows],
            "Client": [formats.shorten(row.customer_name, 22) for row in rows],
            "Articles": [formats.shorten(", ".join(row.articles), 60) or None for row in rows],
            "Motif": [row.reason.label for row in rows],
            "Signes": [signs(row) or None for row in rows],
            "Valeur": [formats.money(row.worth_cents, row.currency) for row in rows],
            "Rendu": [
                formats.money(row.given_back_cents, row.currency) if row.given_back_cents else None for row in rows
            ],
            "Commande": [formats.short_number(row.order_number) for row in rows],
        }
    )


def signs(row: ReturnRow) -> str:
    """Return what else there is to see: « 1 message · 3 photos · geste »."""
    said = [
        formats.plural(row.unread_count, "message") if row.unread_count else "",
        formats.plural(row.photo_count, "photo") if row.photo_count else "",
        "geste" if row.gesture_reason else "",
    ]
    return " · ".join(filter(None, said))


def _deadline(row: ReturnRow, today: dt.date) -> Badge | None:
    deadline = row.refund_deadline(today)
    return refund_badge(deadline) if deadline else None


def _config(rows: Sequence[ReturnRow], today: dt.date, key: str) -> dict[str, object]:
    text = st.column_config.TextColumn
    badges = {badge.label: badge.colour for row in rows if (badge := _deadline(row, today))}
    return {
        "N°": text(width=48, pinned=True),
        "Demandé": text(width=90),
        "Statut": st.column_config.MultiselectColumn(options=RETURN_OPTIONS, color=RETURN_COLOURS_FOR_GRID, width=178),
        "À rembourser": st.column_config.MultiselectColumn(
            options=list(badges), color=list(badges.values()), width=124, help="14 jours après la demande"
        ),
        "Clos": text(width=92),
        "Client": text(width=128),
        "Articles": text(width=150),
        "Motif": text(width=116),
        "Signes": text("Messages", width=84, help="Messages sans réponse, photos, geste commercial"),
        "Valeur": text(width=76, alignment="right", help="Ce qui reste du prix des articles annoncés"),
        "Rendu": text(width=76, alignment="right", help="Remboursé ou donné en bon d’achat"),
        "Commande": st.column_config.ButtonColumn(
            key=f"{key}_order",
            on_click=lambda: st.switch_page(
                ORDER.page(), query_params={"n": rows[st.session_state[f"{key}_order"].row].order_number}
            ),
            type="tertiary",
            width=108,
            alignment="left",
        ),
    }


def _open_chosen(row: int | None, ids: Sequence[int], state: ReturnsState) -> None:
    if row is not None:
        listed = urlencode(to_query(state))
        came_from = {LIST_PARAMETER: listed} if listed else {}
        st.switch_page(RETURN.page(), query_params=return_params(ids[row]) | came_from)


def _show_empty(state: ReturnsState) -> None:
    """Say that nothing matches, keep the filters, and offer the ways on."""
    with st.container(border=True, horizontal_alignment="center", key="returns_empty"):
        if state.is_filtered:
            st.markdown("**Aucun retour ne correspond à ces filtres.**")
        else:
            st.markdown(f"**{_EMPTY[state.tab]}**")
            st.caption("Un client demande un retour sur sa page de suivi\u00a0; vous, sur la page de sa commande.")
        with st.container(horizontal=True, horizontal_alignment="center"):
            if state.is_filtered:
                st.button("Effacer les filtres", type="primary", on_click=lambda: go(ReturnsState(state.tab)))
            if state.tab is not ReturnTab.ALL:
                everywhere = ReturnsState(ReturnTab.ALL, state.text, state.seller_id, state.reason, state.period)
                st.button("Chercher dans tous les retours", on_click=lambda: go(everywhere))
