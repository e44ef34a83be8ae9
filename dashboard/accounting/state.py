"""Which report is looked at, of which days, seller, rate and currency: all of it stands in the URL."""

import datetime as dt
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.files.state import go_to
from dashboard.order_list.state import Period
from dashboard.url_values import identifier, member
from db.domain.accounting_reports import AccountingFilter, Report
from db.domain.money import BASIS_POINTS

#: What finance asks for most.
PERIODS = (Period.THIS_MONTH, Period.LAST_MONTH, Period.THIS_YEAR, Period.LAST_YEAR)
_ISO_DAY = 10


@dataclass(frozen=True, slots=True)
class AccountingState:
    """What the URL says."""

    report: Report = Report.SALES
    #: None where the days were chosen one by one.
    period: Period | None = Period.THIS_MONTH
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    seller_id: int | None = None
    rate_bp: int | None = None
    currency: str = ""
    page: int = 1
    #: Of the books: the year in which the fiscal year begins.
    year: int | None = None

    def days(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """Return the first and last day that are asked for."""
        usual = (self.period or Period.THIS_MONTH).days(today)
        return (self.first_day or usual[0], self.last_day or usual[1]) if self.period is None else usual

    def wanted(self, today: dt.date, currency: str) -> AccountingFilter:
        """Return the filter for the queries; without a currency, the house's."""
        first, last = self.days(today)
        return AccountingFilter(first, last, self.currency or currency, self.seller_id, self.rate_bp)

    @property
    def is_filtered(self) -> bool:
        """Tell whether it is not as the report opens."""
        return replace(self, page=1, year=None) != AccountingState(self.report)


def present_state() -> AccountingState:
    """Return what the URL asks for; what cannot be understood is left out."""
    said = st.query_params
    first, last = _day(said.get("du", "")), _day(said.get("au", ""))
    period = member(Period, said.get("periode", ""))
    rate = said.get("taux", "")
    year = identifier(said.get("exercice", ""))
    currency = said.get("devise", "")
    return AccountingState(
        member(Report, said.get("etat", "")) or Report.SALES,
        period if period in PERIODS else None if first or last else Period.THIS_MONTH,
        None if period else first,
        None if period else last,
        identifier(said.get("vendeur", "")),
        int(rate) if rate.isascii() and rate.isdecimal() and int(rate[:6]) <= BASIS_POINTS else None,
        currency if len(currency) == 3 and currency.isalpha() else "",
        identifier(said.get("page", "")) or 1,
        year if year and dt.MINYEAR < year < dt.MAXYEAR else None,
    )


def go(state: AccountingState) -> None:
    """Show something else."""
    params = {
        "etat": "" if state.report is Report.SALES else state.report.value,
        "periode": state.period.value if state.period and state.period is not Period.THIS_MONTH else "",
        "du": state.first_day.isoformat() if state.first_day else "",
        "au": state.last_day.isoformat() if state.last_day else "",
        "vendeur": str(state.seller_id or ""),
        "taux": "" if state.rate_bp is None else str(state.rate_bp),
        "devise": state.currency,
        "page": str(state.page) if state.page > 1 else "",
        "exercice": str(state.year or ""),
    }
    go_to({name: value for name, value in params.items() if value})


def change(**changed: object) -> None:
    """Change some of what the URL says now, and begin at the first page."""
    go(replace(present_state(), **{"page": 1, **changed}))


def key(name: str, state: AccountingState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"accounting_{name}_{hash(state)}"


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == _ISO_DAY else None
    except ValueError:
        return None
