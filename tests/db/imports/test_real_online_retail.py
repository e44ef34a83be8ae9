"""The Online Retail file, imported and reconciled to the cent with what pandas reads in the raw file.

The whole file on SQLite; on PostgreSQL its first month, because the whole takes longer there than a test should.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.order_filter import OrderFilter
from db.domain.orders import PaymentKind, payment_state
from db.imports.online_retail import import_online_retail
from db.imports.online_retail.orders import NO_CUSTOMER, SEVERAL_TIMES
from db.imports.online_retail.run import REPEATED
from db.imports.report import ImportReport, Kind, Outcome
from db.models import Customer, DailySales, Order, OrderHistory, OrderLine, OrderSearch, Payment, Product
from db.services.figures import refresh_figures
from tests.db.imports.helpers import fingerprint
from tests.figures import Reference, told

pytestmark = pytest.mark.real_data

SHIPPING = ("POST", "DOT", "C2")
NO_SALE = ("AMAZONFEE", "CRUK", "B", "D")


@dataclass(frozen=True)
class RawFile:
    """The file as pandas reads it: none of the import's code is involved."""

    path: Path
    is_whole: bool

    @cached_property
    def lines(self) -> pd.DataFrame:
        lines = pd.read_parquet(self.path).astype({"Country": str})
        tenths = lines.Quantity * (lines.UnitPrice * 1000).round().astype("int64")  # Tenths of a penny: exact.
        cents = (tenths.abs() + 5) // 10
        return lines.assign(
            line=range(1, len(lines) + 1),
            code=lines.StockCode.str.upper(),
            cents=cents.where(tenths >= 0, -cents),
            is_cancelled=lines.InvoiceNo.str.startswith("C"),
        )

    @cached_property
    def cancelled(self) -> pd.DataFrame:
        lines = self.lines[self.lines.is_cancelled]
        return lines.assign(rank=lines.groupby("InvoiceNo").cumcount() + 1)

    @cached_property
    def kept(self) -> pd.DataFrame:
        """The lines that are sales, by the rules of docs/imports.md."""
        lines = self.lines[~self.lines.is_cancelled & self.lines.InvoiceNo.str.isdecimal()]
        has_price = lines.UnitPrice.ne(0).groupby(lines.InvoiceNo).transform("any")
        is_sale = (lines.Quantity > 0) & ~lines.code.isin(NO_SALE) & (lines.CustomerID.notna() | has_price)
        return lines[is_sale]


@pytest.fixture
def raw(engine: sa.Engine, shared_data: Path, tmp_path: Path) -> RawFile:
    path = shared_data / "online_retail" / "online_retail.parquet"
    if not path.is_file():
        pytest.skip(f"real data is not there: {path}")
    if engine.dialect.name == "sqlite":
        return RawFile(path, is_whole=True)
    lines = pd.read_parquet(path)
    month = tmp_path / "december_2010.parquet"
    lines[lines.InvoiceDate < pd.Timestamp(2011, 1, 1)].to_parquet(month)
    return RawFile(month, is_whole=False)


# One import per database serves every check below: it takes seconds, and a fixture would run it once per worker.
def test_online_retail_reconciles_to_the_cent(engine: sa.Engine, raw: RawFile, subtests: pytest.Subtests) -> None:
    report = import_online_retail(engine, raw.path)
    with Session(engine) as session:
        for check in CHECKS:
            with subtests.test(check.__name__):
                check(session, raw, report)
    if raw.is_whole:
        return  # Once is long enough; the month shows the rest.
    before = fingerprint(engine)
    again = import_online_retail(engine, raw.path)
    with subtests.test("importing twice changes nothing"):
        assert again.imported == {}
        assert again.present == report.imported
        assert fingerprint(engine) == before


def total(session: Session, column: sa.ColumnElement[int], *where: sa.ColumnElement[bool]) -> int:
    return int(session.scalar(sa.select(sa.func.sum(column)).where(*where)) or 0)


def count(session: Session, column: sa.ColumnElement[int], *where: sa.ColumnElement[bool]) -> int:
    return int(session.scalar(sa.select(sa.func.count(column)).where(*where)) or 0)


def the_file_is_that_of_the_readme(_session: Session, raw: RawFile, _report: ImportReport) -> None:
    if raw.is_whole:
        invoices = raw.lines.InvoiceNo.drop_duplicates()
        assert (len(raw.lines), len(invoices)) == (541_909, 25_900)
        assert int(invoices.str.startswith("C").sum()) == 3_836
        assert int(invoices.str.startswith("A").sum()) == 3
        assert int(raw.lines.CustomerID.isna().sum()) == 135_080


