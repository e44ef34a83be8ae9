"""How many of each article leave in a parcel, as it is typed: what cannot be is refused, never put right silently."""

from collections.abc import Mapping

import streamlit as st

from dashboard.inputs import parse_quantity
from dashboard.markdown import escape_markdown
from dashboard.order_page.dialogs.form import Opened
from db.domain import formats
from db.domain.errors import InvalidInputError
from db.queries.order_rows import LineRow, OrderPage

#: The articles of a long order scroll by themselves, so that the button stays near.
_SCROLLS_BEYOND, _SCROLL_HEIGHT = 6, 300


def lines_left(page: OrderPage) -> list[LineRow]:
    """Return the lines of which something is still to ship."""
    return [line for line in page.lines if line.quantity_left > 0]


def quantity_fields(page: OrderPage) -> dict[str, str]:
    """Return the fields and what they open with: all that is left."""
    return {_field(line): str(line.quantity_left) for line in lines_left(page)}


def show_quantities(opened: Opened) -> None:
    """Draw a field for each article, and what is wrong with what was typed."""
    lines = lines_left(opened.page)
    if not lines:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Articles de ce colis**", width="content")
        st.space("stretch")
        for label, part in (("Tout", 1), ("Rien", 0)):
            st.button(label, key=opened.key(f"take_{part}"), type="tertiary", on_click=_take, args=(opened, part))
    if gone := _gone_words(opened.page):
        st.caption(gone)
    with st.container(gap="xxsmall", height=_SCROLL_HEIGHT if len(lines) > _SCROLLS_BEYOND else "content"):
        for line in lines:
            _show_article(opened, line)


def chosen_units(opened: Opened) -> Mapping[int, int]:
    """Return line id → units as they stand in the fields.

    Raises:
        InvalidInputError: Something else than a quantity that is left was typed, or nothing at all is to leave.
    """
    units, faults = {}, []
    for line in lines_left(opened.page):
        try:
            units[line.id] = parse_quantity(_typed(opened, line), line.name, line.quantity_left)
        except InvalidInputError as fault:
            faults.append(str(fault))
    if faults:
        raise InvalidInputError(" ".join(faults))
    if units and not any(units.values()):
        raise InvalidInputError("Choisissez au moins un article.")
    return units


def _show_article(opened: Opened, line: LineRow) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=opened.key(f"line_{line.id}")):
        st.markdown(_article_words(line), width="stretch")
        # A field of text: one of numbers says what is wrong in English, and holds the last right number meanwhile.
        st.text_input(
            f"{line.name}\u00a0: quantité à expédier",
            key=opened.key(_field(line)),
            label_visibility="collapsed",
            autocomplete="off",
            width=80,
        )


def _article_words(line: LineRow) -> str:
    """Return « Thé vert bio · THE-1 · 2 à expédier »."""
    details = [part for part in (line.sku, *map(str, line.attributes.values())) if part.strip()]
    left = f"{formats.integer(line.quantity_left)} à expédier"
    return f"{escape_markdown(line.name)} :small[{escape_markdown(' · '.join([*details, left]))}]"


def _gone_words(page: OrderPage) -> str:
    """Return what left already: « Déjà parti : 2 × Thé vert bio. »."""
    shipped = [
        f"{formats.integer(line.quantity_shipped)} × {line.name}" for line in page.lines if line.quantity_shipped
    ]
    return escape_markdown(f"Déjà parti\u00a0: {', '.join(shipped)}.") if shipped else ""


def _take(opened: Opened, part: int) -> None:
    for line in lines_left(opened.page):
        st.session_state[opened.key(_field(line))] = str(line.quantity_left * part)


def _typed(opened: Opened, line: LineRow) -> str:
    return str(st.session_state.get(opened.key(_field(line)), line.quantity_left))


def _field(line: LineRow) -> str:
    return f"units_{line.id}"
