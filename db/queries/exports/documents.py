"""The list of invoices and credit notes as it leaves the house: a row for each document and VAT rate.

Accountants sort and add up by rate: a document's own totals beside several of its rows would be added twice. Rates
come and go over the years, so they are values of a column, never columns.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.domain.document_filter import DocumentFilter
from db.domain.documents import DocumentKind
from db.domain.viewer import Viewer
from db.models import Document, DocumentVat, Order, Seller
from db.queries.document_conditions import few_ids, where
from db.queries.exports.columns import Condition, ExportList, day, label_of, money, rate, text, words

_Original = aliased(Document)


def _conditions(session: Session, viewer: Viewer, wanted: DocumentFilter, _today: dt.date) -> Sequence[Condition]:
    matching = where(session, viewer, wanted)
    ids = few_ids(session, matching)
    return matching.walking if ids is None else [Document.id.in_(ids)]


DOCUMENTS = ExportList(
    filter_type=DocumentFilter,
    source=sa.join(Document, DocumentVat, DocumentVat.document_id == Document.id)
    .join(Order, Order.id == Document.order_id)
    .join(Seller, Seller.id == Document.seller_id)
    .outerjoin(_Original, _Original.id == Document.original_id),
    columns=(
        day("issued_on", "Date", Document.issued_on),
        words("kind", "Type", label_of(Document.kind, DocumentKind), 9),
        text("number", "Numéro", Document.number, 24),
        text("original_number", "Facture d’origine", _Original.number, 24),
        text("order_number", "Commande", Order.number, 34),
        text("seller_code", "Code vendeur", Seller.code, 14),
        text("seller", "Vendeur", Seller.name, 26),
        text("customer", "Client", Document.customer_name, 28),
        text("currency", "Devise", Document.currency, 8),
        rate("vat_rate", "Taux de TVA (%)", DocumentVat.rate_bp),
        money("net", "Base HT à ce taux", DocumentVat.net_cents),
        money("vat", "TVA à ce taux", DocumentVat.vat_cents),
        money("gross", "TTC à ce taux", DocumentVat.gross_cents),
    ),
    conditions=_conditions,
    order=lambda _wanted: (Document.issued_on, Document.id, DocumentVat.rate_bp),
    currency=Document.currency,
)
