"""One e-mail or SMS: what its recipient reads, where it is on its way, and what can be done about it."""

import datetime as dt
from collections.abc import Callable

import streamlit as st

from dashboard.badges import outbox_badge
from dashboard.email_frame import DEFAULT_HEIGHT, show_frame
from dashboard.mail.actions import consider_sent, give_up, send_once_more, send_same_again
from dashboard.mail.pictures import with_pictures
from dashboard.mail.words import address_words, event_words, missing_words, progress_words, recipient_words
from dashboard.markdown import escape_markdown
from dashboard.navigation import ORDER
from dashboard.web.files import file_url
from db.domain import formats
from db.domain.enclosures import Enclosure
from db.domain.errors import MarketplaceError
from db.domain.files import FileKind
from db.domain.mail import Channel, OutboxState, RecipientKind
from db.domain.permissions import Permission
from db.domain.sms import sms_size
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.emails.reading import MailDetail, read_mail
from db.engine import reading

_NOT_FINAL = "Rendu d’aujourd’hui\u00a0: le texte est fixé au moment de l’envoi."
_FAILED_ON_OUR_SIDE = frozenset({OutboxState.FAILED, OutboxState.UNCERTAIN})


def show_email(
    viewer: Viewer, outbox_id: int, on_close: Callable[[], None] | None = None, *, height: int = DEFAULT_HEIGHT
) -> None:
    """Draw an e-mail of the outbox, or why there is none to draw.

    Args:
        viewer: Who reads it.
        outbox_id: Which one.
        on_close: What the button « Fermer » does; without it there is none.
        height: Of the frame with its content, in pixels.
    """
    now = utc_now()
    try:
        with reading() as session:
            mail = read_mail(session, viewer, outbox_id, now)
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)))
        return
    if on_close:
        st.button("Fermer", key="mail_close", icon=":material/close:", type="tertiary", on_click=on_close)
    _show_head(viewer, mail, now)
    if viewer.may(Permission.MESSAGE_CUSTOMERS):
        _show_actions(viewer, mail)
    _show_content(mail, height)


def _show_head(viewer: Viewer, mail: MailDetail, now: dt.datetime) -> None:
    st.subheader(escape_markdown(mail.content.subject or mail.template.label), anchor=False)
    words = escape_markdown(progress_words(mail, now))
    if mail.state.needs_somebody:
        st.warning(f"{outbox_badge(mail.state)} {words}")
    else:
        st.markdown(f"{outbox_badge(mail.state)} {words}")
    to = recipient_words(mail.channel, mail.recipient)
    facts = [
        f"De {escape_markdown(address_words(mail.content.from_name, mail.content.from_email))}",
        f"à {escape_markdown(address_words(mail.recipient_name, to))}",
    ]
    enclosed = [_enclosure(viewer, each, mail) for each in mail.enclosures]
    origin = [escape_markdown(" · ".join(_origin(mail, now))), *filter(None, enclosed)]
    st.caption(" ".join(facts) + "  \n" + " · ".join(origin))
    if mail.order_number:
        number = escape_markdown(mail.order_number)
        st.page_link(ORDER.page(), label=f"Commande {number}", query_params={"n": mail.order_number})


def _origin(mail: MailDetail, now: dt.datetime) -> list[str]:
    """Return where the e-mail comes from: its kind, when it was written and by whom."""
    name = f"SMS · {mail.template.label}" if mail.channel is Channel.SMS else mail.template.label
    words = [name, formats.short_instant(mail.created_at, now)]
    if mail.person_name:
        words.append(f"par {mail.person_name}")
    return words


def _enclosure(viewer: Viewer, each: Enclosure, mail: MailDetail) -> str:
    """Return what goes with it, as a link for those who may open it, or why it does not; as Markdown."""
    if not each.is_enclosed:
        return escape_markdown(missing_words(each, mail.template, has_left=not mail.state.is_waiting))
    name = escape_markdown(each.name)
    needed = Permission.READ_PAYOUTS if each.is_of_payouts else Permission.READ_DOCUMENTS
    if each.chart_file:
        needed = FileKind.SUMMARY_CHART.permission
    if each.file_id and viewer.may(needed):
        return f"avec [{name}]({file_url(int(each.file_id))})"
    return f"avec {name}"


