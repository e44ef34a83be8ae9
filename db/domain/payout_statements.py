"""What a statement of a seller's account is of: one payout, or one month in one currency."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from db.domain import formats
from db.domain.payouts import reference_of


class StatementFormat(StrEnum):
    """How a statement is written; the value is the file's ending."""

    PDF = "pdf"
    CSV = "csv"
    XLSX = "xlsx"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return STATEMENT_FORMAT_LABELS[self]


STATEMENT_FORMAT_LABELS = {StatementFormat.PDF: "PDF", StatementFormat.CSV: "CSV", StatementFormat.XLSX: "Excel"}


@dataclass(frozen=True, slots=True)
class OfPayout:
    """The statement of one payout."""

    payout_id: int

    @property
    def title(self) -> str:
        """Return what it is called."""
        return f"Relevé du reversement {reference_of(self.payout_id)}"

    @property
    def file_stem(self) -> str:
        """Return what its file's name begins with."""
        return f"releve-{reference_of(self.payout_id)}"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"payout_id": self.payout_id}


@dataclass(frozen=True, slots=True)
class OfMonth:
    """The statement of a seller's account in one month."""

    seller_id: int
    #: Its first day.
    month: dt.date
    currency: str = "EUR"

    @property
    def title(self) -> str:
        """Return what it is called."""
        said = f"Relevé {formats.of_month(self.month.year, self.month.month)}"
        return said if self.currency == "EUR" else f"{said} ({self.currency})"

    @property
    def file_stem(self) -> str:
        """Return what its file's name begins with."""
        return f"releve-{self.month:%Y-%m}-{self.currency}"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"seller_id": self.seller_id, "month": self.month.isoformat(), "currency": self.currency}


StatementOf = OfPayout | OfMonth


def statement_of_json(kept: Mapping[str, Any]) -> StatementOf:
    """Return what a file's row says that its statement is of."""
    if "payout_id" in kept:
        return OfPayout(kept["payout_id"])
    return OfMonth(kept["seller_id"], dt.date.fromisoformat(kept["month"]), kept["currency"])
