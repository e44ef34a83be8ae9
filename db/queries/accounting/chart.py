"""How the marketplace's own books are kept, as it is set now."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.accounting import Account, Chart
from db.domain.time import local_day
from db.models import AccountingSettings, Marketplace, MonthClosing, Seller
from db.queries.columns import mapping


@dataclass(frozen=True, slots=True)
class House:
    """Whose books they are."""

    siren: str
    currency: str


def chart_of_accounts(session: Session) -> Chart:
    """Return the accounts' numbers and the fiscal year; where nobody has set anything yet, the usual ones."""
    row = session.execute(sa.select(AccountingSettings.first_month, AccountingSettings.accounts)).one_or_none()
    if row is None:
        return Chart()
    said = mapping(row.accounts)
    return Chart(row.first_month, {account: str(said[account]) for account in Account if account in said})


def house(session: Session) -> House:
    """Return whose books they are; the currency is the only one in which they are kept."""
    row = session.execute(sa.select(Marketplace.siren, Marketplace.currency)).one_or_none()
    return House(row.siren, row.currency) if row else House("", "EUR")


def validated_months(session: Session) -> dict[dt.date, dt.date]:
    """Return by closed month the day on which it was closed: since then its entries cannot change."""
    closings = session.execute(sa.select(MonthClosing.month, MonthClosing.closed_at))
    return {row.month: local_day(row.closed_at) for row in closings}


def sellers_in_books(session: Session) -> dict[int, tuple[str, str]]:
    """Return by id each seller's code and legal name: the auxiliary accounts."""
    rows = session.execute(sa.select(Seller.id, Seller.code, Seller.legal_name, Seller.name))
    return {row.id: (row.code, row.legal_name or row.name) for row in rows}
