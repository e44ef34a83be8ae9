"""A tracking number per order: typed in a grid, pasted, or out of a carrier's file, with what becomes of each line."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd
import streamlit as st

from dashboard.bulk.opened import Opened
from dashboard.links import order_url
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.carriers import Carrier
from db.domain.tracking_numbers import (
    MAX_LINES,
    Checked,
    Finding,
    Given,
    Table,
    check_numbers,
    decoded,
    guess_columns,
    read_numbers,
    read_table,
)
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.order_numbers import ids_of_numbers, named_orders, shipped_among

#: More lines than anybody types; their numbers come out of a file.
MAX_TYPED = 200
_ORDER, _CUSTOMER, _NUMBER, _PAGE = "Commande", "Client", "Numéro de suivi", "Page"
_LINES_SHOWN = 200
#: Of which opening of the dialog the grid of numbers is, and what it starts from.
_START = "bulk_typed_start"

#: What becomes of lines, for one and for several, as a sentence goes on: « 12 numéros reconnus ».
_FINDINGS = {
    Finding.FOUND: ("numéro reconnu", "numéros reconnus"),
    Finding.DOUBTFUL: ("numéro douteux, repris quand même", "numéros douteux, repris quand même"),
    Finding.NO_NUMBER: ("ligne sans numéro", "lignes sans numéro"),
    Finding.UNKNOWN: ("commande inconnue", "commandes inconnues"),
    Finding.SHIPPED: ("commande déjà expédiée", "commandes déjà expédiées"),
    Finding.NOT_SEPARATED: ("ligne mal séparée", "lignes mal séparées"),
    Finding.NOT_SELECTED: ("commande non sélectionnée", "commandes non sélectionnées"),
    Finding.DUPLICATE: ("doublon", "doublons"),
}


class Way(StrEnum):
    """How the numbers are given."""

    NONE = "Sans numéro"
    TYPED = "Saisir"
    READ = "Coller ou importer"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers that were given, and the orders that go with them."""

    #: Order id → number.
    by_order: Mapping[int, str] = field(default_factory=dict)
    #: The orders that leave; None for all that are selected.
    order_ids: tuple[int, ...] | None = None
    missing: str = ""


def show_numbers(viewer: Viewer, opened: Opened, carrier: Carrier | None) -> Numbers:
    """Draw the ways to give numbers, and the dry run of what was given."""
    way = _way(opened)
    if way is not Way.TYPED:
        st.session_state.pop(_START, None)
    if way is Way.NONE:
        return Numbers()
    given, order_ids = _typed(viewer, opened) if way is Way.TYPED else _read(viewer, opened)
    among = frozenset(opened.order_ids) or None
    with reading() as session:
        shipped = shipped_among(session, viewer, {order_ids.get(each.order_number, 0) for each in given})
    checked = check_numbers(given, order_ids, carrier, among, shipped)
    _show_findings(checked)
    by_order = {order_ids[each.given.order_number]: each.given.tracking_number for each in checked
                if each.finding.is_taken}  # fmt: skip
    if among is None:
        missing = "" if by_order else "Collez ou importez les numéros de suivi\u00a0: le fichier dit quelles commandes."
        return Numbers(by_order, tuple(sorted(by_order)), missing)
    return Numbers(by_order, _with_a_number(opened, by_order))


def _way(opened: Opened) -> Way:
    if not opened.order_ids:
        return Way.READ
    ways = [way for way in Way if way is not Way.TYPED or len(opened.order_ids) <= MAX_TYPED]
    key = opened.key("way")
    st.session_state.setdefault(key, Way.NONE)
    return st.segmented_control("Numéros de suivi", ways, key=key, required=True) or Way.NONE


def _with_a_number(opened: Opened, by_order: Mapping[int, str]) -> tuple[int, ...] | None:
    """Return the orders that leave where some have no number: for the person to say."""
    without = len(opened.order_ids) - len(by_order)
    if not by_order or not without:
        return None
    key = opened.key("all")
    label = f"Expédier aussi les {formats.plural(without, 'commande')} sans numéro"
    if without == 1:
        label = "Expédier aussi la commande sans numéro"
    return None if st.toggle(label, key=key) else tuple(sorted(by_order))


