"""The log of everything that people and the system did: what is noted, and how its entries are chained."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class AuditArea(StrEnum):
    """What an act was about."""

    ACCESS = "access"
    PEOPLE = "people"
    ORDERS = "orders"
    CUSTOMERS = "customers"
    DOCUMENTS = "documents"
    PAYOUTS = "payouts"
    SELLERS = "sellers"
    STOCK = "stock"
    SETTINGS = "settings"
    EXPORTS = "exports"
    CLOSING = "closing"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return AUDIT_AREA_LABELS[self]


AUDIT_AREA_LABELS = {
    AuditArea.ACCESS: "Connexions",
    AuditArea.PEOPLE: "Équipe",
    AuditArea.ORDERS: "Commandes",
    AuditArea.CUSTOMERS: "Clients",
    AuditArea.DOCUMENTS: "Factures et avoirs",
    AuditArea.PAYOUTS: "Reversements",
    AuditArea.SELLERS: "Vendeurs",
    AuditArea.STOCK: "Stock",
    AuditArea.SETTINGS: "Réglages",
    AuditArea.EXPORTS: "Exports et fichiers",
    AuditArea.CLOSING: "Clôtures",
    AuditArea.SYSTEM: "Système",
}


def details_hash(details: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an entry's details, whatever the order in which a database gives their keys back."""
    written = json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()
