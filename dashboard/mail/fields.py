"""The fields in which a message is written: a prepared one to start from, the subject, the text, the variables."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.markdown import escape_markdown
from db.domain.viewer import Viewer
from db.emails.messages import MessageText, fill_messages, message_variables
from db.engine import reading
from db.queries.message_templates import MessageTemplateRow, message_templates
from db.services.message_text import MAX_BODY, MAX_SUBJECT

_BODY_HEIGHT = 220


def show_message_fields(viewer: Viewer, order_ids: Sequence[int], key: str) -> None:
    """Draw the fields under keys that start with ``key``; ``typed_message`` reads them.

    Args:
        viewer: Who writes.
        order_ids: Whose customers are written to. For one order a prepared message comes with its variables filled
            in; for several they stay, and are filled in for each.
        key: What the fields' keys start with.
    """
    with reading() as session:
        prepared = {row.id: row for row in message_templates(session, viewer)}
    if prepared:
        st.selectbox(
            "Modèle de message",
            list(prepared),
            index=None,
            key=f"{key}_template",
            format_func=lambda template_id: prepared[template_id].name,
            placeholder="Partir d’un modèle",
            on_change=_take,
            args=(prepared, order_ids, key),
        )
    if st.session_state.get(f"{key}_replaced"):
        st.button(
            "Reprendre mon texte",
            key=f"{key}_take_back",
            icon=":material/undo:",
            type="tertiary",
            on_click=_take_back,
            args=(key,),
        )
    show_text_fields(key)


def show_text_fields(key: str, text: MessageText | None = None) -> None:
    """Draw the subject and the text, with the list of variables beneath."""
    start = text or MessageText("", "")
    st.text_input("Objet", start.subject, key=f"{key}_subject", max_chars=MAX_SUBJECT, autocomplete="off")
    st.text_area("Texte", start.body, key=f"{key}_body", max_chars=MAX_BODY, height=_BODY_HEIGHT)
    with st.popover("Variables", icon=":material/data_object:", type="tertiary"):
        st.caption("Chaque variable est remplacée par ce qu’elle vaut pour la commande.")
        st.markdown("\n".join(variable_lines(message_variables())))


def variable_lines(variables: Mapping[str, str]) -> list[str]:
    """Return the variables as the lines of a Markdown list."""
    return [f"- `{{{{ {name} }}}}` {escape_markdown(meaning)}" for name, meaning in variables.items()]


def typed_message(key: str) -> MessageText:
    """Return what the fields under ``key`` hold."""
    state = st.session_state
    return MessageText(str(state.get(f"{key}_subject") or ""), str(state.get(f"{key}_body") or ""))


def put_message(key: str, text: MessageText) -> None:
    """Put a text into the fields under ``key``, before they are drawn."""
    st.session_state[f"{key}_subject"], st.session_state[f"{key}_body"] = text.subject, text.body


def forget_replaced(key: str) -> None:
    """Forget which prepared text was taken under ``key`` and what it replaced: the message has left."""
    for name in ("taken", "replaced"):
        st.session_state.pop(f"{key}_{name}", None)


def _take(prepared: Mapping[int, MessageTemplateRow], order_ids: Sequence[int], key: str) -> None:
    """Put the chosen text into the fields; what somebody had typed there is one click away."""
    chosen = prepared.get(st.session_state[f"{key}_template"])
    if chosen is None:
        return
    text = MessageText(chosen.subject, chosen.body)
    if len(order_ids) == 1:
        with reading() as session:
            filled = fill_messages(session, order_ids, text).get(order_ids[0])
        text = filled if isinstance(filled, MessageText) else text
    typed = typed_message(key)
    if typed not in {MessageText("", ""), st.session_state.get(f"{key}_taken")}:
        st.session_state[f"{key}_replaced"] = typed
    st.session_state[f"{key}_taken"] = text
    put_message(key, text)


def _take_back(key: str) -> None:
    """Put what was typed back into the fields, and let go of the prepared text."""
    put_message(key, st.session_state.pop(f"{key}_replaced"))
    st.session_state[f"{key}_template"] = None
