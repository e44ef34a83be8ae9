"""Take the payouts out of a file that could not be made: they are approved again, and can be sent anew."""

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.actor import Actor
from db.domain.payout_acts import MAX_NOTE
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.transfer_batches import BatchRow
from db.services.payouts.exporting import undo_export

_REASON = "transfers_undo_reason"


def show_undo(viewer: Viewer, batch: BatchRow) -> None:
    """Draw what taking it back does, why it is done, and the button; for whoever prepares payouts."""
    if not viewer.may(Permission.PREPARE_PAYOUTS):
        return
    count = formats.plural(batch.payout_count, "reversement redevient approuvé", "reversements redeviennent approuvés")
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**Retirer cette remise** · {count}, et se transmettent de nouveau. La banque n’a rien reçu.")
        st.text_input("Pourquoi", key=_REASON, max_chars=MAX_NOTE, placeholder="Un nom à corriger…", autocomplete="off")
        st.button(
            "Retirer la remise", key="transfers_undo", icon=":material/undo:", on_click=_undo, args=(viewer, batch)
        )


@telling_refusals()
def _undo(viewer: Viewer, batch: BatchRow) -> None:
    with transaction() as session:
        undo_export(session, Actor.person(viewer), batch.id, st.session_state.get(_REASON) or "", utc_now())
    st.session_state.pop(_REASON, None)
    flash(f"La remise {escape_markdown(batch.message_id)} est retirée.")
