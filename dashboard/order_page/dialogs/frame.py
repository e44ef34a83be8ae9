"""Open a dialog, draw it, do what it asks; what was typed survives a refusal, a change meanwhile and a slip."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.flash import flash
from dashboard.focus import focus_first_field
from dashboard.mail.email_dialog import show_open_email
from dashboard.mail.message import show_open_message
from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.changes import show_changes
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.registry import FORMS
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.order_page import order_page
from db.queries.order_rows import OrderPage
from db.services.order_facts import ChangedMeanwhileError
from db.services.returns.facts import ReturnChangedError

_OPEN, _DRAFTS = "order_dialog", "order_dialog_drafts"


def open_dialog(action: Action, page: OrderPage) -> None:
    """Open an action's dialog on the order as it is on the screen; what was typed before it was put away is there."""
    if _opened(page) is not None:
        return  # Its shortcut was pressed again.
    opened = Opened(action, page)
    _fill(opened, {**_fields(opened), **_drafts().pop(opened.key(""), {})})
    st.session_state[_OPEN] = opened


def show_dialogs(viewer: Viewer, page: OrderPage) -> None:
    """Draw the dialog that is open on this order, a message being written or an e-mail being read; never two."""
    opened = _opened(page)
    if opened is None:
        show_open_message(viewer)
        show_open_email(viewer)
        return
    form = _form(opened)
    question = escape_markdown(form.question(opened))
    st.dialog(question, width="large" if form.is_wide else "medium", on_dismiss=_put_away)(_body)(viewer, page)


def _body(viewer: Viewer, page: OrderPage) -> None:
    opened = _opened(page)
    if opened is None:
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
    form = _form(opened)
    if opened.before is not None:
        show_changes(opened.before, opened.page, utc_now())
    if opened.done:
        st.success(opened.done, icon=":material/check:")
    can_act = form.show(viewer, opened)
    if opened.refusal:
        st.error(escape_markdown(opened.refusal), icon=":material/error:")
    if opened.refusal or opened.done:
        st.session_state[_OPEN] = replace(opened, refusal="", done="")  # Until something is typed or clicked.
    focus_first_field(opened.key("focus"))
    _show_buttons(viewer, opened, can_act=can_act)


def _show_buttons(viewer: Viewer, opened: Opened, *, can_act: bool) -> None:
    """Draw the act and the way out; an act that cannot be done as things stand keeps its place."""
    verb = _form(opened).verb(opened)
    with st.container(horizontal=True, gap="small"):
        if verb:
            st.button(
                verb,
                key=opened.key("act"),
                type="primary",
                disabled=not can_act,
                on_click=_act,
                args=(viewer, opened.order_id),
            )
        st.button("Ne rien faire" if verb else "Fermer", key=opened.key("leave"), on_click=_put_away)


def _act(viewer: Viewer, order_id: int) -> None:
    opened = st.session_state.get(_OPEN)
    if opened is None or opened.order_id != order_id:
        return  # A second click on a button that has done its work.
    try:
        words = _form(opened).act(Actor.person(viewer), opened, utc_now())
    except (ChangedMeanwhileError, ReturnChangedError):
        _catch_up(viewer, opened)
    except MarketplaceError as refusal:
        st.session_state[_OPEN] = replace(opened, refusal=str(refusal))
    else:
        if _form(opened).stays and (fresh := _fresh(viewer, opened)):
            now_open = Opened(opened.action, fresh, done=words)
            st.session_state[_OPEN] = now_open
            _fill(now_open, _fields(now_open))
            return
        del st.session_state[_OPEN]
        if words:
            flash(words)


def _fresh(viewer: Viewer, opened: Opened) -> OrderPage | None:
    """Return the order as it is now; None where it cannot be shown, which the dialog then says."""
    try:
        with reading() as session:
            return order_page(session, viewer, opened.page.header.number)
    except MarketplaceError as refusal:
        st.session_state[_OPEN] = replace(opened, refusal=str(refusal))
        return None


def _catch_up(viewer: Viewer, opened: Opened) -> None:
    """Go on from the order as it is now: fields that nobody touched follow it, what was typed stays."""
    fresh = _fresh(viewer, opened)
    if fresh is None:
        return
    now_open = replace(opened, page=fresh, before=opened.before or opened.page, refusal="")
    typed = _typed(opened)
    st.session_state[_OPEN] = now_open
    _fill(now_open, {**_fields(now_open), **typed})


def _put_away() -> None:
    opened = st.session_state.pop(_OPEN, None)
    if opened is not None and (typed := _typed(opened)):
        _drafts()[opened.key("")] = typed


def _typed(opened: Opened) -> dict[str, object]:
    """Return the fields that hold something else than they opened with."""
    held = {name: st.session_state.get(opened.key(name), value) for name, value in _fields(opened).items()}
    return {name: value for name, value in held.items() if value != _fields(opened)[name]}


def _fill(opened: Opened, values: Mapping[str, object]) -> None:
    st.session_state.update({opened.key(name): value for name, value in values.items()})


def _fields(opened: Opened) -> Fields:
    return _form(opened).fields(opened.page, opened.action)


def _form(opened: Opened) -> Form:
    return FORMS[opened.action.kind]


def _opened(page: OrderPage) -> Opened | None:
    """Return the dialog that is open on the order; one that was left by leaving the page is not any more."""
    opened = st.session_state.get(_OPEN)
    if opened is None or opened.order_id != page.header.id:
        return None
    is_drawn = any(opened.key(name) in st.session_state for name in _fields(opened))
    return opened if is_drawn else None


def _drafts() -> dict[str, dict[str, object]]:
    drafts: dict[str, dict[str, object]] = st.session_state.setdefault(_DRAFTS, {})
    return drafts
