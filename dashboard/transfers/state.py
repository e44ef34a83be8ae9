"""« Virements » as it stands in the URL, and back. What cannot be understood is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.files.state import go_to
from dashboard.url_values import identifier

_IMPORT, _YES = "importer", "oui"


@dataclass(frozen=True, slots=True)
class TransfersState:
    """Everything the URL of the page says."""

    #: Whether the bank's answer is being imported.
    is_importing: bool = False
    #: The page: what is older than one file, or the page just above it.
    before: int | None = None
    after: int | None = None
    #: The file that is looked at beside the list.
    chosen: int | None = None

    def from_the_top(self) -> "TransfersState":
        """Return the list from its newest file, with none chosen."""
        return replace(self, before=None, after=None, chosen=None)


def from_query(params: Mapping[str, str]) -> TransfersState:
    """Read the state from URL parameters."""
    return TransfersState(
        is_importing=params.get(_IMPORT, "") == _YES,
        before=identifier(params.get("avant", "")),
        after=identifier(params.get("apres", "")),
        chosen=identifier(params.get("remise", "")),
    )


def to_query(state: TransfersState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    params = {
        _IMPORT: _YES if state.is_importing else "",
        "avant": str(state.before or ""),
        "apres": str(state.after or ""),
        "remise": str(state.chosen or ""),
    }
    return {name: value for name, value in params.items() if value}


def present_state() -> TransfersState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: TransfersState) -> None:
    """Show another page, another file, or the import."""
    go_to(to_query(state))
