"""« Boîte d'envoi »: its tabs with their counters, the filters, and the list in which a click chooses what is read."""

import datetime as dt
import hashlib
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.badges import OUTBOX_BADGES
from dashboard.list_filters import choice_field, clear_button, filter_row, labels, list_tabs, period_field, search_field
from dashboard.mail.state import MailboxState, from_query, query_string, to_query
from dashboard.mail.words import recipient_words
from dashboard.pager import Grid, show_pages, show_rows
from db.domain import formats
from db.domain.mail import Channel, EmailTemplate
from db.domain.mailbox import MailTab
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.queries.mailbox import COUNT_CAP, MailPage, MailRow
from db.settings import settings

_BESIDE_A_MESSAGE = ("Date", "Destinataire", "Commande", "État", "Message")
_OPTIONS = [badge.label for badge in OUTBOX_BADGES.values()]
_COLOURS = [badge.colour for badge in OUTBOX_BADGES.values()]


def present_state() -> MailboxState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: MailboxState) -> None:
    """Show another list or another message."""
    st.query_params.from_dict(to_query(state))


def show_where_mail_goes(viewer: Viewer) -> None:
    """Say so where nothing leaves the machine, and how to change it to those who can."""
    given = settings()
    senders = {"e\u2011mails": (given.mail_sender, "MAIL\\_SENDER"), "SMS": (given.sms_sender, "SMS\\_SENDER")}
    kept = {what: variable for what, (sender, variable) in senders.items() if sender == "mailbox"}
    if kept:
        what = " et les ".join(kept)
        whole = "Rien ne quitte cette machine" if len(kept) == len(senders) else f"Les {what} ne partent pas"
        remedy = f" Pour écrire vraiment aux gens, choisissez un fournisseur ({', '.join(kept.values())})."
        st.caption(
            f":material/inbox: {whole}\u00a0: les {what} « envoyés » restent dans cette boîte."
            + (remedy if viewer.may(Permission.MANAGE_SETTINGS) else "")
        )
    if given.mail_sender == "sendgrid" and given.sendgrid_sandbox:
        st.caption(
            ":material/inbox: SendGrid est en mode d’essai\u00a0: il vérifie les e\u2011mails et n’en remet aucun."
        )


def show_tabs(state: MailboxState, counts: dict[MailTab, int]) -> None:
    """Draw the lists, what needs somebody first."""
    list_tabs(
        MailTab,
        state.tab,
        _key("tab", state),
        lambda tab: _change(tab=tab),
        lambda tab: f"{tab.label}  **{count_words(counts[tab])}**",
    )


def count_words(count: int) -> str:
    """Return a counter, which stops somewhere: « 1 000+ »."""
    return f"{formats.integer(COUNT_CAP)}+" if count > COUNT_CAP else formats.integer(count)


def show_filters(state: MailboxState) -> None:
    """Draw the search and the filters, filled from the URL; each writes the URL when changed."""
    with filter_row("mail"):
        search_field(
            "N° de commande, client, destinataire",
            state.text,
            _key("q", state),
            lambda text: _change(text=text),
            width=300,
        )
        choice_field(
            "Canal",
            labels(Channel),
            state.channel,
            _key("channel", state),
            lambda channel: _change(channel=channel),
            anything="E-mails et SMS",
            width=150,
        )
        choice_field(
            "Modèle",
            labels(EmailTemplate),
            state.template,
            _key("template", state),
            lambda template: _change(template=template),
            anything="Tous les modèles",
            width=230,
        )
        period_field(state.period, _key("period", state), lambda period: _change(period=period))
        if state.order_number:
            label = f"Commande {formats.short_number(state.order_number)}"
            st.button(label, icon=":material/close:", on_click=lambda: _change(order_number=""))
        if state.is_filtered:
            clear_button(lambda: go(MailboxState(state.tab)))


def _change(**changed: object) -> None:
    go(replace(present_state().from_the_top(), **changed))


def show_list(page: MailPage, state: MailboxState, now: dt.datetime) -> None:
    """Draw a page of the list with the ways to the next, or say that there is nothing."""
    if not page.rows:
        _show_empty(state)
        return
    ids = [row.id for row in page.rows]
    key = f"mail_list_{hashlib.sha256(str((ids, query_string(state))).encode()).hexdigest()[:16]}"
    grid = Grid(
        # Beside a message that is read there is half the room: whose it is and of what comes first.
        columns=None if state.chosen is None else _BESIDE_A_MESSAGE,
        config={
            "Date": st.column_config.TextColumn(width=86),
            "État": st.column_config.MultiselectColumn(options=_OPTIONS, color=_COLOURS, width=150),
            "Message": st.column_config.TextColumn(width=210),
            "Destinataire": st.column_config.TextColumn(width=190),
            "Commande": st.column_config.TextColumn(width=120),
            "Essais": st.column_config.NumberColumn(width=56),
        },
    )
    show_rows(table_data(page.rows, now), ids, state, go, key, grid)
    show_pages(page, ids, state, go)


def table_data(rows: tuple[MailRow, ...], now: dt.datetime) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Date": [formats.short_instant(row.sent_at or row.created_at, now) for row in rows],
            "État": [[OUTBOX_BADGES[row.state].label] for row in rows],
            "Message": [formats.shorten(_title(row), 34) for row in rows],
            "Destinataire": [formats.shorten(recipient_words(row.channel, row.recipient), 28) for row in rows],
            "Commande": [formats.short_number(row.order_number) if row.order_number else None for row in rows],
            "Essais": [row.attempts for row in rows],
        }
    )


def _title(row: MailRow) -> str:
    """Return which e-mail it is: the subject that staff wrote, or the name of an automatic one."""
    name = row.subject if row.template is EmailTemplate.MESSAGE and row.subject else row.template.label
    return f"SMS · {name}" if row.channel is Channel.SMS else name


def _show_empty(state: MailboxState) -> None:
    if state.is_filtered:
        st.info("Aucun message ne correspond à ces filtres. Effacez-les, ou cherchez dans « Tous ».")
    elif state.tab is MailTab.TO_HANDLE:
        st.success("Rien à traiter\u00a0: aucun message n’a été refusé, n’a échoué ou n’est resté sans réponse.")
    else:
        st.info("Aucun message ici pour l’instant.")


def _key(name: str, state: MailboxState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"mail_{name}_{query_string(state)}"