def sold_less_refunded_plus_refused_is_the_file(session: Session, raw: RawFile, report: ImportReport) -> None:
    sold = total(session, Order.items_cents) + total(session, Order.shipping_cents)
    refunded = total(session, Payment.amount_cents, Payment.kind == PaymentKind.REFUND)
    assert sold - refunded + report.amount_of(Outcome.REFUSED) == int(raw.lines.cents.sum())
    assert sold == report.imported[Kind.ORDERS].cents == total(session, Order.total_cents)
    assert total(session, OrderLine.total_cents) == total(session, Order.items_cents)
    assert set(session.scalars(sa.select(Order.currency).distinct())) == {"GBP"}


def orders_are_the_invoices_with_something_sold(session: Session, raw: RawFile, _report: ImportReport) -> None:
    goods, shipping = raw.kept[~raw.kept.code.isin(SHIPPING)], raw.kept[raw.kept.code.isin(SHIPPING)]
    assert count(session, Order.id) == raw.kept.InvoiceNo.nunique()
    assert count(session, OrderLine.id) == len(goods)
    assert total(session, OrderLine.quantity) == int(goods.Quantity.sum()) == total(session, Order.item_count)
    assert total(session, Order.items_cents) == int(goods.cents.sum())
    assert total(session, Order.shipping_cents) == int(shipping.cents.sum())


def every_line_is_stored_or_refused(session: Session, raw: RawFile, report: ImportReport) -> None:
    refused = {r.place.line for r in report.remarks if r.outcome is Outcome.REFUSED}
    no_sale = set(raw.lines.line[~raw.lines.is_cancelled]) - set(raw.kept.line)
    assert refused - set(raw.cancelled.line) == no_sale
    refunded = {tuple(str(ref).split(":")[1:3]) for ref in session.scalars(refund_refs())}
    of_line = dict(zip(raw.cancelled.line, zip(raw.cancelled.InvoiceNo, raw.cancelled["rank"].map(str), strict=True),
                       strict=True))  # fmt: skip
    assert {line for line, key in of_line.items() if key not in refunded} <= refused


def matched_plus_refused_is_what_was_cancelled(session: Session, raw: RawFile, report: ImportReport) -> None:
    lines = set(raw.cancelled.line)
    refused = sum(r.amount_cents or 0 for r in report.remarks if r.outcome is Outcome.REFUSED and r.place.line in lines)
    refunded = total(session, Payment.amount_cents, Payment.kind == PaymentKind.REFUND)
    assert refused - refunded == int(raw.cancelled.cents.sum())
    assert refunded == report.imported[Kind.REFUNDS].cents == total(session, Order.refunded_cents)
    assert refunded > 0


def refunds_go_to_earlier_sales_of_the_same_customer_code_and_price(
    session: Session, raw: RawFile, _report: ImportReport
) -> None:
    refunds = pd.DataFrame(
        (str(ref).split(":")[1:] for ref in session.scalars(refund_refs())),
        columns=["cancellation", "rank", "sale", "position"],
    )
    refunds = refunds[refunds.position != "port"].astype({"rank": int, "position": int})
    sales = raw.kept[~raw.kept.code.isin(SHIPPING)]
    sales = sales.assign(position=sales.groupby("InvoiceNo").cumcount() + 1)
    pairs = refunds.merge(raw.cancelled, left_on=["cancellation", "rank"], right_on=["InvoiceNo", "rank"]).merge(
        sales, left_on=["sale", "position"], right_on=["InvoiceNo", "position"], suffixes=("", "_sold")
    )
    assert len(pairs) == len(refunds)
    for column in ("CustomerID", "code", "UnitPrice"):
        assert (pairs[column] == pairs[f"{column}_sold"]).all()
    assert (pairs.InvoiceDate_sold <= pairs.InvoiceDate).all()


def money_adds_up_in_every_order(session: Session, _raw: RawFile, _report: ImportReport) -> None:
    def of_kind(kind: PaymentKind) -> dict[int, int]:
        amounts = sa.select(Payment.order_id, sa.func.sum(Payment.amount_cents)).where(Payment.kind == kind)
        return {order: int(cents) for order, cents in session.execute(amounts.group_by(Payment.order_id))}

    paid, refunded = of_kind(PaymentKind.PAYMENT), of_kind(PaymentKind.REFUND)
    orders = session.execute(
        sa.select(Order.id, Order.total_cents, Order.paid_cents, Order.refunded_cents, Order.payment_state)
    ).all()
    assert all(o.paid_cents == o.total_cents == paid.get(o.id, 0) for o in orders)
    assert all(o.refunded_cents == refunded.get(o.id, 0) <= o.paid_cents for o in orders)
    assert all(o.payment_state is payment_state(o.total_cents, o.paid_cents, o.refunded_cents) for o in orders)


