"""Writing to customers: the dialog says who will read it and shows what they will see, before anything is sent."""

from collections.abc import Sequence

import streamlit as st

from dashboard import formats
from dashboard.flash import flash
from dashboard.mail.fields import forget_message, show_message_fields, typed_message
from dashboard.mail.frame import show_frame
from dashboard.mail.words import due_words
from dashboard.markdown import escape_markdown
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

_KEY = "message"
_OPEN = "message_orders"
_REASONS_SHOWN = 20


def open_message(order_ids: Sequence[int]) -> None:
    """Have the next run open the dialog; what a button's callback calls."""
    st.session_state[_OPEN] = tuple(order_ids)


def show_open_message(viewer: Viewer) -> None:
    """Draw the dialog while it is open."""
    if st.session_state.get(_OPEN):
        message_dialog(viewer, st.session_state[_OPEN])


def _close() -> None:
    st.session_state.pop(_OPEN, None)


@st.dialog("Écrire au client", width="large", on_dismiss=_close)
def message_dialog(viewer: Viewer, order_ids: Sequence[int]) -> None:
    """Draw the dialog that writes to the customers of some orders; what was typed stays if it is closed by mistake."""
    writing, reading_it = st.tabs(["Écrire", "Aperçu"], on_change="rerun", key=f"{_KEY}_tabs")
    with writing:
        show_message_fields(viewer, order_ids, _KEY)
    plan = _plan(viewer, order_ids)
    if reading_it.open:
        with reading_it:
            _show_preview(plan)
    _show_recipients(plan, order_ids)
    if st.button(_verb(plan, order_ids), type="primary", key=f"{_KEY}_send", disabled=not _can_send(plan)):
        _send(viewer, order_ids)


def _plan(viewer: Viewer, order_ids: Sequence[int]) -> LetterPlan | MarketplaceError | None:
    """Return who would be written to, why nobody can be, or None while there is nothing to send."""
    text = typed_message(_KEY)
    if not text.subject.strip() or not text.body.strip():
        return None
    try:
        with reading() as session:
            return plan_messages(session, Actor.person(viewer), order_ids, text.subject, text.body)
    except MarketplaceError as refusal:
        return refusal


def _can_send(plan: LetterPlan | MarketplaceError | None) -> bool:
    return isinstance(plan, LetterPlan) and bool(plan.letters)


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


def _show_preview(plan: LetterPlan | MarketplaceError | None) -> None:
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
    st.markdown(f"**{escape_markdown(mail.subject)}**")
    show_frame(mail.html, key=f"{_KEY}_preview", title="Aperçu du message", height=420)


def _send(viewer: Viewer, order_ids: Sequence[int]) -> None:
    text, now = typed_message(_KEY), utc_now()
    try:
        with transaction() as session:
            done = write_to_customers(session, Actor.person(viewer), order_ids, text.subject, text.body, now)
            due_at = now + undo_window(session)
    except MarketplaceError as refusal:
        st.error(escape_markdown(str(refusal)))
        return
    if not done.history_ids:
        _show_refused(done.refused)
        return
    flash(f"{_done_words(done)} · {due_words(due_at, now)}", icon=":material/outgoing_mail:")
    forget_message(_KEY)
    _close()
    st.rerun()


def _done_words(done: Moved) -> str:
    words = formats.plural(len(done.history_ids), "message part", "messages partent")
    return f"{words}, {formats.plural(len(done.refused), 'refusé')}" if done.refused else words
