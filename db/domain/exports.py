"""Lists that leave the house: what can be exported, in which form, and how often by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from db.domain.errors import InvalidInputError
from db.domain.permissions import Permission


class ExportSubject(StrEnum):
    """What a list is of."""

    ORDERS = "orders"
    LINES = "lines"
    CUSTOMERS = "customers"
    RETURNS = "returns"
    DOCUMENTS = "documents"
    PAYOUTS = "payouts"
    EMAILS = "emails"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return EXPORT_SUBJECT_LABELS[self]

    @property
    def permission(self) -> Permission:
        """Return what it takes to read the list on the screen; who exports it needs that, too."""
        return EXPORT_SUBJECT_PERMISSIONS[self]


EXPORT_SUBJECT_LABELS = {
    ExportSubject.ORDERS: "Commandes",
    ExportSubject.LINES: "Articles commandés",
    ExportSubject.CUSTOMERS: "Clients",
    ExportSubject.RETURNS: "Retours",
    ExportSubject.DOCUMENTS: "Factures et avoirs",
    ExportSubject.PAYOUTS: "Reversements",
    ExportSubject.EMAILS: "E-mails et SMS",
}
EXPORT_SUBJECT_PERMISSIONS = {
    ExportSubject.ORDERS: Permission.READ_ORDERS,
    ExportSubject.LINES: Permission.READ_ORDERS,
    ExportSubject.CUSTOMERS: Permission.READ_CUSTOMERS,
    ExportSubject.RETURNS: Permission.READ_ORDERS,
    ExportSubject.DOCUMENTS: Permission.READ_DOCUMENTS,
    ExportSubject.PAYOUTS: Permission.READ_PAYOUTS,
    ExportSubject.EMAILS: Permission.READ_MESSAGES,
}


class ExportFormat(StrEnum):
    """How a list is written."""

    CSV = "csv"  # semicolons, decimal commas: opens in a French Excel as it is
    CSV_COMMA = "csv_comma"  # commas, decimal points
    XLSX = "xlsx"
    PARQUET = "parquet"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return EXPORT_FORMAT_LABELS[self]

    @property
    def suffix(self) -> str:
        """Return how the file's name ends."""
        return "csv" if self is ExportFormat.CSV_COMMA else self.value


EXPORT_FORMAT_LABELS = {
    ExportFormat.CSV: "CSV (point-virgule)",
    ExportFormat.CSV_COMMA: "CSV (virgule)",
    ExportFormat.XLSX: "Excel",
    ExportFormat.PARQUET: "Parquet",
}


class Cadence(StrEnum):
    """How often something is sent by itself."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return CADENCE_LABELS[self]


CADENCE_LABELS = {
    Cadence.DAILY: "Chaque jour",
    Cadence.WEEKLY: "Chaque lundi",
    Cadence.MONTHLY: "Le 1ᵉʳ du mois",
}


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """One list as somebody wants it: what a file's row and a schedule's keep of it.

    Every filter that has a period calls its ends ``first_day`` and ``last_day``: a schedule moves these.
    """

    subject: ExportSubject
    #: The list's own filter as ``filter_to_json`` writes it (``db/domain/filter_json.py``).
    filter: Mapping[str, Any]
    #: The keys of its columns, in their order in the file.
    columns: tuple[str, ...]
    format: ExportFormat

    def to_json(self) -> dict[str, Any]:
        """Return the request as JSON values."""
        return {
            "subject": self.subject,
            "filter": dict(self.filter),
            "columns": list(self.columns),
            "format": self.format,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """Return the request that ``to_json`` wrote."""
        return cls(ExportSubject(said["subject"]), said["filter"], tuple(said["columns"]), ExportFormat(said["format"]))

    @property
    def has_period(self) -> bool:
        """Tell whether the list can be narrowed to some days."""
        return "first_day" in self.filter


class NothingToExportError(InvalidInputError):
    """A list without a row."""

    def __init__(self) -> None:
        super().__init__("Aucune ligne ne correspond à ces filtres\u00a0: il n’y a rien à exporter.")


class NoColumnError(InvalidInputError):
    """A list of which no column is wanted."""

    def __init__(self) -> None:
        super().__init__("Choisissez au moins une colonne à exporter.")
