"""Which dialog of a seller's account is open."""

import secrets
from dataclasses import dataclass
from enum import StrEnum

from dashboard.one_dialog import OneDialog


class AccountAct(StrEnum):
    """What is done with an account in a dialog."""

    CORRECT = "correct"
    HOLD = "hold"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open, and the account as the person sees it."""

    act: AccountAct
    seller_id: int
    seller_name: str
    currency: str = ""
    balance_cents: int = 0
    #: What is lifted: of the seller, or of one order.
    hold_id: int = 0
    order_number: str = ""
    #: Of a correction: a second click finds what the first one wrote.
    key: str = ""
    #: Why the last attempt was refused.
    refusal: str = ""

    @property
    def draft(self) -> tuple[AccountAct, int, int]:
        """Return what a draft is kept under."""
        return self.act, self.seller_id, self.hold_id


DIALOG: OneDialog[Opened] = OneDialog("seller_account")


def open_correction(seller_id: int, seller_name: str, currency: str, balance_cents: int) -> None:
    """Have the next run ask for a correction; what a button's callback calls."""
    key = secrets.token_hex(16)
    DIALOG.open(Opened(AccountAct.CORRECT, seller_id, seller_name, currency, balance_cents, key=key))


def open_hold(seller_id: int, seller_name: str) -> None:
    """Have the next run ask why the seller is not to be paid."""
    DIALOG.open(Opened(AccountAct.HOLD, seller_id, seller_name))


def open_release(seller_id: int, seller_name: str, hold_id: int, order_number: str = "") -> None:
    """Have the next run ask whether the seller, or one order, is to be paid again."""
    DIALOG.open(Opened(AccountAct.RELEASE, seller_id, seller_name, hold_id=hold_id, order_number=order_number))
