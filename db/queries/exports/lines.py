"""The list of what was bought, an article a row, as it leaves the house."""

import sqlalchemy as sa

from db.domain.order_filter import OrderFilter
from db.domain.orders import DeliveryMode, Origin
from db.models import Order, OrderLine, Seller, StatusSetting
from db.queries.exports.columns import ExportList, count, label_of, money, pairs_of, rate, text, words
from db.queries.exports.orders import HEAD, order_conditions

LINES = ExportList(
    filter_type=OrderFilter,
    source=sa.join(Order, OrderLine, OrderLine.order_id == Order.id)
    .join(Seller, Seller.id == Order.seller_id)
    .outerjoin(StatusSetting, StatusSetting.status == Order.status),
    columns=(
        *HEAD,
        count("position", "Ligne", OrderLine.position, summed=False),
        text("sku", "Référence", OrderLine.sku, 18),
        text("name", "Article", OrderLine.name, 34),
        text("attributes", "Attributs", pairs_of(OrderLine.attributes), 26),
        text("supplier", "Fournisseur", OrderLine.supplier, 20),
        count("quantity", "Quantité", OrderLine.quantity),
        money("unit_price", "Prix unitaire TTC", OrderLine.unit_price_cents, summed=False),
        money("discount", "Remise", OrderLine.discount_cents),
        rate("vat_rate", "Taux de TVA (%)", OrderLine.vat_rate_bp),
        money("total", "Total TTC", OrderLine.total_cents),
        text("currency", "Devise", Order.currency, 8),
        count("quantity_shipped", "Expédiés", OrderLine.quantity_shipped),
        count("quantity_cancelled", "Annulés", OrderLine.quantity_cancelled),
        count("quantity_returned", "Retournés", OrderLine.quantity_returned),
        count("weight_g", "Poids (g)", OrderLine.weight_g, usual=False, summed=False),
        words("delivery_mode", "Livraison", label_of(Order.delivery_mode, DeliveryMode), 16, usual=False),
        words("origin", "Origine", label_of(Order.origin, Origin), 14, usual=False),
    ),
    conditions=order_conditions,
    order=lambda _wanted: (Order.placed_at.desc(), Order.id.desc(), OrderLine.position),
    currency=Order.currency,
)
