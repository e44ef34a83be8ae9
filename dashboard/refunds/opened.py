"""Which dialog of Finances › Remboursements is open, on which refunds."""

from dataclasses import dataclass

from dashboard.one_dialog import OneDialog
from db.domain.refunds import RefundAct


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open: what is to be done, and the refunds, frozen when it was opened."""

    act: RefundAct
    refund_ids: tuple[int, ...]
    #: Whether all of them were to be made by voucher then.
    gives_vouchers: bool = False
    #: Why the last attempt was refused.
    refusal: str = ""

    @property
    def draft(self) -> tuple[RefundAct, tuple[int, ...]]:
        """Return what a draft is kept under."""
        return self.act, self.refund_ids


DIALOG: OneDialog[Opened] = OneDialog("refund")
