"""Which dialog of « Bons d’achat » is open; what was typed is kept if it is closed by mistake."""

import secrets
from dataclasses import dataclass, replace
from enum import StrEnum

import streamlit as st

_OPEN, _DRAFTS = "vouchers_open", "vouchers_drafts"
_FIELD = "voucher_field_"


class VoucherAct(StrEnum):
    """What is done with a voucher in a dialog."""

    GIVE = "give"
    SEND = "send"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open, and the voucher as the person sees it."""

    act: VoucherAct
    voucher_id: int = 0
    version: int = 0
    #: Of the voucher that is given: a second click finds the first one's.
    key: str = ""
    #: Why the last attempt was refused.
    refusal: str = ""

    @property
    def draft(self) -> tuple[VoucherAct, int]:
        """Return what a draft is kept under."""
        return self.act, self.voucher_id


def field_key(name: str) -> str:
    """Return the key of a field's widget."""
    return f"{_FIELD}{name}"


def open_dialog(act: VoucherAct, voucher_id: int = 0, version: int = 0) -> None:
    """Have the next run open a dialog, filled as it was left; what a button's callback calls."""
    opened = Opened(act, voucher_id, version, secrets.token_hex(16) if act is VoucherAct.GIVE else "")
    st.session_state[_OPEN] = opened
    st.session_state.update(st.session_state.get(_DRAFTS, {}).pop(opened.draft, {}))


def give_to(recipient: str) -> None:
    """Have the next run ask what to give somebody: an order's number or an e-mail address."""
    open_dialog(VoucherAct.GIVE)
    st.session_state[field_key("to")] = recipient


def opened_dialog() -> Opened | None:
    """Return the dialog that is open, if one is."""
    return st.session_state.get(_OPEN)


def put_away() -> None:
    """Close the dialog as Escape does: what was typed is there when it is opened again."""
    opened = opened_dialog()
    if opened is not None:
        typed = {key: st.session_state[key] for key in _fields()}
        st.session_state.setdefault(_DRAFTS, {})[opened.draft] = typed
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