def _typed(viewer: Viewer, opened: Opened) -> tuple[list[Given], dict[str, int]]:
    """Draw the grid of the selected orders; return the lines that have a number."""
    with reading() as session:
        orders = named_orders(session, viewer, opened.order_ids)
    # While the grid is there it keeps what is typed: what it starts from must stay the same.
    kept = opened.key("typed")
    opening, typed_before = st.session_state.get(_START, (0, {}))
    if opening != opened.opening:
        typed_before = dict(st.session_state.get(kept, {}))
        st.session_state[_START] = (opened.opening, typed_before)
    rows = pd.DataFrame(
        {
            _ORDER: [order.number for order in orders],
            _CUSTOMER: [order.customer_name for order in orders],
            _NUMBER: [typed_before.get(order.number, "") for order in orders],
        }
    )
    edited = st.data_editor(
        rows,
        key=f"bulk_tracking_{opened.opening}",
        hide_index=True,
        disabled=[_ORDER, _CUSTOMER],
        height="content" if len(orders) <= 8 else 320,
        column_config={_NUMBER: st.column_config.TextColumn(width=220, max_chars=100)},
        placeholder="",
    )
    numbers = {number: str(typed or "").strip() for number, typed in zip(edited[_ORDER], edited[_NUMBER], strict=True)}
    st.session_state[kept] = {number: typed for number, typed in numbers.items() if typed}
    given = [Given(place, number, typed) for place, (number, typed) in enumerate(numbers.items(), 1) if typed]
    return given, {order.number: order.id for order in orders}


def _read(viewer: Viewer, opened: Opened) -> tuple[list[Given], dict[str, int]]:
    """Draw where a file or a text goes in; return its lines."""
    file = st.file_uploader(
        "Fichier du transporteur (CSV ou texte)", type=["csv", "txt"], key=f"bulk_tracking_file_{opened.opening}"
    )
    pasted = ""
    if file is None:
        pasted = st.text_area(
            "Ou collez les lignes\u00a0: numéro de commande, puis numéro de suivi",
            key=opened.key("pasted"),
            height=110,
            placeholder="N-398-001 ; 6A 12345678901",
        )
    table = read_table(decoded(file.getvalue()) if file else pasted)
    if not table.lines:
        return [], {}
    if len(table.lines) == MAX_LINES:
        st.warning(f"Seules les {formats.integer(MAX_LINES)} premières lignes sont lues.", icon=":material/warning:")
    with reading() as session:
        found = ids_of_numbers(session, viewer, (cell for line in table.lines for cell in line.cells))
    order, tracking = _columns(opened, table, found)
    if order is None or tracking is None:
        return [], found
    return read_numbers(table, order, tracking), found


def _columns(opened: Opened, table: Table, found: Collection[str]) -> tuple[int | None, int | None]:
    """Return the columns of the numbers: guessed, or chosen where that is not clear."""
    guess = guess_columns(table, found.__contains__)
    if guess.order is not None and guess.tracking is not None:
        st.caption(
            f"Commandes\u00a0: {escape_markdown(table.column_name(guess.order))} · "
            f"numéros de suivi\u00a0: {escape_markdown(table.column_name(guess.tracking))}"
        )
        return guess.order, guess.tracking
    left, right = st.columns(2)
    columns = list(range(table.width))
    chosen = []
    for place, label, known in ((left, "Colonne des commandes", guess.order), (right, "Colonne des numéros de suivi",
                                                                              guess.tracking)):  # fmt: skip
        chosen.append(
            place.selectbox(
                label,
                columns,
                index=known,
                format_func=table.column_name,
                key=f"bulk_tracking_column_{label}_{opened.opening}_{table.width}",
                placeholder="Choisissez",
            )
        )
    order, tracking = chosen
    return order, tracking


def _show_findings(checked: Sequence[Checked]) -> None:
    """Draw how many lines are found and how many are not, and each of those with its reason."""
    if not checked:
        return
    counts = Counter(each.finding for each in checked)
    said = [formats.plural(counts[finding], *words) for finding, words in _FINDINGS.items() if counts[finding]]
    is_clean = set(counts) == {Finding.FOUND}
    icon = ":green[:material/check_circle:]" if is_clean else ":orange[:material/warning:]"
    st.markdown(f"{icon} {' · '.join(said)}")
    others = [each for each in checked if each.finding is not Finding.FOUND]
    if others:
        with st.expander("Voir les lignes à vérifier", icon=":material/rule:"):
            st.dataframe(
                findings_table(others[:_LINES_SHOWN]),
                hide_index=True,
                column_config={
                    _PAGE: st.column_config.LinkColumn("", display_text="Ouvrir", width=60),
                    "Remarque": st.column_config.TextColumn(width="large"),
                },
                placeholder="",
            )


def findings_table(checked: Sequence[Checked]) -> pd.DataFrame:
    """Return lines to look at as the table shows them: the way to an order whose parcel is to be corrected, too."""
    cells = {
        "Ligne": [each.given.place for each in checked],
        _ORDER: [each.given.order_number for each in checked],
        _NUMBER: [each.given.tracking_number for each in checked],
        "Remarque": [each.why for each in checked],
    }
    links = [order_url(each.given.order_number) if each.finding is Finding.SHIPPED else None for each in checked]
    return pd.DataFrame(cells | {_PAGE: links} if any(links) else cells)
