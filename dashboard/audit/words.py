"""What an entry says of what was changed, in French: one field, one wording; what nobody foresaw is shown as it is."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dashboard.order_page.history_words import FIELD_NAMES
from db.domain import formats
from db.domain.documents import DocumentKind
from db.domain.files import FileKind
from db.domain.mail import EmailTemplate
from db.domain.orders import DeliveryMode, OrderStatus, PaymentMethod, ReturnStatus
from db.domain.payouts import PayoutState
from db.domain.permissions import Role
from db.queries.audit import AuditRow

_NAMES = {
    "ip_address": "adresse IP",
    "sessions": "sessions fermées",
    "role": "rôle",
    "email": "e-mail",
    "seller_id": "vendeur n°",
    "is_active": "actif",
    "is_on": "activé",
    "is_shared": "partagée",
    "delay": "délai",
    "extra": "préavis ou rappels",
    "delivery_days": "jours de livraison",
    "tracking_url_pattern": "lien de suivi",
    "state": "état",
    "net_cents": "net",
    "total_cents": "total",
    "cents": "montant",
    "amount_cents": "montant",
    "refund_cents": "remboursé",
    "voucher_cents": "en bon d’achat",
    "expires_on": "expire le",
    "method": "moyen",
    "reference": "référence",
    "number": "numéro",
    "source": "origine",
    "tag": "mot-clé",
    "reason": "motif",
    "rows": "lignes",
    "kind": "type",
    "orders": "commandes",
    "refused": "refusées",
    "stock": "stock",
    "low_stock_at": "seuil de stock bas",
    "is_returnable": "retour accepté",
    "points": "points",
    "payouts": "reversements",
    "documents": "documents",
    "files": "fichiers",
    "faults": "défauts",
    "paid": "payés",
    "rejected": "rejetés",
    "label": "libellé",
    "colour": "couleur",
    "sends_email": "envoie un e-mail",
    "template": "modèle",
    "subject": "objet",
    "body": "texte",
    "text": "texte",
    "query": "filtres",
    "scopes": "droits",
    "expires_at": "expire le",
    "texts_customers": "SMS aux clients",
    "quiet_from": "silence à partir de (h)",
    "quiet_until": "silence jusqu’à (h)",
    "iban": "IBAN",
    "bic": "BIC",
    "holder": "titulaire",
    "terms": "conditions",
    "hold": "retenue",
    "code": "code",
    "mobile": "mobile",
    "street": "rue",
    "postcode": "code postal",
    "city": "ville",
    "country_code": "pays",
    "opening_hours": "horaires",
    "legal_name": "raison sociale",
    "siren": "SIREN",
    "siret": "SIRET",
    "vat_number": "n° de TVA",
    "legal_notice": "mention légale",
    "since": "depuis le",
    "until": "jusqu’au",
    "gross_cents": "TTC",
    "order_reference": "pour la commande",
}
#: Ids of rows, and what the database alone needs.
_HIDDEN = frozenset({"key", "search_text", "currency", "settled", "handed_units", "dropped_emails"})
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "status": {each.value: each.label for each in OrderStatus},
    "state": {each.value: each.label for each in (*ReturnStatus, *PayoutState)},
    "role": {each.value: each.label for each in Role},
    "kind": {each.value: each.label for each in (*FileKind, *DocumentKind)},
    "method": {each.value: each.label for each in PaymentMethod},
    "delivery_mode": {each.value: each.label for each in DeliveryMode},
    "template": {each.value: each.label for each in EmailTemplate},
}
_LONGEST = 400


def changes_of(row: AuditRow) -> list[tuple[str, str, str]]:
    """Return what an entry says was changed: the field, what it was, what it is."""
    currency = str(row.after.get("currency") or row.before.get("currency") or "EUR")
    names = [name for name in dict.fromkeys([*row.before, *row.after]) if not _is_hidden(name)]
    return [
        (_name(name), _text(name, row.before.get(name), currency), _text(name, row.after.get(name), currency))
        for name in names
    ]


def summary_of(row: AuditRow) -> str:
    """Return an entry's details on one line: « statut : Payée → Expédiée · note »."""
    if row.is_erased:
        return "Détail effacé (RGPD)"
    told = [
        f"{name}\u00a0: {before} → {after or formats.DASH}" if before else f"{name}\u00a0: {after}"
        for name, before, after in changes_of(row)
        if before != after
    ]
    return formats.shorten(" · ".join([*told, *([row.note] if row.note else [])]), 90)


def _is_hidden(name: str) -> bool:
    is_key = name.endswith(("_id", "_ids")) and name != "seller_id"
    return is_key or name in _HIDDEN


def _name(field: str) -> str:
    return _NAMES.get(field) or FIELD_NAMES.get(field) or field.replace("_", " ").replace(".", ", ")


def _text(name: str, value: Any, currency: str) -> str:  # noqa: ANN401  whatever JSON holds
    match value:
        case None | "" | []:
            told = ""
        case bool():
            told = "oui" if value else "non"
        case int():
            told = formats.money(value, currency) if name.endswith("cents") else formats.integer(value)
        case str():
            told = _day_or_text(name, value)
        case list():
            told = ", ".join(_text(name, each, currency) for each in value)
        case dict():
            told = ", ".join(f"{_name(key)}\u00a0: {_text(key, each, currency)}" for key, each in value.items())
        case _:
            told = str(value)
    return formats.shorten(told, _LONGEST)


def _day_or_text(name: str, value: str) -> str:
    if name in _CHOICES:
        return _CHOICES[name].get(value, value)
    try:
        if name.endswith(("_on", "since", "until")):
            return formats.date(dt.date.fromisoformat(value))
        if name.endswith("_at"):
            return formats.instant(dt.datetime.fromisoformat(value))
    except ValueError:
        return value
    return value
