"""The closed months, what stands in the way of the next one, and sales that came after their month was closed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain import formats
from db.domain.closing import Figures, is_over, month_words
from db.domain.files import FileKind
from db.domain.months import add_months, last_day
from db.domain.orders import OrderStatus, PaymentRecordState
from db.domain.viewer import Viewer
from db.models import DueDocument, MonthClosing, Order, Payment, Seller
from db.queries.closing_figures import days_of

#: Late sales that are shown of a month.
LATE_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A closed month as it was frozen."""

    month: dt.date
    closed_at: dt.datetime
    person_name: str
    note: str
    figures: Figures
    previous_hash: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class LateSale:
    """A sale of a closed month that came after it was closed."""

    number: str
    seller_name: str
    placed_on: dt.date
    intake_at: dt.datetime | None
    total_cents: int
    currency: str


def closed_months(session: Session, viewer: Viewer) -> list[ClosedMonth]:
    """Return the closed months, the newest first.

    Raises:
        NotAllowedError: The person may not see all sellers' accounts.
    """
    viewer.require(FileKind.CONTINUITY.permission)
    return all_closed_months(session)[::-1]


def all_closed_months(session: Session) -> list[ClosedMonth]:
    """Return the closed months in the order of their chain."""
    names = [MonthClosing.month, MonthClosing.closed_at, MonthClosing.person_name, MonthClosing.note]
    rows = session.execute(
        sa.select(*names, MonthClosing.figures, MonthClosing.previous_hash, MonthClosing.content_hash).order_by(
            MonthClosing.month
        )
    )
    return [ClosedMonth(**row._asdict()) for row in rows]


def last_closed(session: Session) -> dt.date | None:
    """Return the last month that was closed."""
    return session.scalar(sa.select(sa.func.max(MonthClosing.month)))


def closing_blockers(session: Session, month: dt.date, today: dt.date) -> tuple[str, ...]:
    """Return what stands in the way of closing a month, as sentences."""
    last = last_closed(session)
    said: list[str] = []
    if not is_over(month, today):
        said.append("Il n’est pas terminé.")
    if last is not None and month <= last:
        said.append("Il est déjà clos.")
    elif last is not None and month != add_months(last, 1):
        said.append(f"Clôturez d’abord {month_words(add_months(last, 1))}.")
    return (*said, *_work_to_do(session, month))


def _work_to_do(session: Session, month: dt.date) -> Sequence[str]:
    """Return what is still to be done of a month; each question is answered by a small index."""
    ends_at, ends_on = days_of(month).until, last_day(month)
    new = sa.select(sa.func.count()).where(
        Order.intake_at.is_(None), Order.placed_on <= ends_on, Order.status != OrderStatus.ERROR
    )
    in_error = sa.select(sa.func.count()).where(
        Order.status == OrderStatus.ERROR, Order.placed_on.between(month, ends_on)
    )
    to_book = sa.select(sa.func.count()).where(
        Payment.booked_at.is_(None), Payment.state == PaymentRecordState.CAPTURED, Payment.created_at < ends_at
    )
    to_issue = sa.select(sa.func.count()).where(DueDocument.created_at < ends_at)
    questions = (
        (new, "commande attend sa prise en charge", "commandes attendent leur prise en charge", ""),
        (in_error, "commande est en erreur", "commandes sont en erreur", " (Commandes, statut Erreur)"),
        (to_book, "paiement est à enregistrer", "paiements sont à enregistrer", ""),
        (
            to_issue,
            "facture ou avoir reste à établir",
            "factures ou avoirs restent à établir",
            " (Factures › À établir)",
        ),
    )
    counts = [(session.scalar(question) or 0, one, many, where) for question, one, many, where in questions]
    return [f"{formats.plural(count, one, many)}{where}." for count, one, many, where in counts if count]


def late_sales(session: Session, viewer: Viewer, closed: ClosedMonth) -> list[LateSale]:
    """Return the sales of a closed month that came after it was closed, the newest first: they count from then on.

    Raises:
        NotAllowedError: The person may not see all sellers' accounts.
    """
    viewer.require(FileKind.CONTINUITY.permission)
    came_late = sa.or_(Order.intake_at.is_(None), Order.intake_at > closed.closed_at)
    rows = session.execute(
        sa.select(
            Order.number,
            Seller.name.label("seller_name"),
            Order.placed_on,
            Order.intake_at,
            Order.total_cents,
            Order.currency,
        )
        .join(Seller, Seller.id == Order.seller_id)
        .where(Order.placed_on.between(closed.month, last_day(closed.month)), came_late)
        .order_by(Order.placed_on.desc(), Order.id.desc())
        .limit(LATE_SHOWN)
    )
    return [LateSale(**row._asdict()) for row in rows]
