"""The list of customers as it leaves the house."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.customer_filter import CustomerFilter
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.models import Customer, Order
from db.queries.exports.columns import Condition, ExportList, count, instant, text
from db.queries.text_match import matching_customer_ids, words


def _conditions(
    session: Session, _viewer: Viewer, wanted: CustomerFilter, _today: dt.date
) -> Sequence[Condition] | None:
    if not wanted.text.strip():
        return []
    if not is_storable(wanted.text) or not words(wanted.text):
        return None
    return [Customer.id.in_(matching_customer_ids(session, wanted.text))]


def _of_orders(figure: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """Return a figure of a customer's orders, of any status; read from one index alone."""
    return sa.select(figure).where(Order.customer_id == Customer.id).correlate(Customer).scalar_subquery()


CUSTOMERS = ExportList(
    filter_type=CustomerFilter,
    source=sa.inspect(Customer).local_table,
    columns=(
        text("name", "Nom", Customer.name, 26),
        text("company", "Société", Customer.company, 22),
        text("email", "E-mail", Customer.email, 30),
        text("phone", "Téléphone", Customer.phone, 18),
        text("siren", "SIREN", Customer.siren, 12, usual=False),
        text("vat_number", "N° de TVA", Customer.vat_number, 16, usual=False),
        text("locale", "Langue", Customer.locale, 8, usual=False),
        count("loyalty_points", "Points de fidélité", Customer.loyalty_points, summed=False),
        count("orders", "Commandes", _of_orders(sa.func.count()), summed=False),
        instant(
            "first_order_at", "Première commande", _of_orders(sa.func.min(Order.placed_at, type_=Order.placed_at.type))
        ),
        instant(
            "last_order_at", "Dernière commande", _of_orders(sa.func.max(Order.placed_at, type_=Order.placed_at.type))
        ),
        instant("created_at", "Client depuis", Customer.created_at),
        instant("erased_at", "Données effacées le", Customer.erased_at, usual=False),
        text("external_ref", "Référence externe", Customer.external_ref, 20, usual=False),
    ),
    conditions=_conditions,
    order=lambda _wanted: (Customer.id.desc(),),
)
