"""Lists that leave the house: what can be exported, in which form, and how often by itself."""

from enum import StrEnum


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


EXPORT_SUBJECT_LABELS = {
    ExportSubject.ORDERS: "Commandes",
    ExportSubject.LINES: "Articles commandés",
    ExportSubject.CUSTOMERS: "Clients",
    ExportSubject.RETURNS: "Retours",
    ExportSubject.DOCUMENTS: "Factures et avoirs",
    ExportSubject.PAYOUTS: "Reversements",
    ExportSubject.EMAILS: "E-mails et SMS",
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
