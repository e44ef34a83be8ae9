"""The lists of Finances › Commissions: what was invoiced, where a click shows the document, and what is not yet."""

import hashlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.fee_invoices.state import FeesState, go, widget_key
from dashboard.markdown import escape_markdown
from dashboard.pager import Grid, show_pages, show_rows
from dashboard.web.files import view_url
from db.domain import formats
from db.domain.viewer import Viewer
from db.queries.fee_invoices import FeePage, FeeRow
from db.services.fee_invoices.waiting import WaitingFees

_HEADER_HEIGHT = _ROW_HEIGHT = 35
_MAX_HEIGHT = 562
_COLUMNS = ("Numéro", "Date", "Type", "Vendeur", "Période", "HT", "TVA", "TTC", "PDF")
_BESIDE_A_DOCUMENT = ("Numéro", "Date", "TTC", "PDF")


def show_list(viewer: Viewer, page: FeePage, state: FeesState) -> None:
    """Draw a page of the list with the ways to the next, or say that there is nothing."""
    if not page.rows:
        _show_empty(state)
        return
    ids = [row.id for row in page.rows]
    key = widget_key(hashlib.sha256(str(ids).encode()).hexdigest()[:16], state)
    grid = Grid(_columns(viewer, state), _config(), _MAX_HEIGHT, _HEADER_HEIGHT, _ROW_HEIGHT)
    show_rows(table_data(page.rows), ids, state, go, key, grid)
    show_pages(page, ids, state, go)


def _columns(viewer: Viewer, state: FeesState) -> tuple[str, ...]:
    if state.chosen is not None:
        return _BESIDE_A_DOCUMENT
    return tuple(name for name in _COLUMNS if name != "Vendeur" or viewer.seller_id is None)


def _config() -> dict[str, object]:
    text = st.column_config.TextColumn
    return {
        "Numéro": text(width=130),
        "Date": text(width=90),
        "Type": text(width=70),
        "Vendeur": text(width=200),
        "Période": text(width=180, help="Les jours où les commissions ont été retenues ou rendues"),
        "HT": text(width=100, alignment="right"),
        "TVA": text(width=90, alignment="right"),
        "TTC": text(width=100, alignment="right"),
        "PDF": st.column_config.LinkColumn(width=110, display_text=r"#(.+)$"),
    }


def table_data(rows: Sequence[FeeRow]) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Numéro": [row.number for row in rows],
            "Date": [formats.date(row.issued_on) for row in rows],
            "Type": ["Avoir" if row.is_credit_note else "Facture" for row in rows],
            "Vendeur": [formats.shorten(row.seller_name, 26) for row in rows],
            "Période": [period_words(row) for row in rows],
            "HT": [formats.money(row.net_cents, row.currency) for row in rows],
            "TVA": [formats.money(row.vat_cents, row.currency) for row in rows],
            "TTC": [formats.money(row.gross_cents, row.currency) for row in rows],
            "PDF": [_pdf(row) for row in rows],
        }
    )


def period_words(row: FeeRow) -> str:
    """Return « 03/11/2026 – 17/11/2026 », or the one day."""
    first, last = formats.date(row.first_on), formats.date(row.last_on)
    return first if first == last else f"{first} – {last}"


def _pdf(row: FeeRow) -> str | None:
    """Return where the PDF is, with what the link says behind « # »."""
    return f"{view_url(row.file_id)}#{'À vérifier' if row.is_flagged else 'Ouvrir'}" if row.is_ready else None


def _show_empty(state: FeesState) -> None:
    if state.is_filtered:
        st.info("Aucun document ne correspond à ces filtres. Effacez-les, ou cherchez dans une autre liste.")
    else:
        st.info(
            "Aucune commission n’est encore facturée. La facture est établie d’elle-même, une fois le reversement "
            "transmis à la banque\u00a0; Réglages › Règles de versement dit si c’est avec chacun ou une fois par "
            "mois."
        )


def show_waiting(waiting: Sequence[WaitingFees]) -> None:
    """Draw what is not invoiced yet, seller by seller, with what it waits for."""
    if not waiting:
        st.success("Toutes les commissions des reversements transmis sont facturées.")
        return
    for why in dict.fromkeys(each.why for each in waiting if each.is_blocked):
        st.warning(escape_markdown(why), icon=":material/warning:")
    text = st.column_config.TextColumn
    st.dataframe(
        waiting_data(waiting),
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(waiting) + 2),
        row_height=_ROW_HEIGHT,
        column_config={
            "Vendeur": text(width=220),
            "Reversements": text(width=110, alignment="right"),
            "Commissions TTC": text(width=130, alignment="right"),
            "Facturées": text(width=620),
        },
    )


def waiting_data(waiting: Sequence[WaitingFees]) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Vendeur": [formats.shorten(each.seller_name, 28) for each in waiting],
            "Reversements": [formats.integer(each.payout_count) for each in waiting],
            "Commissions TTC": [formats.money(each.fee_cents, each.currency) for each in waiting],
            "Facturées": ["⚠ En attente de ce qui manque" if each.is_blocked else each.why for each in waiting],
        }
    )
