"""The dialog that corrects a stock: what was counted, received or lost; it says what will be there before it is."""

import secrets
from dataclasses import dataclass, replace
from enum import StrEnum

import streamlit as st

from dashboard.flash import flash
from dashboard.focus import focus_first_field
from dashboard.inputs import parse_quantity
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.stock import StockReason
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.stock import StockRow
from db.services.stock import StockChangedError, StockCount, correct_stock

_OPEN = "stock_correction"


class Finding(StrEnum):
    """What a person comes from the shelf with."""

    COUNTED = "counted"
    RECEIVED = "received"
    LOST = "lost"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return {Finding.COUNTED: "Compté en rayon", Finding.RECEIVED: "Reçu", Finding.LOST: "Perdu ou cassé"}[self]

    @property
    def question(self) -> str:
        """Return the label of the number."""
        return {
            Finding.COUNTED: "Unités comptées en tout",
            Finding.RECEIVED: "Unités reçues",
            Finding.LOST: "Unités perdues",
        }[self]

    @property
    def usual_reason(self) -> StockReason:
        """Return what the reason mostly is."""
        return {
            Finding.COUNTED: StockReason.INVENTORY,
            Finding.RECEIVED: StockReason.RECEIVED,
            Finding.LOST: StockReason.LOST,
        }[self]

    def stock_after(self, stock: int | None, units: int) -> int:
        """Return what will be there."""
        return {Finding.COUNTED: units, Finding.RECEIVED: (stock or 0) + units, Finding.LOST: (stock or 0) - units}[
            self
        ]


@dataclass(frozen=True, slots=True)
class Correction:
    """The dialog that is open: the product as it was seen, and the key of this very act."""

    product_id: int
    title: str
    stock: int | None
    key: str
    refusal: str = ""

    def field(self, name: str) -> str:
        """Return the key of a field."""
        return f"stock_correction_{self.key}_{name}"


def open_correction(product: StockRow) -> None:
    """Open the dialog on a product as it is on the screen."""
    st.session_state[_OPEN] = Correction(product.id, product.title, product.stock, secrets.token_hex(8))


def show_correction(viewer: Viewer) -> None:
    """Draw the dialog, if it is open."""
    opened = _opened()
    if opened is None:
        return
    question = f"Corriger le stock de «\u00a0{escape_markdown(opened.title)}\u00a0»"
    if opened.stock is None:
        question = f"Commencer à compter «\u00a0{escape_markdown(opened.title)}\u00a0»"
    st.dialog(question, width="medium", on_dismiss=_put_away)(_body)(viewer)


def _body(viewer: Viewer) -> None:
    opened = _opened()
    if opened is None:
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
    finding = _show_finding(opened)
    st.text_input(finding.question, key=opened.field(f"units_{finding}"), autocomplete="off")
    st.selectbox(
        "Raison",
        list(StockReason),
        index=list(StockReason).index(finding.usual_reason),
        key=opened.field(f"reason_{finding}"),
        format_func=lambda reason: reason.label,
        help="Elle est gardée avec le mouvement.",
    )
    after, refusal = None, opened.refusal
    try:
        units = _units(opened, finding)
    except InvalidInputError as no_number:
        refusal = str(no_number)
    else:
        after = None if units is None else finding.stock_after(opened.stock, units)
    st.markdown(effect_words(opened.stock, after))
    if refusal:
        st.error(escape_markdown(refusal), icon=":material/error:")
        st.session_state[_OPEN] = replace(opened, refusal="")  # Until something is typed or clicked.
    focus_first_field(opened.field("focus"))
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Mettre le stock à jour" if after is None else f"Mettre le stock à {formats.integer(after)}",
            key="stock_correct_act",
            type="primary",
            disabled=after is None or after < 0 or after == opened.stock,
            on_click=_act,
            args=(viewer, opened.key),
        )
        st.button("Ne rien faire", key="stock_correct_leave", on_click=_put_away)


def _show_finding(opened: Correction) -> Finding:
    if opened.stock is None:
        return Finding.COUNTED
    return st.segmented_control(
        "Ce que vous avez constaté",
        list(Finding),
        default=Finding.COUNTED,
        key=opened.field("finding"),
        format_func=lambda finding: finding.label,
        required=True,
    )


def _units(opened: Correction, finding: Finding) -> int | None:
    """Return how many units are typed; None where nothing is.

    Raises:
        InvalidInputError: It is no whole number.
    """
    typed: str = st.session_state[opened.field(f"units_{finding}")]
    return parse_quantity(typed, opened.title) if typed.strip() else None


def effect_words(stock: int | None, after: int | None) -> str:
    """Return what the correction does, as Markdown."""
    if after is None:
        return (
            "Stock actuel\u00a0: non compté." if stock is None else f"Stock actuel\u00a0: **{formats.integer(stock)}**."
        )
    if stock is None:
        return f"Le produit est compté à partir de maintenant\u00a0: **{formats.plural(after, 'unité')}**."
    if after < 0:
        return ":orange[:material/warning:] Le stock passerait sous zéro. Comptez plutôt ce qui est en rayon."
    if after == stock:
        return f"Le stock est déjà de **{formats.integer(stock)}**\u00a0: rien à corriger."
    moved = formats.plural(abs(after - stock), "unité")
    direction = "de plus" if after > stock else "de moins"
    return f"Le stock passe de **{formats.integer(stock)}** à **{formats.integer(after)}**\u00a0: {moved} {direction}."


def _act(viewer: Viewer, key: str) -> None:
    opened = _opened()
    if opened is None or opened.key != key:
        return  # A second click on a button that has done its work.
    finding = Finding.COUNTED if opened.stock is None else Finding(st.session_state[opened.field("finding")])
    reason = st.session_state[opened.field(f"reason_{finding}")]
    try:
        units = _units(opened, finding)
        if units is None:
            return  # Emptied since the button was drawn.
        count = StockCount(opened.stock, finding.stock_after(opened.stock, units), reason, key)
        with transaction() as session:
            done = correct_stock(session, Actor.person(viewer), opened.product_id, count, utc_now())
    except StockChangedError as changed:
        st.session_state[_OPEN] = replace(opened, stock=changed.found, refusal=str(changed))
    except MarketplaceError as refusal:
        st.session_state[_OPEN] = replace(opened, refusal=str(refusal))
    else:
        _put_away()
        flash(f"Le stock de «\u00a0{escape_markdown(opened.title)}\u00a0» est de {formats.integer(done.stock)}.")


def _opened() -> Correction | None:
    opened: Correction | None = st.session_state.get(_OPEN)
    return opened


def _put_away() -> None:
    st.session_state.pop(_OPEN, None)
