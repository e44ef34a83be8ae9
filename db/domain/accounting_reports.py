"""What finance takes out for its accountant: which reports there are, and of which days, seller and rate."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Report(StrEnum):
    """A report; the value is what the URL and a file's row say."""

    SALES = "ventes"
    MONEY = "encaissements"
    VAT = "tva"
    E_SALES = "e-reporting"
    E_MONEY = "e-reporting-paiements"
    FEC = "fec"

    @property
    def label(self) -> str:
        """Return what it is called."""
        return _LABELS[self]


_LABELS = {
    Report.SALES: "Journal des ventes",
    Report.MONEY: "Journal des encaissements",
    Report.VAT: "TVA",
    Report.E_SALES: "E-reporting des ventes",
    Report.E_MONEY: "E-reporting des paiements",
    Report.FEC: "FEC",
}


@dataclass(frozen=True, slots=True)
class AccountingFilter:
    """Of what a report is: some days, both included, in one currency; None for all sellers, for all rates."""

    first_day: dt.date
    last_day: dt.date
    currency: str = "EUR"
    seller_id: int | None = None
    rate_bp: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values: what a file's row keeps of it."""
        return {
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "currency": self.currency,
            "seller_id": self.seller_id,
            "rate_bp": self.rate_bp,
        }


def filter_from_json(said: Mapping[str, Any]) -> AccountingFilter:
    """Return what ``to_json`` kept."""
    return AccountingFilter(
        dt.date.fromisoformat(said["first_day"]),
        dt.date.fromisoformat(said["last_day"]),
        said["currency"],
        said["seller_id"],
        said["rate_bp"],
    )
