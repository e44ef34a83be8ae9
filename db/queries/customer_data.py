"""All that is known of one customer, as JSON values under French names: what they are handed out when they ask for it.

One list per kind, flat, each row naming its order: machine-readable (RGPD, art. 20), and a person finds their way.
Colleagues stand in it as « Équipe »: their names are theirs.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import RecipientKind
from db.domain.orders import ActorKind, PaymentKind
from db.models import (
    Address,
    Customer,
    CustomerNote,
    Document,
    Order,
    OutboxMessage,
    PointsMovement,
    PrivacyEntry,
    Return,
    ReturnPhoto,
    Voucher,
    VoucherUse,
)
from db.models.orders import AddressKind
from db.queries import customer_sales as sales
from db.queries.erasure import mails_of, returns_of
from db.queries.plans import not_indexed

#: Codes that no screen shows as they are.
_WORDS: Mapping[StrEnum, str] = {
    ActorKind.PERSON: "Équipe",
    ActorKind.SYSTEM: "Système",
    ActorKind.CUSTOMER: "Client",
    ActorKind.SHOP: "Boutique",
    PaymentKind.PAYMENT: "Paiement",
    PaymentKind.REFUND: "Remboursement",
    AddressKind.BILLING: "Facturation",
    AddressKind.DELIVERY: "Livraison",
}

_Section = Callable[[int], sa.Select[*tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a return and where it is stored."""

    return_id: int
    order_number: str
    ref: str


@dataclass(frozen=True, slots=True)
class CustomerData:
    """What is handed out: the JSON, and the files beside it."""

    sections: Mapping[str, list[dict[str, Any]]]
    document_ids: tuple[int, ...]
    photos: tuple[Photo, ...]


def customer_data(session: Session, customer_id: int) -> CustomerData:
    """Return everything; the caller has made sure that whoever asked may have it."""
    sections = {name: _rows(session, select(customer_id)) for name, select in _SECTIONS.items()}
    documents = (
        sa.select(Document.id).where(Document.customer_id == customer_id).order_by(Document.issued_on, Document.id)
    )
    photos = (
        sa.select(ReturnPhoto.return_id, Order.number.label("order_number"), ReturnPhoto.ref)
        .join(Return, Return.id == ReturnPhoto.return_id)
        .join(Order, Order.id == Return.order_id)
        .where(ReturnPhoto.return_id.in_(returns_of(customer_id)))
        .order_by(ReturnPhoto.return_id, ReturnPhoto.id)
    )
    return CustomerData(
        sections=sections,
        document_ids=tuple(session.scalars(documents)),
        photos=tuple(Photo(**row._asdict()) for row in session.execute(photos)),
    )


def _rows(session: Session, select: sa.Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [{name: _json(value) for name, value in row._asdict().items()} for row in session.execute(select)]


def _json(value: object) -> object:
    match value:
        case StrEnum():
            return _WORDS.get(value) or str(getattr(value, "label", value.value))
        case dt.datetime() | dt.date():
            return value.isoformat()
    return value


def _account(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        Customer.id.label("numero_client"),
        Customer.name.label("nom"),
        Customer.company.label("societe"),
        Customer.email,
        Customer.phone.label("telephone"),
        Customer.siren,
        Customer.vat_number.label("numero_tva"),
        Customer.locale.label("langue"),
        Customer.loyalty_points.label("points_de_fidelite"),
        Customer.external_ref.label("reference_boutique"),
        Customer.created_at.label("cree_le"),
    ).where(Customer.id == customer_id)


def _addresses(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    book = sa.select(Address.label.label("libelle"), *sales.written(Address)).where(Address.customer_id == customer_id)
    return book.order_by(Address.id)


def _documents(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Document.number.label("numero"),
            Document.kind.label("type"),
            Document.issued_on.label("date"),
            Document.gross_cents.label("ttc_centimes"),
            Document.currency.label("devise"),
        )
        .where(Document.customer_id == customer_id)
        .order_by(Document.issued_on, Document.id)
    )


def _vouchers(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Voucher.code,
            Voucher.amount_cents.label("montant_centimes"),
            Voucher.used_cents.label("utilise_centimes"),
            Voucher.currency.label("devise"),
            Voucher.expires_on.label("valable_jusqu_au"),
            Voucher.note.label("motif"),
            Voucher.created_at.label("cree_le"),
            Voucher.cancelled_at.label("annule_le"),
        )
        .where(Voucher.customer_id == customer_id)
        .order_by(Voucher.id)
    )


def _voucher_uses(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Voucher.code.label("bon"),
            VoucherUse.used_at.label("le"),
            VoucherUse.amount_cents.label("montant_centimes"),
            VoucherUse.order_reference.label("commande_ou_panier"),
        )
        .join(Voucher, Voucher.id == VoucherUse.voucher_id)
        .where(Voucher.customer_id == customer_id)
        .order_by(VoucherUse.id)
    )


def _points(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            PointsMovement.at.label("le"),
            PointsMovement.kind.label("type"),
            PointsMovement.points,
            Order.number.label("commande"),
            PointsMovement.note.label("motif"),
        )
        .outerjoin(Order, Order.id == PointsMovement.order_id)
        .where(PointsMovement.customer_id == customer_id)
        .order_by(PointsMovement.at, PointsMovement.id)
    )


def _mails(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Order.number.label("commande"),
            OutboxMessage.channel.label("canal"),
            OutboxMessage.template.label("modele"),
            OutboxMessage.recipient.label("destinataire"),
            OutboxMessage.subject.label("objet"),
            OutboxMessage.text.label("texte"),
            OutboxMessage.state.label("etat"),
            OutboxMessage.sent_at.label("envoye_le"),
        )
        .outerjoin(Order, Order.id == OutboxMessage.order_id)
        .where(
            OutboxMessage.id.in_(mails_of(customer_id)),
            not_indexed(OutboxMessage.recipient_kind == RecipientKind.CUSTOMER),
        )
        .order_by(OutboxMessage.id)
    )


def _notes(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    noted = sa.select(CustomerNote.at.label("le"), CustomerNote.body.label("note"))
    return noted.where(CustomerNote.customer_id == customer_id).order_by(CustomerNote.id)


def _privacy(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    logged = sa.select(PrivacyEntry.at.label("le"), PrivacyEntry.act.label("acte"))
    return logged.where(PrivacyEntry.customer_id == customer_id).order_by(PrivacyEntry.id)


_SECTIONS: Mapping[str, _Section] = {
    "compte": _account,
    "adresses": _addresses,
    "commandes": sales.orders,
    "articles": sales.lines,
    "adresses_des_commandes": sales.order_addresses,
    "paiements": sales.payments,
    "colis": sales.parcels,
    "historique_des_commandes": sales.history,
    "retours": sales.returns,
    "articles_retournes": sales.return_lines,
    "messages_des_retours": sales.return_messages,
    "remboursements": sales.settlements,
    "factures_et_avoirs": _documents,
    "bons_d_achat": _vouchers,
    "utilisations_des_bons": _voucher_uses,
    "points_de_fidelite": _points,
    "emails_et_sms": _mails,
    "notes_internes": _notes,
    "exports_et_effacements": _privacy,
}
