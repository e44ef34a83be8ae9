"""What people do with payouts, and the dialog that is open to do it: in the list and on the page of one."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dashboard.one_dialog import OneDialog
from db.domain.payout_acts import ShownPayout
from db.domain.payouts import CANCELLABLE_STATES, OPEN_PAYOUT_STATES, HoldReason, PayoutState
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.queries.payouts import PayoutRow


class PayoutAct(StrEnum):
    """One thing to do with payouts, the usual next step first."""

    APPROVE = "approve"
    LET_THROUGH = "let_through"
    EXPORT = "export"
    MARK_PAID = "mark_paid"
    RELEASE = "release"
    HOLD = "hold"
    PAY_BY_HAND = "pay_by_hand"
    REJECT = "reject"
    CANCEL = "cancel"

    @property
    def look(self) -> "ActLook":
        """Return its words and its icon."""
        return _LOOKS[self]

    @property
    def is_of_sellers(self) -> bool:
        """Tell whether it is done to sellers as a whole, not to one payout of theirs."""
        return self in (PayoutAct.HOLD, PayoutAct.RELEASE)


@dataclass(frozen=True, slots=True)
class ActLook:
    """How an act is called."""

    verb: str
    icon: str
    #: The title of its dialog, for one payout and for several.
    question: str
    questions: str


_LOOKS = {
    PayoutAct.APPROVE: ActLook(
        "Approuver", "approval", "Approuver ce reversement\u00a0?", "Approuver ces reversements\u00a0?"
    ),
    PayoutAct.LET_THROUGH: ActLook(
        "Laisser passer", "lock_open", "Laisser passer ce montant\u00a0?", "Laisser passer ces montants\u00a0?"
    ),
    PayoutAct.EXPORT: ActLook(
        "Exporter", "account_balance", "Exporter ce virement\u00a0?", "Exporter ces virements\u00a0?"
    ),
    PayoutAct.MARK_PAID: ActLook(
        "Marquer payé", "check", "Ce reversement est-il payé\u00a0?", "Ces reversements sont-ils payés\u00a0?"
    ),
    PayoutAct.RELEASE: ActLook("Libérer", "play_circle", "Libérer ce vendeur\u00a0?", "Libérer ces vendeurs\u00a0?"),
    PayoutAct.HOLD: ActLook("Retenir", "pan_tool", "Retenir ce vendeur\u00a0?", "Retenir ces vendeurs\u00a0?"),
    PayoutAct.PAY_BY_HAND: ActLook(
        "Payé hors fichier",
        "edit_document",
        "Ce reversement est-il payé hors fichier\u00a0?",
        "Ces reversements sont-ils payés hors fichier\u00a0?",
    ),
    PayoutAct.REJECT: ActLook(
        "Rejeté par la banque",
        "money_off",
        "Ce virement est-il rejeté par la banque\u00a0?",
        "Ces virements sont-ils rejetés par la banque\u00a0?",
    ),
    PayoutAct.CANCEL: ActLook("Annuler", "block", "Annuler ce reversement\u00a0?", "Annuler ces reversements\u00a0?"),
}
_STATES: dict[PayoutAct, frozenset[PayoutState]] = {
    PayoutAct.APPROVE: OPEN_PAYOUT_STATES,
    PayoutAct.LET_THROUGH: OPEN_PAYOUT_STATES,
    PayoutAct.EXPORT: frozenset({PayoutState.APPROVED}),
    PayoutAct.MARK_PAID: frozenset({PayoutState.EXPORTED}),
    PayoutAct.RELEASE: CANCELLABLE_STATES,
    PayoutAct.HOLD: CANCELLABLE_STATES,
    PayoutAct.PAY_BY_HAND: frozenset({PayoutState.APPROVED}),
    PayoutAct.REJECT: frozenset({PayoutState.EXPORTED, PayoutState.PAID}),
    PayoutAct.CANCEL: CANCELLABLE_STATES,
}
_PERMISSIONS = {PayoutAct.APPROVE: Permission.APPROVE_PAYOUTS, PayoutAct.LET_THROUGH: Permission.APPROVE_PAYOUTS}


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open: what is to be done, and the payouts as they were seen when it was opened."""

    act: PayoutAct
    shown: tuple[ShownPayout, ...]
    #: Drawn when the dialog opens: a second click finds what the first one did.
    key: str = ""
    #: Why the last attempt was refused.
    refusal: str = ""

    @property
    def draft(self) -> Hashable:
        """Return what is the same when what was typed belongs there again."""
        return self.act, self.shown


DIALOG: OneDialog[Opened] = OneDialog("payouts")


def possible_acts(viewer: Viewer, rows: Sequence[PayoutRow]) -> list[PayoutAct]:
    """Return what somebody may do with all of some payouts."""
    acts = [
        act
        for act in PayoutAct
        if viewer.seller_id is None and viewer.may(_PERMISSIONS.get(act, Permission.PREPARE_PAYOUTS))
    ]
    if len(rows) > 1:
        acts = [act for act in acts if act is not PayoutAct.PAY_BY_HAND]  # Each has a reference of its own.
    return [act for act in acts if rows and all(_allows(act, row) for row in rows)]


def _allows(act: PayoutAct, row: PayoutRow) -> bool:
    asks = {
        PayoutAct.APPROVE: row.state is PayoutState.PREPARED or _may_be_over(row.hold_reason),
        PayoutAct.LET_THROUGH: row.hold_reason is HoldReason.OVER_LIMIT,
        PayoutAct.RELEASE: row.hold_id is not None,
        PayoutAct.HOLD: row.hold_id is None,
    }
    return row.state in _STATES[act] and asks.get(act, True)


def _may_be_over(reason: HoldReason | None) -> bool:
    """Tell whether what holds a payout goes away by itself: it may have, since the last preparation."""
    return reason is not None and not reason.is_by_hand and reason is not HoldReason.OVER_LIMIT
