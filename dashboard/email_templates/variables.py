"""The variables a text may hold, with what they are worth on the order of the preview; a click copies one."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from db.emails.variables import GROUPS, ITEM_FIELDS, LISTS, Kind, Variable

_HERE = Path(__file__).parent
_MAX_VALUE = 60


def variables_view(values: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the groups of variables as the list shows them."""
    return [
        {"label": group.label, "variables": [_row(variable, values[variable.name]) for variable in group.variables]}
        for group in GROUPS
    ]


def show_variables(values: Mapping[str, object]) -> None:
    """Draw the list."""
    _component(key="email_variables", data={"groups": variables_view(values)}, height="content")


_component = st.components.v2.component(
    "email_variables",
    html="<section><div></div><output></output></section>",
    css=(_HERE / "variables.css").read_text(encoding="utf-8"),
    js=(_HERE / "variables.js").read_text(encoding="utf-8"),
)


def _row(variable: Variable, value: object) -> dict[str, str]:
    if variable.name in LISTS:
        parts = ", ".join(f"article.{name}" for name in ITEM_FIELDS)
        return {"source": _loop(variable.name), "meaning": variable.meaning, "value": parts}
    shown = "" if variable.kind is Kind.BLOCK else " · ".join(str(value).splitlines())
    return {"source": f"{{{{ {variable.name} }}}}", "meaning": variable.meaning, "value": shown[:_MAX_VALUE]}


def _loop(name: str) -> str:
    return f"{{% for article in {name} %}}\n- {{{{ article.quantite }}}} × {{{{ article.nom }}}}\n{{% endfor %}}"
