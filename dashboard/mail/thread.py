"""The e-mails of an order, newest first; one of them is read in a dialog."""

import streamlit as st

from dashboard import formats
from dashboard.badges import outbox_badge
from dashboard.flash import has_flashes
from dashboard.mail.email import show_email
from dashboard.mail.opened import close, email_read, open_email
from dashboard.markdown import escape_markdown
from dashboard.navigation import MAILBOX
from db.domain.mailbox import MailTab
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.mailbox import MailRow, messages_of_order

#: The rest is one click away, in the mailbox.
_SHOWN = 8

__all__ = ["message_thread", "open_email", "show_open_email"]


def message_thread(viewer: Viewer, order_id: int) -> None:
    """Draw the order's e-mails for those who may read them; ``show_open_email`` draws the one that is clicked."""
    if not viewer.may(Permission.READ_MESSAGES):
        return
    now = utc_now()
    with reading() as session:
        mails = messages_of_order(session, viewer, order_id)
    if not mails:
        st.caption("Aucun e-mail pour cette commande.")
    for mail in mails[:_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                escape_markdown(mail.subject or mail.template.label),
                key=f"thread_{mail.id}",
                type="tertiary",
                on_click=open_email,
                args=(mail.id,),
            )
            when = formats.short_instant(mail.sent_at or mail.created_at, now)
            st.markdown(f"{outbox_badge(mail.state)} :small[{escape_markdown(f'{when} · à {mail.recipient}')}]")
    if len(mails) > _SHOWN:
        _show_all(mails)


def _show_all(mails: tuple[MailRow, ...]) -> None:
    st.page_link(
        MAILBOX.page(),
        label=f"Voir les {formats.plural(len(mails), 'e-mail')}",
        query_params={"etat": MailTab.ALL.value, "commande": mails[0].order_number or ""},
    )


def show_open_email(viewer: Viewer) -> None:
    """Draw the e-mail that is open, if one is."""
    outbox_id = email_read()
    if outbox_id is not None:
        _dialog(viewer, outbox_id)


@st.dialog("E-mail", width="medium", on_dismiss=close)
def _dialog(viewer: Viewer, outbox_id: int) -> None:
    if has_flashes():  # What was decided about it is said on the page, which has changed too.
        close()
        st.rerun()
    show_email(viewer, outbox_id)
