"""What can be done with one voucher: its code sent, its PDF made, what is left of it cancelled."""

import datetime as dt

import streamlit as st

from dashboard.files.state import await_file
from dashboard.flash import telling_refusals
from dashboard.vouchers.opened import VoucherAct, open_dialog
from db.domain.actor import Actor
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.vouchers import VoucherDetail
from db.services.voucher_files import ask_for_voucher_file
from db.services.voucher_mail import may_send_vouchers


def show_actions(viewer: Viewer, voucher: VoucherDetail, today: dt.date) -> None:
    """Draw the buttons; what is worth nothing any more has none."""
    row = voucher.row
    if not row.state(today).is_live:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if may_send_vouchers(Actor.person(viewer)):
            st.button(
                "Envoyer par e-mail",
                key=f"voucher_send_{row.id}",
                icon=":material/forward_to_inbox:",
                on_click=open_dialog,
                args=(VoucherAct.SEND, row.id, row.version),
            )
        st.button(
            "Préparer le PDF",
            key=f"voucher_pdf_{row.id}",
            icon=":material/picture_as_pdf:",
            on_click=_ask_for_file,
            args=(viewer, row.id),
        )
        if viewer.may(Permission.REFUND):
            st.button(
                "Annuler",
                key=f"voucher_cancel_{row.id}",
                icon=":material/block:",
                type="tertiary",
                on_click=open_dialog,
                args=(VoucherAct.CANCEL, row.id, row.version),
            )


@telling_refusals()
def _ask_for_file(viewer: Viewer, voucher_id: int) -> None:
    with transaction() as session:
        file_id = ask_for_voucher_file(session, Actor.person(viewer), voucher_id, utc_now())
    await_file(file_id)
