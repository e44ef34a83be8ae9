"""Writing to customers: the dialog says who will read it and shows what they will see, before anything is sent."""

import re
from collections.abc import Sequence

import streamlit as st

from dashboard.email_frame import show_frame
from dashboard.flash import flash
from dashboard.mail.fields import forget_replaced, put_message, show_message_fields, typed_message
from dashboard.mail.opened import close, orders_written_to
from dashboard.mail.words import due_words
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.mail import EmailTemplate
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.emails.rendering import preview
from db.engine import reading, transaction
from db.services.messages import LetterPlan, plan_messages, write_to_customers
from db.services.moves import Moved, Refused
from db.services.outbox import undo_window

_DRAFTS = "message_drafts"
_REASONS_SHOWN = 20
#: What prepared messages leave to be written: « [article à préciser] ».
_GAP = re.compile(r"\[[^\[\]\n]+\]")


def show_open_message(viewer: Viewer) -> None:
    """Draw the dialog while it is open."""
    order_ids = orders_written_to()
    if order_ids:
        message_dialog(viewer, order_ids)


def message_dialog(viewer: Viewer, order_ids: Sequence[int]) -> None:
    """Draw the dialog that writes to the customers of some orders; what was typed outlives a slip."""
    many = len(order_ids) > 1
    whom = f"aux clients de {formats.plural(len(order_ids), 'commande')}" if many else "au client"
    title = f"Que voulez-vous écrire {whom}\u00a0?"
    st.dialog(title, width="medium", on_dismiss=lambda: _put_away(_key(order_ids)))(_body)(viewer, order_ids)


def _key(order_ids: Sequence[int]) -> str:
    """Return what the fields' keys start with: a text for one customer is never shown as another's."""
    return f"message_{'_'.join(map(str, order_ids[:1]))}_{len(order_ids)}"


def _put_away(key: str) -> None:
    st.session_state.setdefault(_DRAFTS, {})[key] = typed_message(key)
    close()


def _body(viewer: Viewer, order_ids: Sequence[int]) -> None:
    key = _key(order_ids)
    draft = st.session_state.get(_DRAFTS, {}).pop(key, None)
    if draft:
        put_message(key, draft)
    writing, reading_it = st.tabs(["Écrire", "Aperçu"], on_change="rerun", key=f"{key}_tabs")
    with writing:
        show_message_fields(viewer, order_ids, key)
    plan = _plan(viewer, order_ids)
    if reading_it.open:
        with reading_it:
            _show_preview(plan, key)
    _show_recipients(plan, order_ids)
    # Not disabled while there is no text: a field hands over what was typed only when the button is pressed.
    nobody = isinstance(plan, LetterPlan) and not plan.letters
    is_asked = st.button(_verb(plan, order_ids), type="primary", key=f"{key}_send", disabled=nobody)
    if is_asked and not isinstance(plan, MarketplaceError):  # A refusal stands there already.
        _send(viewer, order_ids)


def _plan(viewer: Viewer, order_ids: Sequence[int]) -> LetterPlan | MarketplaceError | None:
    """Return who would be written to, why nobody can be, or None while there is nothing to send."""
    text = typed_message(_key(order_ids))
    if not text.subject.strip() or not text.body.strip():
        return None
    try:
        with reading() as session:
            return plan_messages(session, Actor.person(viewer), order_ids, text.subject, text.body)
    except MarketplaceError as refusal:
        return refusal


def _verb(plan: LetterPlan | MarketplaceError | None, order_ids: Sequence[int]) -> str:
    letters = len(plan.letters) if isinstance(plan, LetterPlan) else len(order_ids)
    return "Envoyer le message" if len(order_ids) == 1 else f"Envoyer {formats.plural(letters, 'message')}"


def _show_recipients(plan: LetterPlan | MarketplaceError | None, order_ids: Sequence[int]) -> None:
    if plan is None:
        st.caption("Choisissez un modèle ou écrivez un objet et un texte.")
    elif isinstance(plan, MarketplaceError):
        st.error(escape_markdown(str(plan)))
    else:
        with reading() as session:
            window = undo_window(session)
        now = utc_now()
        if plan.letters:
            who = plan.letters[0].recipient if len(order_ids) == 1 else formats.plural(len(plan.letters), "client")
            when = due_words(now + window, now)
            st.caption(f"À {escape_markdown(who)} · part {when}\u00a0: d’ici là, vous pouvez l’annuler.")
        if any(_GAP.search(str(text)) for letter in plan.letters[:1] for text in letter.variables.values()):
            st.warning("Un passage entre crochets reste à compléter ou à effacer dans le message.")
        _show_refused(plan.refused)


def _show_refused(refused: Sequence[Refused]) -> None:
    if not refused:
        return
    orders = formats.plural(len(refused), "commande")
    lines = [
        f"- **{escape_markdown(each.number)}** {escape_markdown(each.reason)}" for each in refused[:_REASONS_SHOWN]
    ]
    if len(refused) > _REASONS_SHOWN:
        lines.append(f"- et {formats.plural(len(refused) - _REASONS_SHOWN, 'autre')}")
    st.warning(f"Pas de message pour {orders}\u00a0:\n" + "\n".join(lines))


def _show_preview(plan: LetterPlan | MarketplaceError | None, key: str) -> None:
    """Draw what the first of the customers will read."""
    if not isinstance(plan, LetterPlan) or not plan.letters:
        st.info("L’aperçu apparaît dès que le message peut être envoyé.")
        return
    first = plan.letters[0]
    try:
        with reading() as session:
            mail = preview(session, EmailTemplate.MESSAGE, first.order_id, variables=first.variables)
    except MarketplaceError as refusal:
        st.error(escape_markdown(str(refusal)))
        return
    st.subheader(escape_markdown(mail.subject), anchor=False)
    show_frame(mail.html, key=f"{key}_preview", title="Aperçu du message", height=420)


def _send(viewer: Viewer, order_ids: Sequence[int]) -> None:
    text, now = typed_message(_key(order_ids)), utc_now()
    try:
        with transaction() as session:
            done = write_to_customers(session, Actor.person(viewer), order_ids, text.subject, text.body, now)
            window = undo_window(session)
    except MarketplaceError as refusal:
        st.error(escape_markdown(str(refusal)))
        return
    if not done.history_ids:
        _show_refused(done.refused)
        return
    if len(order_ids) > 1 or not window:  # Else the line that lets it be taken back says it.
        flash(_done_words(done, due_words(now + window, now)), icon=":material/outgoing_mail:")
    forget_replaced(_key(order_ids))
    close()
    st.rerun()


def _done_words(done: Moved, when: str) -> str:
    sent = len(done.history_ids)
    words = "Le message part" if sent == 1 else formats.plural(sent, "message part", "messages partent")
    refused = f" Pas de message pour {formats.plural(len(done.refused), 'commande')}." if done.refused else ""
    return f"{words} {when}.{refused}"
