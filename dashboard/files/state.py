"""Which file a person waits for, and which dialog asks for one. A file stands in the URL, too: it survives a reload."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.url_values import identifier
from db.domain.files import FileKind

FILE_PARAMETER = "fichier"
_FILE, _ASKING = "file_awaited", "file_asking"


@dataclass(frozen=True, slots=True)
class Asking:
    """A dialog that is open: what is asked for, and the orders, frozen when it was opened."""

    kind: FileKind
    order_ids: tuple[int, ...] = ()
    #: One parcel alone, of an order's page.
    shipment_id: int | None = None


def ask(asking: Asking) -> None:
    """Have the next run open the dialog; what a button's callback calls."""
    st.session_state[_ASKING] = asking


def asked() -> Asking | None:
    """Return what is being asked for, if anything is."""
    return st.session_state.get(_ASKING)


def stop_asking() -> None:
    """Have no dialog open any more."""
    st.session_state.pop(_ASKING, None)


def await_file(file_id: int) -> None:
    """Have every screen show how far a file is, until it is put away."""
    st.session_state[_FILE] = file_id
    st.query_params[FILE_PARAMETER] = str(file_id)


def awaited_file() -> int | None:
    """Return the file whose progress is shown, if there is one."""
    if _FILE not in st.session_state:
        st.session_state[_FILE] = identifier(st.query_params.get(FILE_PARAMETER, ""))
    file_id: int | None = st.session_state[_FILE]
    return file_id


def go_to(params: Mapping[str, str]) -> None:
    """Show what URL parameters say on the same page; the file that is waited for stays awaited."""
    awaited = st.query_params.get(FILE_PARAMETER)
    st.query_params.from_dict({**params, FILE_PARAMETER: awaited} if awaited else params)


def put_away_file() -> None:
    """Show no file any more."""
    st.session_state[_FILE] = None
    st.query_params.pop(FILE_PARAMETER, None)
