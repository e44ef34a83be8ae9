"""The one dialog that a page can have open, and what was typed into it: kept if it is closed by mistake."""

from collections.abc import Hashable
from dataclasses import Field, dataclass, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import streamlit as st


class OpenDialog(Protocol):
    """What is open: a frozen dataclass with ``refusal``, why the last attempt was refused."""

    #: What dataclasses are known by.
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def draft(self) -> Hashable:
        """Return what is the same when what was typed belongs there again."""


Opened = TypeVar("Opened", bound=OpenDialog)


@dataclass(frozen=True, slots=True)
class OneDialog(Generic[Opened]):
    """A page's dialog in the session of who works with it; its fields are the widgets with keys of ``field_key``."""

    name: str

    def field_key(self, field: str) -> str:
        """Return the key of a field's widget."""
        return f"{self.name}_field_{field}"

    def open(self, opened: Opened) -> None:
        """Have the next run open the dialog, filled as it was left; what a button's callback calls."""
        self.keep(opened)
        st.session_state.update(self._drafts().pop(opened.draft, {}))

    def opened(self) -> Opened | None:
        """Return the dialog that is open, if one is."""
        opened: Opened | None = st.session_state.get(self._open_key)
        return opened

    def keep(self, opened: Opened) -> None:
        """Keep the dialog open, as it is now."""
        st.session_state[self._open_key] = opened

    def refuse(self, opened: Opened, refusal: str) -> None:
        """Keep the dialog open and say why nothing was done."""
        self.keep(replace(opened, refusal=refusal))

    def put_away(self) -> None:
        """Close the dialog as Escape does: what was typed is there when the same is opened again."""
        opened = self.opened()
        if opened is not None:
            self._drafts()[opened.draft] = {key: st.session_state[key] for key in self._fields()}
        self.close()

    def close(self) -> None:
        """Close the dialog after its action: the next one starts empty."""
        for key in self._fields():
            del st.session_state[key]
        st.session_state.pop(self._open_key, None)

    @property
    def _open_key(self) -> str:
        return f"{self.name}_open"

    def _drafts(self) -> dict[Hashable, dict[str, Any]]:
        drafts: dict[Hashable, dict[str, Any]] = st.session_state.setdefault(f"{self.name}_drafts", {})
        return drafts

    def _fields(self) -> list[str]:
        return [str(key) for key in st.session_state if str(key).startswith(self.field_key(""))]
