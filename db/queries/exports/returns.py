"""The list of returns as it leaves the house."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import ActorKind, ReturnStatus
from db.domain.return_filter import ReturnFilter
from db.domain.returns import ReturnReason
from db.domain.viewer import Viewer
from db.models import Order, OrderLine, Return, ReturnLine, Seller, Settlement
from db.queries.columns import sum_of
from db.queries.exports.columns import Condition, ExportList, count, instant, label_of, listed, money, text, words
from db.queries.return_conditions import conditions

_REQUESTED_BY = {
    ActorKind.CUSTOMER: "Client",
    ActorKind.PERSON: "Équipe",
    ActorKind.SHOP: "Boutique",
    ActorKind.SYSTEM: "Système",
}


def _conditions(session: Session, viewer: Viewer, wanted: ReturnFilter, today: dt.date) -> Sequence[Condition]:
    return conditions(session, viewer, wanted, today)


def _order(wanted: ReturnFilter) -> Sequence[sa.SQLColumnExpression[Any]]:
    if wanted.tab.is_worked_through:
        return (Return.requested_at, Return.id)
    return (Return.requested_at.desc(), Return.id.desc())


def _articles() -> sa.ScalarSelect[str]:
    announced = (
        sa.select((sa.cast(ReturnLine.quantity, sa.Text) + " × " + OrderLine.name).label("item"))
        .select_from(ReturnLine)
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(ReturnLine.return_id == Return.id, ReturnLine.quantity > 0)
        .order_by(OrderLine.position)
        .correlate(Return)
        .subquery("announced")
    )
    return listed(announced, ", ")


def _of_lines(figure: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    found = sa.select(figure).where(ReturnLine.return_id == Return.id).correlate(Return).scalar_subquery()
    return sa.func.coalesce(found, 0)


def _of_settlements(figure: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    found = sa.select(figure).where(Settlement.return_id == Return.id).correlate(Return).scalar_subquery()
    return sa.func.coalesce(found, 0)


RETURNS = ExportList(
    filter_type=ReturnFilter,
    source=sa.join(Return, Order, Order.id == Return.order_id).join(Seller, Seller.id == Order.seller_id),
    columns=(
        count("id", "Retour", Return.id, summed=False),
        text("order_number", "Commande", Order.number, 26),
        instant("requested_at", "Demandé le", Return.requested_at),
        words("status", "Statut", label_of(Return.status, ReturnStatus), 26),
        words("reason", "Motif", label_of(Return.reason, ReturnReason), 22),
        text("explanation", "Explication", Return.explanation, 34, usual=False),
        text(
            "requested_by",
            "Demandé par",
            sa.case(
                {kind.value: words for kind, words in _REQUESTED_BY.items()},
                value=sa.type_coerce(Return.requested_by, sa.Text),
                else_="",
            ),
            14,
            usual=False,
        ),
        text("seller", "Vendeur", Seller.name, 24),
        text("customer", "Client", Order.customer_name, 24),
        text("customer_email", "E-mail", Order.customer_email, 28, usual=False),
        text("articles", "Articles annoncés", _articles(), 36),
        count("units", "Unités annoncées", _of_lines(sum_of(ReturnLine.quantity))),
        count("units_received", "Unités reçues", _of_lines(sum_of(sa.func.coalesce(ReturnLine.quantity_received, 0)))),
        money("refunded", "Remboursé", _of_settlements(sum_of(Settlement.refund_cents))),
        money("vouchers", "Donné en bons", _of_settlements(sum_of(Settlement.voucher_cents))),
        text("currency", "Devise", Order.currency, 8),
        instant("decided_at", "Décidé le", Return.decided_at, usual=False),
        instant("received_at", "Colis reçu le", Return.received_at),
        instant("completed_at", "Terminé le", Return.completed_at),
        text("decision", "Décision", Return.decision, 30, usual=False),
        text("inspection", "Constat", Return.inspection, 30, usual=False),
    ),
    conditions=_conditions,
    order=_order,
    currency=Order.currency,
)
