"""The e-mails and SMS of the order: each with its state, one click from being read; those in trouble said first."""

import datetime as dt

import streamlit as st

from dashboard.badges import outbox_badge
from dashboard.mail.opened import open_email
from dashboard.mail.words import recipient_words, to_words
from dashboard.markdown import escape_markdown
from dashboard.navigation import MAILBOX
from db.domain import formats
from db.domain.mail import Channel, OutboxState
from db.domain.mailbox import MailTab
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.queries.order_rows import MailRow, OrderPage

#: The rest is one click away, in the mailbox.
_SHOWN = 8
_TROUBLES = {
    OutboxState.BOUNCED: "{the} « {what} » a été refusé par {to}.",
    OutboxState.FAILED: "{the} « {what} » {to} n’a pas pu partir.",
    OutboxState.UNCERTAIN: "{the} « {what} » {to} est peut-être parti\u00a0: la réponse s’est perdue.",
}
_THE = {Channel.EMAIL: "L’e-mail", Channel.SMS: "Le SMS"}
_REFUSED_BY = {Channel.EMAIL: "l’adresse ", Channel.SMS: "le "}


def show_mail_troubles(viewer: Viewer, page: OrderPage) -> None:
    """Draw the e-mails that somebody should look at, above everything else."""
    for mail in page.mails:
        if mail.state.needs_somebody:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"mail_trouble_{mail.id}"):
                st.markdown(f":material/warning: {escape_markdown(trouble_words(mail))}", width="content")
                _read_button(viewer, mail, "Traiter", f"order_trouble_{mail.id}")


def trouble_words(mail: MailRow) -> str:
    """Return what went wrong with an e-mail or SMS, as plain text."""
    to = to_words(mail.channel, mail.recipient)
    if mail.state is OutboxState.BOUNCED:
        to = _REFUSED_BY[mail.channel] + recipient_words(mail.channel, mail.recipient)
    return _TROUBLES[mail.state].format(the=_THE[mail.channel], what=mail.template.label, to=to)


def show_mails(viewer: Viewer, page: OrderPage, now: dt.datetime) -> None:
    """Draw the newest e-mails and SMS of the order."""
    if not page.mails:
        return
    has_texts = any(mail.channel is Channel.SMS for mail in page.mails)
    with st.container(border=True, gap="xsmall", key="order_mails"):
        st.markdown("**E-mails et SMS**" if has_texts else "**E-mails**")
        for mail in page.mails[:_SHOWN]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"order_mail_{mail.id}"):
                what = mail.template.label if mail.channel is Channel.EMAIL else f"SMS · {mail.template.label}"
                to = to_words(mail.channel, mail.recipient)
                words = f"{what} · {formats.short_instant(mail.at, now)} · {to}"
                st.markdown(f":small[{escape_markdown(words)}] :small[{outbox_badge(mail.state)}]")
                _read_button(viewer, mail, "Voir", f"order_read_{mail.id}")

        if len(page.mails) > _SHOWN and viewer.may(Permission.READ_MESSAGES):
            st.page_link(
                MAILBOX.page(),
                label=f"Voir les {formats.plural(len(page.mails), 'message' if has_texts else 'e-mail')}",
                query_params={"etat": MailTab.ALL.value, "commande": page.header.number},
            )


def _read_button(viewer: Viewer, mail: MailRow, label: str, key: str) -> None:
    if viewer.may(Permission.READ_MESSAGES):
        st.button(label, key=key, type="tertiary", icon=":material/mail:", on_click=open_email, args=(mail.id,))
