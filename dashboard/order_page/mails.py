"""The e-mails of the order: each with its state, one click from being read; those in trouble said first."""

import datetime as dt

import streamlit as st

from dashboard.badges import outbox_badge
from dashboard.mail.opened import open_email
from dashboard.markdown import escape_markdown
from dashboard.navigation import MAILBOX
from db.domain import formats
from db.domain.mail import OutboxState
from db.domain.mailbox import MailTab
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.queries.order_rows import MailRow, OrderPage

#: The rest is one click away, in the mailbox.
_SHOWN = 8
_TROUBLES = {
    OutboxState.BOUNCED: "L’e-mail « {what} » a été refusé par l’adresse {to}.",
    OutboxState.FAILED: "L’e-mail « {what} » à {to} n’a pas pu partir.",
    OutboxState.UNCERTAIN: "L’e-mail « {what} » à {to} est peut-être parti\u00a0: la réponse s’est perdue.",
}


def show_mail_troubles(viewer: Viewer, page: OrderPage) -> None:
    """Draw the e-mails that somebody should look at, above everything else."""
    for mail in page.mails:
        if mail.state.needs_somebody:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"mail_trouble_{mail.id}"):
                st.markdown(f":material/warning: {escape_markdown(trouble_words(mail))}", width="content")
                _read_button(viewer, mail, "Traiter", f"order_trouble_{mail.id}")


def trouble_words(mail: MailRow) -> str:
    """Return what went wrong with an e-mail, as plain text."""
    return _TROUBLES[mail.state].format(what=mail.template.label, to=mail.recipient)


def show_mails(viewer: Viewer, page: OrderPage, now: dt.datetime) -> None:
    """Draw the newest e-mails of the order."""
    if not page.mails:
        return
    with st.container(border=True, gap="xsmall", key="order_mails"):
        st.markdown("**E-mails**")
        for mail in page.mails[:_SHOWN]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"order_mail_{mail.id}"):
                words = f"{mail.template.label} · {formats.short_instant(mail.at, now)} · à {mail.recipient}"
                st.markdown(f":small[{escape_markdown(words)}] :small[{outbox_badge(mail.state)}]")
                _read_button(viewer, mail, "Voir", f"order_read_{mail.id}")

        if len(page.mails) > _SHOWN and viewer.may(Permission.READ_MESSAGES):
            st.page_link(
                MAILBOX.page(),
                label=f"Voir les {formats.plural(len(page.mails), 'e-mail')}",
                query_params={"etat": MailTab.ALL.value, "commande": page.header.number},
            )


def _read_button(viewer: Viewer, mail: MailRow, label: str, key: str) -> None:
    if viewer.may(Permission.READ_MESSAGES):
        st.button(label, key=key, type="tertiary", icon=":material/mail:", on_click=open_email, args=(mail.id,))
