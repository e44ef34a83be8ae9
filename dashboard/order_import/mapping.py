"""Which column of a table is which field, and whose orders the file holds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_import.upload import Upload
from db.domain import formats
from db.imports.orders.columns import REQUIRED, Field, guess
from db.imports.orders.recognise import OpenedFile
from db.imports.orders.table import Table
from db.imports.orders.values import text_of

_COLUMN, _EXAMPLE, _FIELD = "Colonne du fichier", "Exemple", "Champ"
_IN_A_COLUMN = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file is to be read."""

    #: Column → field, for a table.
    mapping: tuple[tuple[int, Field], ...]
    #: The seller of the whole file; empty where a column names each order's.
    seller_code: str


def show_mapping(upload: Upload, opened: OpenedFile, sellers: Mapping[str, str]) -> Asked | None:
    """Draw the columns and the seller; return what is asked once it makes sense."""
    table = opened.table
    mapping = _columns(upload, table) if table else {}
    problem = problem_of(mapping) if table else ""
    seller_code = _seller(upload, sellers, has_column=Field.SELLER in mapping.values())
    if problem:
        st.error(escape_markdown(problem), icon=":material/error:")
        return None
    if seller_code is None:
        st.caption("Choisissez le vendeur de ces commandes pour voir ce qui sera importé.")
        return None
    return Asked(tuple(mapping.items()), seller_code)


def problem_of(mapping: Mapping[int, Field]) -> str:
    """Return what keeps a mapping from making orders; empty where nothing does."""
    twice = [field.value for field, columns in Counter(mapping.values()).items() if columns > 1]
    missing = [field.value for field in REQUIRED if field not in mapping.values()]
    if twice:
        return f"Plusieurs colonnes sont «\u00a0{twice[0]}\u00a0». Laissez-en une."
    if missing:
        names = ", ".join(f"«\u00a0{name}\u00a0»" for name in missing)
        return f"Indiquez dans «\u00a0Colonnes\u00a0» laquelle contient\u00a0: {names}."
    return ""


def _columns(upload: Upload, table: Table) -> dict[int, Field]:
    guessed = guess(table.header)
    left = [name for place, name in enumerate(table.header) if place not in guessed and name.strip()]
    title = f"Colonnes\u00a0: {formats.plural(len(guessed), 'reconnue')}"
    if left:
        title += f", {formats.plural(len(left), 'laissée de côté', 'laissées de côté')}"
    with st.expander(title, icon=":material/view_column:", expanded=bool(problem_of(guessed))):
        edited = st.data_editor(
            rows_of(table, guessed),
            key=f"order_import_columns_{upload.sha256[:12]}",
            hide_index=True,
            disabled=[_COLUMN, _EXAMPLE],
            num_rows="fixed",
            column_config={
                _FIELD: st.column_config.SelectboxColumn(options=[field.value for field in Field], width="medium"),
            },
        )
        st.caption("Videz « Champ » pour laisser une colonne de côté.")
    fields = {place: Field(name) for place, name in enumerate(edited[_FIELD]) if isinstance(name, str) and name}
    unused = [name for place, name in enumerate(table.header) if place not in fields and name.strip()]
    if unused:
        names = ", ".join(f"«\u00a0{name}\u00a0»" for name in unused)
        left_out = "Laissée de côté" if len(unused) == 1 else "Laissées de côté"
        st.caption(escape_markdown(f"{left_out}\u00a0: {names}."))
    return fields


def rows_of(table: Table, guessed: Mapping[int, Field]) -> pd.DataFrame:
    """Return the columns of the file, one a row, with what they hold and what they are taken for."""
    places = range(len(table.header))
    return pd.DataFrame(
        {
            _COLUMN: [table.header[place] for place in places],
            _EXAMPLE: [
                " · ".join(formats.shorten(text_of(cell), 30) for cell in table.examples(place)) for place in places
            ],
            _FIELD: pd.Series([guessed[place].value if place in guessed else None for place in places], dtype="object"),
        }
    )


def _seller(upload: Upload, sellers: Mapping[str, str], *, has_column: bool) -> str | None:
    options = ([_IN_A_COLUMN] if has_column else []) + list(sellers)
    return st.selectbox(
        "Vendeur",
        options,
        index=0 if has_column or len(options) == 1 else None,
        key=f"order_import_seller_{has_column}_{upload.sha256[:12]}",
        format_func=lambda code: (
            f"Celui de la colonne «\u00a0{Field.SELLER.value}\u00a0»"
            if code == _IN_A_COLUMN
            else f"{sellers[code]} ({code})"
        ),
        placeholder="Choisir un vendeur",
        width=360,
    )
