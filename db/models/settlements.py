"""What was given back to customers: the decision, line by line, that refund, credit note, voucher and stock follow."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, not_negative, now_utc


class Settlement(Base):
    """One « Remboursement de produits », confirmed once. Amounts are cents of the order's currency, VAT included."""

    __tablename__ = "settlements"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    return_id: Mapped[int | None] = mapped_column(sa.ForeignKey("returns.id"), index=True)
    #: Drawn when the dialog opens: a second click, or a second try, finds the first one's row.
    key: Mapped[str] = mapped_column(unique=True)
    #: All that is taken off the sale: the lines' amounts and the shipping.
    total_cents: Mapped[int]
    shipping_cents: Mapped[int] = mapped_column(server_default="0")
    #: Of ``total_cents`` or of what was paid too much: given as money, given as a voucher.
    refund_cents: Mapped[int] = mapped_column(server_default="0")
    voucher_cents: Mapped[int] = mapped_column(server_default="0")
    #: Whether a credit note is issued, at once or after the invoice that is still owed.
    has_credit_note: Mapped[bool]
    #: Why, for the customer: on the credit note.
    reason: Mapped[str]
    #: Why less than the price was given back.
    deduction_reason: Mapped[str] = mapped_column(server_default="")
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"), unique=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(server_default="")
    settled_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (
        *not_negative("total_cents", "shipping_cents", "refund_cents", "voucher_cents"),
        sa.CheckConstraint("total_cents + refund_cents + voucher_cents > 0", name="something_is_given_back"),
        sa.CheckConstraint("shipping_cents <= total_cents", name="shipping_is_part_of_it"),
    )


class SettlementLine(Base):
    """What a settlement gives back of one article."""

    __tablename__ = "settlement_lines"

    settlement_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("settlements.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    order_line_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    #: Units that had not left and will not; units that had left. Both may be zero: an amount alone.
    units_cancelled: Mapped[int] = mapped_column(server_default="0")
    units_returned: Mapped[int] = mapped_column(server_default="0")
    units_restocked: Mapped[int] = mapped_column(server_default="0")
    amount_cents: Mapped[int]

    __table_args__ = (
        *not_negative("units_cancelled", "units_returned", "units_restocked", "amount_cents"),
        sa.CheckConstraint("units_restocked <= units_cancelled + units_returned", name="not_more_restocked_than_back"),
    )