def units_returned_are_worth_what_was_refunded_for_goods(
    session: Session, _raw: RawFile, _report: ImportReport
) -> None:
    goods = total(
        session,
        Payment.amount_cents,
        Payment.kind == PaymentKind.REFUND,
        Payment.external_ref.not_like("%:port"),
    )
    assert total(session, OrderLine.quantity_returned * OrderLine.unit_price_cents) == goods


def customers_and_products_are_all_there(session: Session, raw: RawFile, report: ImportReport) -> None:
    assert count(session, Customer.id) == raw.lines.CustomerID.nunique()
    charges = ("M", "S", "BANK CHARGES")
    assert count(session, Product.id) == raw.kept.code[~raw.kept.code.isin(SHIPPING + charges)].nunique()
    unknown = raw.kept[raw.kept.CustomerID.isna()]
    assert report.count_of(Outcome.FLAGGED, NO_CUSTOMER) == unknown.InvoiceNo.nunique()
    assert report.amount_of(Outcome.FLAGGED, NO_CUSTOMER) == int(unknown.cents.sum())
    assert count(session, Order.id, Order.customer_id.is_(None)) == unknown.InvoiceNo.nunique()


def repeated_lines_and_times_are_listed(_session: Session, raw: RawFile, report: ImportReport) -> None:
    as_published = ["InvoiceNo", "code", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
    repeated = raw.lines[raw.lines.duplicated(as_published)]
    flagged = {r.place.line for r in report.remarks if r.reason == REPEATED}
    assert flagged == set(repeated.line)
    assert report.count_of(Outcome.CORRECTED, SEVERAL_TIMES) == int(
        (raw.kept.groupby("InvoiceNo").InvoiceDate.nunique() > 1).sum()
    )
    if raw.is_whole:
        assert len(repeated) == 5_268


def days_are_those_of_paris(session: Session, raw: RawFile, _report: ImportReport) -> None:
    at = raw.kept.groupby("InvoiceNo").InvoiceDate.min().dt.tz_localize("Europe/London")
    days = at.dt.tz_convert("Europe/Paris").dt.date
    stored: dict[str, dt.date] = dict(session.execute(sa.select(Order.number, Order.placed_on)).all())
    assert stored == {f"OR-{invoice}": day for invoice, day in days.items()}


def everything_derived_is_there(session: Session, _raw: RawFile, report: ImportReport) -> None:
    orders = count(session, Order.id)
    assert count(session, OrderSearch.order_id) == orders
    assert count(session, OrderHistory.id) == orders + report.imported[Kind.REFUNDS].count
    assert count(session, Order.id, Order.intake_at.is_(None)) == 0
    assert total(session, DailySales.total_cents) == total(session, Order.total_cents)


def refund_refs() -> sa.Select[tuple[str | None]]:
    return sa.select(Payment.external_ref).where(Payment.kind == PaymentKind.REFUND)


def the_figures_are_what_pandas_counts_in_the_tables(session: Session, _raw: RawFile, _report: ImportReport) -> None:
    ever = (dt.date(2000, 1, 1), dt.date(2030, 12, 31))
    wanted = OrderFilter(first_day=ever[0], last_day=ever[1], currency="GBP")
    truth = Reference(session).counted(*ever, currency="GBP")
    assert told(session, wanted) == truth  # Counted live: an import leaves its days to the worker.
    while refresh_figures(session):
        pass
    assert told(session, wanted) == truth


CHECKS = (
    the_figures_are_what_pandas_counts_in_the_tables,
    the_file_is_that_of_the_readme,
    sold_less_refunded_plus_refused_is_the_file,
    orders_are_the_invoices_with_something_sold,
    every_line_is_stored_or_refused,
    matched_plus_refused_is_what_was_cancelled,
    refunds_go_to_earlier_sales_of_the_same_customer_code_and_price,
    money_adds_up_in_every_order,
    units_returned_are_worth_what_was_refunded_for_goods,
    customers_and_products_are_all_there,
    repeated_lines_and_times_are_listed,
    days_are_those_of_paris,
    everything_derived_is_there,
)
