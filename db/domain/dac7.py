"""DAC7: what a platform declares of its sellers each year, and what has to be known of them for it.

Directive (EU) 2021/514, annex V of directive 2011/16/EU; in France CGI, art. 1649 ter A s. Declared by 31 January of
the next year: who a seller is, and for each quarter what it was credited, for how many sales, and what was kept of it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from db.domain.iban import is_iban
from db.domain.mentions import EU_COUNTRIES
from db.domain.snapshot import Nature
from db.domain.time import PARIS

QUARTERS = (1, 2, 3, 4)
#: The amounts that are declared, and the limit of what is not, are in euros.
CURRENCY = "EUR"
#: Monaco is in the VAT area of the Union, and no member of it.
_MEMBER_STATES = EU_COUNTRIES - {"MC"}
_MONTHS_OF_A_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Below them a seller of goods is not declared (annex V, section I, B, 4, d)."""

    #: Fewer sales than that in the year,
    min_sales: int = 30
    #: and credited with no more than that, in cents.
    max_cents: int = 2_000_00


@dataclass(frozen=True, slots=True)
class Quarter:
    """What a seller sold in three months. Amounts are cents."""

    #: Sales that were credited, those included that were given back later.
    sales: int = 0
    #: « Consideration »: what was credited, less what was given back and less the fees (annex V, section I, A, 10).
    credited_cents: int = 0
    #: What the marketplace kept, less what it gave back.
    fee_cents: int = 0

    def __add__(self, other: "Quarter") -> "Quarter":
        return Quarter(
            self.sales + other.sales, self.credited_cents + other.credited_cents, self.fee_cents + other.fee_cents
        )


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """What is known of a seller, as the declaration asks for it."""

    name: str
    legal_name: str
    is_person: bool
    nature: Nature
    siren: str
    vat_number: str
    tax_number: str
    street: str
    postcode: str
    city: str
    country_code: str
    born_on: dt.date | None
    birth_place: str
    iban: str | None
    #: Of the account, where it is another name than the seller's.
    account_holder: str

    @property
    def address(self) -> str:
        """Return the address on one line."""
        return ", ".join(part for part in (self.street, f"{self.postcode} {self.city}".strip()) if part)


class Exclusion(StrEnum):
    """Why a seller is not declared."""

    FEW_SALES = "few_sales"
    OUTSIDE_UNION = "outside_union"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return EXCLUSION_LABELS[self]


EXCLUSION_LABELS = {
    Exclusion.FEW_SALES: "Sous les seuils",
    Exclusion.OUTSIDE_UNION: "Hors de l’Union européenne",
}


def exclusion_of(
    facts: SellerFacts, year: Quarter, thresholds: Thresholds, *, in_other_currencies: bool
) -> Exclusion | None:
    """Return why a seller is not declared; None where it is.

    Args:
        facts: The seller.
        year: All that it sold in the year, its sales in all currencies, its amounts in euros.
        thresholds: Below which a seller of goods is not declared; services have no such limit.
        in_other_currencies: Whether it was credited in another currency too: the limit cannot be told then, and it is
            rather declared.
    """
    if (facts.country_code or "FR").upper() not in _MEMBER_STATES:
        return Exclusion.OUTSIDE_UNION
    is_small = year.sales < thresholds.min_sales and year.credited_cents <= thresholds.max_cents
    if facts.nature is Nature.GOODS and is_small and not in_other_currencies:
        return Exclusion.FEW_SALES
    return None


def missing_of(facts: SellerFacts) -> list[str]:
    """Return what is not known of a seller and has to be declared (annex V, section II, B)."""
    is_french = (facts.country_code or "FR").upper() == "FR"
    wanted: dict[str, object] = {
        "le nom et le prénom" if facts.is_person else "la raison sociale": facts.legal_name,
        "l’adresse": facts.street and facts.postcode and facts.city,
        "l’IBAN": facts.iban and is_iban(facts.iban),
    }
    if facts.is_person:
        wanted |= {
            "la date de naissance": facts.born_on,
            "le numéro fiscal ou, à défaut, le lieu de naissance": facts.tax_number or facts.birth_place,
        }
    elif is_french:
        wanted["le SIREN"] = facts.siren
    else:
        wanted["le numéro fiscal"] = facts.tax_number
    return [name for name, value in wanted.items() if not value]


def quarter_bounds(year: int) -> tuple[dt.datetime, ...]:
    """Return the instants at which the quarters of a year begin, and that at which the year ends."""
    first_months = range(1, 13, _MONTHS_OF_A_QUARTER)
    begins = [dt.datetime(year, month, 1, tzinfo=PARIS) for month in first_months]
    return (*(each.astimezone(dt.UTC) for each in begins), year_end(year))


def year_end(year: int) -> dt.datetime:
    """Return the first instant after a year."""
    return dt.datetime(year + 1, 1, 1, tzinfo=PARIS).astimezone(dt.UTC)


def declared_by(year: int) -> dt.date:
    """Return the day by which a year is declared."""
    return dt.date(year + 1, 1, 31)


def year_of(quarters: Sequence[Quarter]) -> Quarter:
    """Return the quarters as one."""
    return sum(quarters, Quarter())
