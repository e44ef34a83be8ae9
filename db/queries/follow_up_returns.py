"""What a customer finds of their returns on the page of their order, and of what was given back to them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import ActorKind, PaymentKind, PaymentMethod, PaymentRecordState, ReturnStatus
from db.domain.returns import ReturnReason
from db.domain.vouchers import VoucherFacts
from db.models import Payment, Return, ReturnLine, ReturnMessage, ReturnPhoto, Settlement, Voucher
from db.queries.columns import columns
from db.queries.files import Download
from db.queries.plans import not_indexed


@dataclass(frozen=True, slots=True)
class CustomersMessage:
    """One message of the thread: the customer's own, or the house's."""

    author_kind: ActorKind
    body: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class CustomersReturn:
    """A return as its customer follows it."""

    id: int
    status: ReturnStatus
    reason: ReturnReason
    explanation: str
    decision: str
    requested_at: dt.datetime
    decided_at: dt.datetime | None
    received_at: dt.datetime | None
    completed_at: dt.datetime | None
    #: Order line → units announced.
    units: Mapping[int, int]
    photo_ids: tuple[int, ...]
    #: Oldest first.
    messages: tuple[CustomersMessage, ...]

    @property
    def item_count(self) -> int:
        """Return how many units come back."""
        return sum(self.units.values())


@dataclass(frozen=True, slots=True)
class CustomersRefund:
    """Money on its way back, or back."""

    settlement_id: int | None
    return_id: int | None
    method: PaymentMethod
    state: PaymentRecordState
    amount_cents: int
    currency: str
    #: When it was done.
    ended_at: dt.datetime | None
    #: Why less than the price was given back; empty where all of it was.
    deduction_reason: str


@dataclass(frozen=True, slots=True)
class CustomersVoucher:
    """A voucher that makes up for something of the order."""

    settlement_id: int | None
    return_id: int | None
    voucher: VoucherFacts
    deduction_reason: str


@dataclass(frozen=True, slots=True)
class GivenBack:
    """All that was given back for an order, oldest first."""

    refunds: tuple[CustomersRefund, ...]
    vouchers: tuple[CustomersVoucher, ...]


def customers_returns(session: Session, order_id: int) -> list[CustomersReturn]:
    """Return the returns of an order, oldest first."""
    found = sa.select(*columns(Return, CustomersReturn)).where(Return.order_id == order_id).order_by(Return.id)
    rows = session.execute(found).all()
    ids = [row.id for row in rows]
    units, photos, messages = _units(session, ids), _photos(session, ids), _messages(session, ids)
    return [
        CustomersReturn(
            **row._asdict(),
            units=units[row.id],
            photo_ids=tuple(photos[row.id]),
            messages=tuple(messages[row.id]),
        )
        for row in rows
    ]


def customers_photo(session: Session, order_id: int, return_id: int, photo_id: int) -> Download | None:
    """Return where a photo of a return of this order is stored; None where there is no such one."""
    found = (
        sa.select(*columns(ReturnPhoto, Download))
        .join(Return, Return.id == ReturnPhoto.return_id)
        .where(ReturnPhoto.id == photo_id, Return.id == return_id, not_indexed(Return.order_id == order_id))
    )
    row = session.execute(found).one_or_none()
    return Download(**row._asdict(), document_id=None, name=f"photo-{photo_id}.jpg") if row else None


def given_back(session: Session, order_id: int) -> GivenBack:
    """Return what was given back for an order; what was given up is left out."""
    refunds = (
        sa.select(*columns(Payment, CustomersRefund), Settlement.return_id, Settlement.deduction_reason)
        .outerjoin(Settlement, Settlement.id == Payment.settlement_id)
        .where(
            Payment.order_id == order_id,
            not_indexed(
                sa.and_(
                    Payment.kind == PaymentKind.REFUND,
                    Payment.method != PaymentMethod.VOUCHER,  # Told with its code, below.
                    Payment.state != PaymentRecordState.CANCELLED,
                )
            ),
        )
        .order_by(Payment.id)
    )
    vouchers = (
        sa.select(
            *columns(Voucher, VoucherFacts), Voucher.settlement_id, Settlement.return_id, Settlement.deduction_reason
        )
        .outerjoin(Settlement, Settlement.id == Voucher.settlement_id)
        .where(Voucher.order_id == order_id, not_indexed(Voucher.cancelled_at.is_(None)))
        .order_by(Voucher.id)
    )
    return GivenBack(
        tuple(
            CustomersRefund(**row._asdict() | {"deduction_reason": row.deduction_reason or ""})
            for row in session.execute(refunds)
        ),
        tuple(
            CustomersVoucher(
                row.settlement_id,
                row.return_id,
                VoucherFacts(*row[: len(columns(Voucher, VoucherFacts))]),
                row.deduction_reason or "",
            )
            for row in session.execute(vouchers)
        ),
    )


def _units(session: Session, ids: Sequence[int]) -> Mapping[int, dict[int, int]]:
    found = sa.select(ReturnLine.return_id, ReturnLine.order_line_id, ReturnLine.quantity)
    by_return: dict[int, dict[int, int]] = defaultdict(dict)
    for row in session.execute(found.where(ReturnLine.return_id.in_(ids), not_indexed(ReturnLine.quantity > 0))):
        by_return[row.return_id][row.order_line_id] = row.quantity
    return by_return


def _photos(session: Session, ids: Sequence[int]) -> Mapping[int, list[int]]:
    found = sa.select(ReturnPhoto.return_id, ReturnPhoto.id).where(ReturnPhoto.return_id.in_(ids))
    by_return: dict[int, list[int]] = defaultdict(list)
    for row in session.execute(found.order_by(ReturnPhoto.id)):
        by_return[row.return_id].append(row.id)
    return by_return


def _messages(session: Session, ids: Sequence[int]) -> Mapping[int, list[CustomersMessage]]:
    found = sa.select(ReturnMessage.return_id, *columns(ReturnMessage, CustomersMessage))
    by_return: dict[int, list[CustomersMessage]] = defaultdict(list)
    for row in session.execute(found.where(ReturnMessage.return_id.in_(ids)).order_by(ReturnMessage.id)):
        by_return[row.return_id].append(CustomersMessage(row.author_kind, row.body, row.at))
    return by_return
