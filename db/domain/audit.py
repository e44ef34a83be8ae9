"""The log of everything that people and the system did: what is noted, and how its entries are chained."""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from db.domain.iban import iban_masked


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


def customer_label(customer_id: int) -> str:
    """Return how the log calls a customer: it is never erased, so no name stands in it."""
    return f"Client n°\u00a0{customer_id}"


def details_hash(details: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an entry's details, whatever the order in which a database gives their keys back."""
    written = json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def plain(value: object) -> object:
    """Return a value as JSON has it: a frozen row as its columns, a day as it is written; accounts are masked."""
    if isinstance(value, Mapping) or dataclasses.is_dataclass(value):
        return columns_of(value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(str(each) for each in value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value


def columns_of(row: object) -> dict[str, object]:
    """Return a mapping, or the fields of a frozen row, as JSON has them; nothing of nothing."""
    if isinstance(row, Mapping):
        return {str(name): _masked(str(name), plain(value)) for name, value in row.items()}
    if not dataclasses.is_dataclass(row):
        return {}
    return columns_of({field.name: getattr(row, field.name) for field in dataclasses.fields(row)})


def changes(before: object, after: object) -> tuple[dict[str, object], dict[str, object]]:
    """Return of two frozen rows, or two mappings, what is not the same in both: as it was, and as it is."""
    was, becomes = columns_of(before), columns_of(after)
    changed = [name for name in {**was, **becomes} if was.get(name) != becomes.get(name)]
    return {name: was.get(name) for name in changed}, {name: becomes.get(name) for name in changed}


def _masked(name: str, value: object) -> object:
    return iban_masked(value) if "iban" in name and isinstance(value, str) and value else value