def _show_actions(viewer: Viewer, mail: MailDetail) -> None:
    key, who = f"mail_{mail.id}", (viewer, mail.id, mail.channel)
    with st.container(horizontal=True, gap="small"):
        if mail.state.is_waiting:
            st.button("Ne pas envoyer", icon=":material/block:", key=f"{key}_drop", on_click=give_up, args=who)
            return
        if mail.state in _FAILED_ON_OUR_SIDE:
            st.button("Renvoyer", type="primary", key=f"{key}_again", on_click=send_same_again, args=who)
        if mail.state is OutboxState.UNCERTAIN:
            st.button("Considérer envoyé", key=f"{key}_sent", on_click=consider_sent, args=who)
        if mail.state is not OutboxState.SENDING and mail.order_id:
            _show_resending(viewer, mail, key)
        if mail.state.needs_somebody:
            st.button("Abandonner", type="tertiary", key=f"{key}_drop", on_click=give_up, args=who)


def _show_resending(viewer: Viewer, mail: MailDetail, key: str) -> None:
    """Offer to send it once more, to the same address or to another."""
    is_bounced, is_text = mail.state is OutboxState.BOUNCED, mail.channel is Channel.SMS
    elsewhere = "Renvoyer à un autre numéro" if is_text else "Renvoyer à une autre adresse"
    with st.popover(
        elsewhere if mail.state in _FAILED_ON_OUR_SIDE else "Renvoyer", type="primary" if is_bounced else "secondary"
    ):
        to = recipient_words(mail.channel, mail.recipient)
        st.text_input("À quel numéro ?" if is_text else "À quelle adresse ?", to, key=f"{key}_to", autocomplete="off")
        what = "Le numéro" if is_text else "L’adresse"
        whose = "du vendeur" if mail.recipient_kind is RecipientKind.SELLER else "de la commande"
        place = "dans Réglages › Vendeurs" if mail.recipient_kind is RecipientKind.SELLER else "dans la commande"
        st.caption(f"{what} {whose} ne change pas\u00a0: corrigez-{'le' if is_text else 'la'} {place} pour la suite.")
        st.button(
            "Renvoyer le SMS" if is_text else "Renvoyer l’e-mail",
            type="primary",
            key=f"{key}_resend",
            on_click=send_once_more,
            args=(viewer, mail.id, mail.channel, f"{key}_to"),
        )


def _show_content(mail: MailDetail, height: int) -> None:
    content = mail.content
    if content.error:
        st.error(escape_markdown(content.error))
        return
    if mail.channel is Channel.SMS:
        _show_text(mail)
        return
    labels = ["Comme le destinataire le voit", "Texte seul", *(["Suivi"] if mail.events else [])]
    tabs = st.tabs(labels)
    with tabs[0]:
        if not content.is_final:
            st.caption(_NOT_FINAL)
        title = f"E-mail\u00a0: {content.subject}"
        html = with_pictures(content.html, mail.enclosures)
        show_frame(html, key=f"mail_{mail.id}_frame", title=title, height=height)
    with tabs[1]:
        st.code(content.text, language=None, wrap_lines=True)
    if mail.events:
        with tabs[2]:
            for event in mail.events:
                st.markdown(escape_markdown(event_words(event)))


def _show_text(mail: MailDetail) -> None:
    if not mail.content.is_final:
        st.caption(_NOT_FINAL)
    st.code(mail.content.text, language=None, wrap_lines=True)
    size = sms_size(mail.content.text)
    st.caption(f"{formats.plural(size.units, 'caractère')}, {size.parts}{formats.NO_BREAK_SPACE}SMS")
    for event in mail.events:
        st.markdown(escape_markdown(event_words(event)))
