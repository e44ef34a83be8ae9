"""Which dialog of « Bons d’achat » is open."""

import secrets
from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from dashboard.one_dialog import OneDialog


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


DIALOG: OneDialog[Opened] = OneDialog("voucher")


def open_dialog(act: VoucherAct, voucher_id: int = 0, version: int = 0) -> None:
    """Have the next run open a dialog, filled as it was left; what a button's callback calls."""
    DIALOG.open(Opened(act, voucher_id, version, secrets.token_hex(16) if act is VoucherAct.GIVE else ""))


def give_to(recipient: str) -> None:
    """Have the next run ask what to give somebody: an order's number or an e-mail address."""
    open_dialog(VoucherAct.GIVE)
    st.session_state[DIALOG.field_key("to")] = recipient
