"""Which text is open stands in the URL, so that it can be linked to and survives a reload."""

from collections.abc import Sequence

import streamlit as st

from db.queries.message_templates import MessageTemplateRow

TEMPLATE_PARAMETER = "modele"
#: What the URL says while a new text is written.
NEW = "nouveau"


def choose(template_id: int | str | None) -> None:
    """Make the URL name this text, a new one, or none; inside a callback the page is drawn again from it."""
    if template_id is None:
        st.query_params.pop(TEMPLATE_PARAMETER, None)
    else:
        st.query_params[TEMPLATE_PARAMETER] = str(template_id)


def is_new_wanted() -> bool:
    """Tell whether the URL asks for a new text."""
    return st.query_params.get(TEMPLATE_PARAMETER) == NEW


def chosen_template(templates: Sequence[MessageTemplateRow]) -> MessageTemplateRow | None:
    """Return the text that the URL names, and say so if there is none of that name."""
    wanted = st.query_params.get(TEMPLATE_PARAMETER)
    found = next((template for template in templates if str(template.id) == wanted), None)
    if wanted and wanted != NEW and found is None:
        st.info("Ce modèle n’existe plus\u00a0: choisissez-en un autre dans la liste.")
    return found
