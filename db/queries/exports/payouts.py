"""The list of payouts as it leaves the house: what accounting keeps, or compares with the bank's statement."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.payout_filter import PayoutFilter
from db.domain.payouts import HoldReason, PayoutState
from db.domain.viewer import Viewer
from db.models import Payout, Seller, TransferBatch
from db.queries.exports.columns import Condition, ExportList, count, day, instant, label_of, money, text, words
from db.queries.payout_conditions import conditions

#: A reference is written with at least so many digits: ``reference_of``.
_DIGITS = 6


def _conditions(session: Session, viewer: Viewer, wanted: PayoutFilter, _today: dt.date) -> Sequence[Condition] | None:
    return conditions(session, viewer, wanted)


def _reference() -> sa.ColumnElement[str]:
    digits = sa.cast(Payout.id, sa.Text)
    padding = sa.func.substr("0" * _DIGITS, 1, _DIGITS - sa.func.length(digits))
    return sa.literal("REV-") + sa.case((sa.func.length(digits) < _DIGITS, padding), else_="") + digits


def _masked_iban() -> sa.ColumnElement[str]:
    """Return what ``iban_masked`` returns: an account number goes no further than where it is paid."""
    end = sa.func.substr(Payout.iban, sa.func.length(Payout.iban) - 3)
    return sa.case((Payout.iban == "", ""), else_=sa.func.substr(Payout.iban, 1, 4) + " •••• •••• " + end)


PAYOUTS = ExportList(
    filter_type=PayoutFilter,
    source=sa.join(Payout, Seller, Seller.id == Payout.seller_id).outerjoin(
        TransferBatch, TransferBatch.id == Payout.batch_id
    ),
    columns=(
        text("reference", "Référence", _reference(), 13),
        text("seller", "Vendeur", Seller.name, 28),
        text("seller_code", "Code vendeur", Seller.code, 14, usual=False),
        words("state", "État", label_of(Payout.state, PayoutState), 22),
        text(
            "reason",
            "Motif",
            sa.case((Payout.hold_reason.is_(None), Payout.rejection), else_=label_of(Payout.hold_reason, HoldReason)),
            28,
        ),
        day("due_on", "Échu jusqu’au", Payout.due_on),
        text("currency", "Devise", Payout.currency, 8),
        money("sales", "Ventes", Payout.sale_cents),
        money("refunds", "Remboursements", Payout.refund_cents),
        money("fees", "Commissions", Payout.fee_cents),
        money("others", "Autres", Payout.other_cents),
        money("net", "Net", Payout.net_cents),
        count("entries", "Écritures", Payout.entry_count),
        text("prepared_by", "Préparé par", Payout.prepared_by_name, 20),
        instant("prepared_at", "Préparé le", Payout.prepared_at),
        text("approved_by", "Approuvé par", Payout.approved_by_name, 20),
        instant("approved_at", "Approuvé le", Payout.approved_at),
        text("batch", "Remise", TransferBatch.message_id, 24),
        text("iban", "IBAN", _masked_iban(), 20),
        day("paid_on", "Payé le", Payout.paid_on),
        text("payment_reference", "Référence du paiement", Payout.payment_reference, 24),
    ),
    conditions=_conditions,
    order=lambda _wanted: (Payout.id.desc(),),
    currency=Payout.currency,
)
