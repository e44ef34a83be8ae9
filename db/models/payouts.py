"""What sellers are paid: the runs, the payouts with what they hold, what is in their way, and the bank's batches."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.ledger import LedgerKind
from db.domain.payouts import (
    CANCELLABLE_STATES,
    HAND_HOLDS,
    OPEN_PAYOUT_STATES,
    FeeInvoicing,
    HoldReason,
    PayoutEvent,
    PayoutState,
)
from db.models.base import Base, BigId, EnumText, not_negative, now_utc, one_of, sql_list

_IS_OPEN = f"state IN ({sql_list(OPEN_PAYOUT_STATES)})"
_IS_HERE = f"state IN ({sql_list(CANCELLABLE_STATES | {PayoutState.EXPORTED})})"
_IS_ON = "released_at IS NULL"
#: Not in a payout yet, in the words of its index.
IS_WAITING = "payout_id IS NULL"
#: Settled, and its fees in no invoice yet, in the words of its index.
FEES_UNINVOICED = ("fee_document_id IS NULL", "fee_cents <> 0", "closed_at IS NOT NULL")
_ARE_FEES_UNINVOICED = " AND ".join(FEES_UNINVOICED)


class PayoutHold(Base):
    """What a person put in the way of paying a seller: all that it is owed, or one order of it."""

    __tablename__ = "payout_holds"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    #: The only order that is kept out; None: nothing is paid to the seller.
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"))
    reason: Mapped[HoldReason] = mapped_column(EnumText(HoldReason))
    note: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(server_default="")
    held_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    released_at: Mapped[dt.datetime | None]
    released_by_name: Mapped[str] = mapped_column(server_default="")
    release_note: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        one_of("reason", HAND_HOLDS),
        sa.Index(
            "uq_payout_holds_seller",
            "seller_id",
            unique=True,
            sqlite_where=sa.text(f"order_id IS NULL AND {_IS_ON}"),
            postgresql_where=sa.text(f"order_id IS NULL AND {_IS_ON}"),
        ),
        sa.Index(
            "uq_payout_holds_order",
            "order_id",
            unique=True,
            sqlite_where=sa.text(f"order_id IS NOT NULL AND {_IS_ON}"),
            postgresql_where=sa.text(f"order_id IS NOT NULL AND {_IS_ON}"),
        ),
        sa.Index("ix_payout_holds_seller", "seller_id", "held_at"),
    )


class PayoutRun(Base):
    """One preparation of payouts: what was due up to a day; a day has one, whoever begins it and however often."""

    __tablename__ = "payout_runs"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: Everything due up to that day is gathered.
    run_on: Mapped[dt.date] = mapped_column(unique=True)
    started_at: Mapped[dt.datetime]
    #: When it was last gone through to the end; None while it is not.
    finished_at: Mapped[dt.datetime | None]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(server_default="")


class TransferBatch(Base):
    """One file of transfers for the bank (pain.001), with the account that pays as it was then."""

    __tablename__ = "transfer_batches"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: The file's message identification: the bank's report names it.
    message_id: Mapped[str] = mapped_column(unique=True)
    #: The day on which the bank is asked to pay.
    requested_on: Mapped[dt.date]
    debtor_name: Mapped[str]
    debtor_iban: Mapped[str]
    debtor_bic: Mapped[str] = mapped_column(server_default="")
    currency: Mapped[str] = mapped_column(server_default="EUR")
    payout_count: Mapped[int]
    total_cents: Mapped[int]
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("files.id"), unique=True)
    #: Drawn when the form opens: a second click finds the first one's row.
    key: Mapped[str | None] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    #: Where its file could not be made: its payouts were taken out again.
    undone_at: Mapped[dt.datetime | None]

    __table_args__ = (
        sa.CheckConstraint("total_cents > 0", name="total_positive"),
        sa.CheckConstraint("payout_count > 0", name="payout_count_positive"),
        sa.CheckConstraint("length(currency) = 3", name="currency_is_iso"),
        sa.Index("ix_transfer_batches_created_at", "created_at", "id"),
    )


class Payout(Base):
    """What a seller is paid at once. Amounts are cents as its account counts them: fees and refunds are below zero.

    They are the sums of the entries it holds (``payout_entries``), kept here for lists; the nightly check compares.
    """

    __tablename__ = "payouts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    currency: Mapped[str]
    #: The run that last prepared it or added to it.
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("payout_runs.id"))
    state: Mapped[PayoutState] = mapped_column(EnumText(PayoutState), server_default=PayoutState.PREPARED.value)
    #: Why it is held: the first reason of ``hold_reasons``.
    hold_reason: Mapped[HoldReason | None] = mapped_column(EnumText(HoldReason))
    sale_cents: Mapped[int] = mapped_column(server_default="0")
    refund_cents: Mapped[int] = mapped_column(server_default="0")
    #: Fees less fees given back.
    fee_cents: Mapped[int] = mapped_column(server_default="0")
    #: Corrections, debts carried over and transfers that the bank rejected.
    other_cents: Mapped[int] = mapped_column(server_default="0")
    net_cents: Mapped[int] = mapped_column(server_default="0")
    entry_count: Mapped[int] = mapped_column(server_default="0")
    #: The last day on which something that it holds fell due.
    due_on: Mapped[dt.date]
    #: Up to which amount somebody let it through in spite of the limit.
    waived_cents: Mapped[int] = mapped_column(server_default="0")
    #: The person who prepared it by hand; None: the night did.
    prepared_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    prepared_by_name: Mapped[str] = mapped_column(server_default="")
    prepared_at: Mapped[dt.datetime]
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    approved_by_name: Mapped[str] = mapped_column(server_default="")
    approved_at: Mapped[dt.datetime | None]
    #: Where the money goes: as it was approved, whatever becomes of the seller.
    iban: Mapped[str] = mapped_column(server_default="")
    bic: Mapped[str] = mapped_column(server_default="")
    holder: Mapped[str] = mapped_column(server_default="")
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("transfer_batches.id"), index=True)
    paid_on: Mapped[dt.date | None]
    #: How it was paid outside of a batch: the transfer's reference.
    payment_reference: Mapped[str] = mapped_column(server_default="")
    #: Why the bank rejected it: its code (« AC04 ») and words.
    rejection: Mapped[str] = mapped_column(server_default="")
    #: When it was exported, paid by hand, or carried over: what it held is settled.
    closed_at: Mapped[dt.datetime | None]
    fee_document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("fee_documents.id"), index=True)
    version: Mapped[int] = mapped_column(server_default="1")

    __table_args__ = (
        one_of("state", PayoutState),
        one_of("hold_reason", HoldReason),
        sa.CheckConstraint("length(currency) = 3", name="currency_is_iso"),
        sa.CheckConstraint("sale_cents + refund_cents + fee_cents + other_cents = net_cents", name="parts_add_up"),
        sa.CheckConstraint(
            f"state IN ({sql_list({PayoutState.CARRIED, PayoutState.CANCELLED})}) OR net_cents > 0",
            name="only_what_is_owed_is_paid",
        ),
        sa.CheckConstraint(f"(state = '{PayoutState.HELD}') = (hold_reason IS NOT NULL)", name="held_has_its_reason"),
        *not_negative("entry_count", "waived_cents"),
        sa.Index(
            "uq_payouts_open",
            "seller_id",
            "currency",
            unique=True,
            sqlite_where=sa.text(_IS_OPEN),
            postgresql_where=sa.text(_IS_OPEN),
        ),
        # What somebody still has to do something about: few among all that were ever paid.
        sa.Index("ix_payouts_here", "state", "id", sqlite_where=sa.text(_IS_HERE), postgresql_where=sa.text(_IS_HERE)),
        sa.Index(
            "ix_payouts_uninvoiced",
            "closed_at",
            "id",
            sqlite_where=sa.text(_ARE_FEES_UNINVOICED),
            postgresql_where=sa.text(_ARE_FEES_UNINVOICED),
        ),
        sa.Index("ix_payouts_state", "state", "id"),
        sa.Index("ix_payouts_seller", "seller_id", "id"),
        sa.Index("ix_payouts_run_id", "run_id"),
        # The periods of lists, and the past days of the calendar of what is due.
        sa.Index("ix_payouts_due_on", "due_on", "id"),
        sa.Index("ix_payouts_paid_on", "paid_on", "id"),
    )


class PayoutEntry(Base):
    """A ledger entry that is to be paid out, and the payout that holds it; written together with the entry.

    It repeats what never changes of the entry, so that what falls due is told without reading the ledger.
    """

    __tablename__ = "payout_entries"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_entries.id"), primary_key=True, autoincrement=False)
    seller_id: Mapped[int]
    currency: Mapped[str]
    due_on: Mapped[dt.date]
    kind: Mapped[LedgerKind] = mapped_column(EnumText(LedgerKind))
    amount_cents: Mapped[int]
    #: None: it waits for its day, or for the next run.
    payout_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payouts.id"))

    __table_args__ = (
        sa.Index(
            "ix_payout_entries_waiting",
            "seller_id",
            "currency",
            "due_on",
            "kind",
            "amount_cents",
            # Always NULL: with it SQLite knows that the index holds all that is asked.
            "payout_id",
            sqlite_where=sa.text(IS_WAITING),
            postgresql_where=sa.text(IS_WAITING),
        ),
        sa.Index("ix_payout_entries_payout", "payout_id", "kind", "entry_id"),
    )


class PayoutHistory(Base):
    """One thing that happened to a payout. The database refuses to change or delete it."""

    __tablename__ = "payout_history"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payout_id: Mapped[int] = mapped_column(sa.ForeignKey("payouts.id"))
    event: Mapped[PayoutEvent] = mapped_column(EnumText(PayoutEvent))
    net_cents: Mapped[int]
    #: Why, with what reference, in spite of what.
    note: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    actor_name: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (one_of("event", PayoutEvent), sa.Index("ix_payout_history_payout", "payout_id", "id"))


class PayoutSettings(Base):
    """How sellers are paid: one row, edited in Réglages › Règles de versement."""

    __tablename__ = "payout_settings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: The account that pays.
    debtor_name: Mapped[str] = mapped_column(server_default="")
    debtor_iban: Mapped[str] = mapped_column(server_default="")
    debtor_bic: Mapped[str] = mapped_column(server_default="")
    #: Whether the night prepares what is due.
    is_automatic: Mapped[bool] = mapped_column(server_default=sa.true())
    #: Whether who approves may be neither who prepared nor who exports.
    four_eyes: Mapped[bool] = mapped_column(server_default=sa.true())
    #: A payout above it is held until somebody lets it through; NULL: none is.
    max_cents: Mapped[int | None]
    #: A payout that is so many times what the seller is usually paid is pointed out.
    unusual_times: Mapped[int] = mapped_column(server_default="3")
    #: Hours that pass before money is sent to an IBAN that was changed.
    iban_rest_hours: Mapped[int] = mapped_column(server_default="72")
    fee_invoicing: Mapped[FeeInvoicing] = mapped_column(
        EnumText(FeeInvoicing), server_default=FeeInvoicing.PER_PAYOUT.value
    )
    #: The VAT in the fee.
    fee_vat_rate_bp: Mapped[int] = mapped_column(server_default="2000")
    #: DAC7: a seller of goods with fewer sales in the year and no more than that amount is not declared.
    dac7_min_sales: Mapped[int] = mapped_column(server_default="30")
    dac7_min_cents: Mapped[int] = mapped_column(server_default="200000")

    __table_args__ = (
        sa.CheckConstraint("id = 1", name="single_row"),
        one_of("fee_invoicing", FeeInvoicing),
        sa.CheckConstraint("max_cents > 0", name="max_cents_positive"),
        sa.CheckConstraint("unusual_times BETWEEN 2 AND 100", name="unusual_times_up_to_a_hundred"),
        sa.CheckConstraint("iban_rest_hours BETWEEN 0 AND 720", name="iban_rest_hours_up_to_a_month"),
        sa.CheckConstraint("fee_vat_rate_bp BETWEEN 0 AND 10000", name="fee_vat_rate_bp_is_a_share"),
        *not_negative("dac7_min_sales", "dac7_min_cents"),
    )


class PayoutSettingsChange(Base):
    """One change of how sellers are paid: who switched a control off, and when. The database refuses to change it."""

    __tablename__ = "payout_settings_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: The column of ``payout_settings`` that was changed.
    setting: Mapped[str]
    before: Mapped[str] = mapped_column(server_default="")
    after: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(server_default="")
    at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
