"""One file of transfers beside the list: who pays, the file itself, its transfers, and the way back where it failed."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.badges import PAYOUT_BADGES, PAYOUT_COLOURS_FOR_GRID, PAYOUT_OPTIONS
from dashboard.files.actions import show_cancel, show_download
from dashboard.files.words import progress_words
from dashboard.markdown import escape_markdown
from dashboard.navigation import PAYOUT
from dashboard.payout_page.links import payout_params
from dashboard.row_choice import ROW_OR_CELL, row_chosen
from dashboard.transfers.table import standing_words
from dashboard.transfers.undoing import show_undo
from db.domain import formats
from db.domain.errors import MarketplaceError
from db.domain.files import FileKind, FileState
from db.domain.iban import iban_masked
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.files import FileRow, file_row
from db.queries.transfer_batches import TRANSFERS_SHOWN, BatchRow, BatchTransfer, batch_row, batch_transfers

_SECONDS_BETWEEN_LOOKS = 1
_ROW_HEIGHT, _HEADER_HEIGHT, _MAX_HEIGHT = 34, 36, 420


def show_batch(viewer: Viewer, batch_id: int, on_close: Callable[[], None]) -> None:
    """Draw a file of transfers, or why there is none to draw."""
    st.button("Fermer", key="transfers_close", icon=":material/close:", type="tertiary", on_click=on_close)
    try:
        with reading() as session:
            batch = batch_row(session, viewer, batch_id)
            transfers = batch_transfers(session, viewer, batch_id)
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)))
        return
    st.subheader(escape_markdown(batch.message_id), anchor=False)
    st.markdown("  \n".join(map(escape_markdown, facts(batch))))
    _show_file(viewer, batch)
    if batch.can_be_undone:
        show_undo(viewer, batch)
    _show_transfers(batch, transfers)


def facts(batch: BatchRow) -> list[str]:
    """Return what it comes to, when and from where it is paid, who sent it; one sentence a line."""
    worth = f"{formats.plural(batch.payout_count, 'virement')} · {formats.money(batch.total_cents, batch.currency)}"
    said = [
        worth,
        f"À payer le {formats.date(batch.requested_on)} par {batch.debtor_name} ({iban_masked(batch.debtor_iban)})",
        f"Transmise le {formats.instant(batch.created_at)} par {batch.person_name}",
    ]
    standing = standing_words(batch)
    return [*said, f"À la banque\u00a0: {standing}"] if standing and batch.undone_at is None else said


def _show_file(viewer: Viewer, batch: BatchRow) -> None:
    """Draw the file: how far it is, how it is had, or why there is none; for whoever hands it to the bank."""
    if batch.undone_at is not None:
        st.info("Cette remise a été retirée\u00a0: ses reversements sont de nouveau approuvés.")
        return
    if batch.file_id is None or not viewer.may(FileKind.TRANSFERS.permission):
        return
    if batch.file_state is not None and not batch.file_state.is_over:
        _show_progress(viewer, batch.file_id)
        return
    file = _file(viewer, batch.file_id)
    if file.state is FileState.READY:
        with st.container(horizontal=True, vertical_alignment="center"):
            show_download(file)
            st.caption("Déposez ce fichier sur le site de votre banque, une seule fois.")
    else:
        st.error(escape_markdown(file.error or file.state.label), icon=":material/error:")


def _file(viewer: Viewer, file_id: int) -> FileRow:
    with reading() as session:
        return file_row(session, viewer, file_id)


@st.fragment(run_every=_SECONDS_BETWEEN_LOOKS)
def _show_progress(viewer: Viewer, file_id: int) -> None:
    file = _file(viewer, file_id)
    if file.state.is_over:
        st.rerun()  # The file is drawn anew, and this clock stops.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.progress(file.part_done, text=progress_words(file, utc_now()))
        show_cancel(viewer, file, "batch")


def _show_transfers(batch: BatchRow, transfers: list[BatchTransfer]) -> None:
    if not transfers:
        return
    if len(transfers) > TRANSFERS_SHOWN:
        st.caption(f"Les {formats.integer(TRANSFERS_SHOWN)} premiers virements\u00a0; le fichier les a tous.")
        transfers = transfers[:TRANSFERS_SHOWN]
    key = f"transfers_of_{batch.id}"
    st.dataframe(
        transfers_data(transfers),
        key=key,
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(transfers) + 2),
        row_height=_ROW_HEIGHT,
        selection_mode=ROW_OR_CELL,
        on_select=lambda: _open(row_chosen(st.session_state[key].selection, None), transfers),
        placeholder=formats.DASH,
        column_config={
            "Reversement": st.column_config.TextColumn(width=92, help="Ouvre le reversement"),
            "Vendeur": st.column_config.TextColumn(width=124),
            "Montant": st.column_config.TextColumn(width=84, alignment="right"),
            "État": st.column_config.MultiselectColumn(
                options=PAYOUT_OPTIONS, color=PAYOUT_COLOURS_FOR_GRID, width=148
            ),
            "Réponse": st.column_config.TextColumn(width=160),
            "IBAN": st.column_config.TextColumn(width=170),
        },
    )


def transfers_data(transfers: list[BatchTransfer]) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Reversement": [each.reference for each in transfers],
            "Vendeur": [formats.shorten(each.seller_name, 17) for each in transfers],
            "Montant": [formats.money(each.net_cents, each.currency) for each in transfers],
            "État": [[PAYOUT_BADGES[each.state].label] for each in transfers],
            "Réponse": [answer_words(each) for each in transfers],
            "IBAN": [iban_masked(each.iban) for each in transfers],
        }
    )


def answer_words(transfer: BatchTransfer) -> str | None:
    """Return what the bank said of a transfer: the day it paid, or why it did not; nothing yet."""
    return f"le {formats.date(transfer.paid_on)}" if transfer.paid_on else transfer.rejection or None


def _open(row: int | None, transfers: list[BatchTransfer]) -> None:
    if row is not None and row < len(transfers):
        st.switch_page(PAYOUT.page(), query_params=payout_params(transfers[row].payout_id))
