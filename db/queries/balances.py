"""What the night's check of balances found."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.balances import Subject
from db.domain.files import FileKind
from db.domain.jobs import JobName
from db.domain.viewer import Viewer
from db.models import BalanceFinding, JobRun, Order


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree. Amounts are cents, units or points, as the subject counts."""

    subject: Subject
    sentence: str
    product_id: int | None
    customer_id: int | None
    order_number: str | None
    payout_id: int | None
    found_at: dt.datetime


def finding_count(session: Session, viewer: Viewer) -> int:
    """Return how many things do not agree."""
    viewer.require(FileKind.CONTINUITY.permission)
    return session.scalar(sa.select(sa.func.count()).select_from(BalanceFinding)) or 0


def findings(session: Session, viewer: Viewer) -> list[Finding]:
    """Return what does not agree, subject by subject, money first: as the check wrote it."""
    viewer.require(FileKind.CONTINUITY.permission)
    rows = session.execute(
        sa.select(
            BalanceFinding.subject,
            BalanceFinding.sentence,
            BalanceFinding.product_id,
            BalanceFinding.customer_id,
            Order.number.label("order_number"),
            BalanceFinding.payout_id,
            BalanceFinding.found_at,
        )
        .outerjoin(Order, Order.id == BalanceFinding.order_id)
        .order_by(BalanceFinding.id)
    )
    return [Finding(**row._asdict() | {"subject": Subject(row.subject)}) for row in rows]


def last_balance_check(session: Session, viewer: Viewer) -> dt.datetime | None:
    """Return when balances were last checked to the end."""
    viewer.require(FileKind.CONTINUITY.permission)
    done = (JobRun.job == JobName.CHECK_BALANCES, JobRun.error == "")
    return session.scalar(sa.select(sa.func.max(JobRun.finished_at)).where(*done))
