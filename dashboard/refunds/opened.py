"""Which dialog of Finances › Remboursements is open, on which refunds; what was typed is kept if it is closed."""

from dataclasses import dataclass, replace

import streamlit as st

from db.domain.refunds import RefundAct

_OPEN, _DRAFTS = "refunds_open", "refunds_drafts"
_FIELD = "refund_field_"


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open: what is to be done, and the refunds, frozen when it was opened."""

    act: RefundAct
    refund_ids: tuple[int, ...]
    #: Whether all of them were to be made by voucher then.
    gives_vouchers: bool = False
    #: Why the last attempt was refused.
    refusal: str = ""


def field_key(name: str) -> str:
    """Return the key of a field's widget."""
    return f"{_FIELD}{name}"


def open_dialog(act: RefundAct, refund_ids: tuple[int, ...], *, gives_vouchers: bool = False) -> None:
    """Have the next run open the dialog; what a button's callback calls."""
    opened = Opened(act, refund_ids, gives_vouchers)
    st.session_state[_OPEN] = opened
    st.session_state.update(st.session_state.get(_DRAFTS, {}).pop((act, refund_ids), {}))


def opened_dialog() -> Opened | None:
    """Return the dialog that is open, if one is."""
    return st.session_state.get(_OPEN)


def put_away() -> None:
    """Close the dialog as Escape does: what was typed is there when it is opened on the same refunds again."""
    opened = opened_dialog()
    if opened is not None:
        typed = {key: st.session_state[key] for key in _fields()}
        st.session_state.setdefault(_DRAFTS, {})[opened.act, opened.refund_ids] = typed
    close()


def close() -> None:
    """Close the dialog after its action: the next one starts empty."""
    for key in _fields():
        del st.session_state[key]
    st.session_state.pop(_OPEN, None)


def refuse(opened: Opened, refusal: str) -> None:
    """Keep the dialog open and say why nothing was done."""
    st.session_state[_OPEN] = replace(opened, refusal=refusal)


def _fields() -> list[str]:
    return [str(key) for key in st.session_state if str(key).startswith(_FIELD)]
