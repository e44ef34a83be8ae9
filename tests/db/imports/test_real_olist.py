"""The whole of ../shared/data/olist, imported and reconciled to the cent with what pandas reads in the raw files."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.order_filter import OrderFilter
from db.domain.orders import OrderStatus, PaymentRecordState, PaymentState
from db.imports.olist import import_olist
from db.imports.olist.catalogue import NEVER_SOLD
from db.imports.olist.remarks import DELIVERED_LATE, MINUTE_PRECISE, NO_ITEMS, PAID_LESS, PAID_MORE, UNITS_MERGED
from db.imports.report import ImportReport, Kind, Outcome
from db.models import (
    Basket,
    Customer,
    DailySales,
    Order,
    OrderHistory,
    OrderLine,
    OrderSearch,
    Payment,
    Product,
    Seller,
)
from db.services.figures import refresh_figures
from tests.db.imports.helpers import fingerprint
from tests.figures import Reference, told

pytestmark = pytest.mark.real_data


def cents(amounts: pd.Series) -> int:
    return int(sum(map(Decimal, amounts)) * 100)


@dataclass(frozen=True)
class RawFiles:
    """The files as text, read by pandas: none of the import's code is involved."""

    folder: Path

    def _read(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{name}.csv.gz", dtype=str, keep_default_na=False)

    @cached_property
    def orders(self) -> pd.DataFrame:
        return self._read("olist_orders_dataset")

    @cached_property
    def items(self) -> pd.DataFrame:
        return self._read("olist_order_items_dataset")

    @cached_property
    def payments(self) -> pd.DataFrame:
        return self._read("olist_order_payments_dataset")

    @cached_property
    def customers(self) -> pd.DataFrame:
        return self._read("olist_customers_dataset")

    @cached_property
    def products(self) -> pd.DataFrame:
        return self._read("olist_products_dataset")

    @cached_property
    def sellers(self) -> pd.DataFrame:
        return self._read("olist_sellers_dataset")


@pytest.fixture
def raw(shared_data: Path) -> RawFiles:
    folder = shared_data / "olist"
    if not folder.is_dir():
        pytest.skip(f"real data is not there: {folder}")
    return RawFiles(folder)


# One import per database serves every check below: it takes seconds, and a fixture would run it once per worker.
def test_the_whole_of_olist_reconciles_and_importing_it_twice_changes_nothing(
    engine: sa.Engine, raw: RawFiles, subtests: pytest.Subtests
) -> None:
    report = import_olist(engine, raw.folder)
    with Session(engine) as session:
        for check in CHECKS:
            with subtests.test(check.__name__):
                check(session, raw, report)
    before = fingerprint(engine)
    again = import_olist(engine, raw.folder)
    with subtests.test("importing twice changes nothing"):
        assert again.imported == {}
        assert again.present == report.imported
        assert fingerprint(engine) == before


def the_files_are_those_of_the_readme(_session: Session, raw: RawFiles, _report: ImportReport) -> None:
    sellers_per_order = raw.items.groupby("order_id").seller_id.nunique()
    assert (len(raw.orders), len(raw.items), len(raw.payments)) == (12_766, 14_360, 13_373)
    assert (len(raw.sellers), len(raw.products)) == (3_095, 32_951)
    assert int((sellers_per_order > 1).sum()) == 152


def goods_and_freight_are_those_of_the_items_file(session: Session, raw: RawFiles, report: ImportReport) -> None:
    goods, freight = cents(raw.items.price), cents(raw.items.freight_value)
    stored = session.execute(
        sa.select(
            sa.func.sum(Order.items_cents),
            sa.func.sum(Order.shipping_cents),
            sa.func.sum(Order.total_cents),
            sa.func.sum(Order.item_count),
        )
    ).one()
    assert [int(value) for value in stored] == [goods, freight, goods + freight, len(raw.items)]
    assert int(session.scalar(sa.select(sa.func.sum(OrderLine.total_cents))) or 0) == goods
    assert report.imported[Kind.LINES].cents + report.imported[Kind.SHIPPING].cents == goods + freight
    assert report.amount_of(Outcome.REFUSED) == 0
    assert set(session.scalars(sa.select(Order.currency).distinct())) == {"BRL"}


def payments_are_those_of_the_payments_file_one_by_one(session: Session, raw: RawFiles, _report: ImportReport) -> None:
    stored: dict[tuple[str, str], tuple[int, str]] = {}
    for ref, amount, wording in session.execute(
        sa.select(Payment.external_ref, Payment.amount_cents, Payment.reference)
    ):
        _, order_id, _, number = str(ref).split(":")
        known, _ = stored.get((order_id, number), (0, ""))
        stored[order_id, number] = (known + amount, wording)
    rows = zip(raw.payments.order_id, raw.payments.payment_sequential, raw.payments.payment_value,
               raw.payments.payment_type, strict=True)  # fmt: skip
    assert stored == {(order, number): (int(Decimal(value) * 100), word) for order, number, value, word in rows}


def money_received_is_what_was_approved(session: Session, raw: RawFiles, _report: ImportReport) -> None:
    unsure = raw.orders[(raw.orders.order_approved_at == "") & raw.orders.order_status.isin(["created", "canceled"])]
    not_received = cents(raw.payments[raw.payments.order_id.isin(unsure.order_id)].payment_value)
    received = cents(raw.payments.payment_value) - not_received
    captured = sa.select(sa.func.sum(Payment.amount_cents)).where(Payment.state == PaymentRecordState.CAPTURED)
    assert int(session.scalar(captured) or 0) == received
    assert int(session.scalar(sa.select(sa.func.sum(Order.paid_cents))) or 0) == received


def baskets_split_into_an_order_per_seller(session: Session, raw: RawFiles, _report: ImportReport) -> None:
    per_order = raw.items.groupby("order_id").seller_id.nunique()
    without_items = len(raw.orders) - len(per_order)
    assert session.scalar(sa.select(sa.func.count(Basket.id))) == len(raw.orders)
    assert session.scalar(sa.select(sa.func.count(Order.id))) == int(per_order.sum()) + without_items
    shared = sa.select(Order.basket_id).group_by(Order.basket_id).having(sa.func.count() > 1).subquery()
    assert session.scalar(sa.select(sa.func.count()).select_from(shared)) == 152


def orders_without_items_wait_in_error(session: Session, raw: RawFiles, report: ImportReport) -> None:
    bare = raw.orders[~raw.orders.order_id.isin(raw.items.order_id)]
    paid = cents(raw.payments[raw.payments.order_id.isin(bare.order_id)].payment_value)
    assert session.scalar(sa.select(sa.func.count()).where(Order.status == OrderStatus.ERROR)) == len(bare) == 127
    assert report.count_of(Outcome.FLAGGED, NO_ITEMS) == 127
    assert report.amount_of(Outcome.FLAGGED, NO_ITEMS) == paid == 25_210_28


def the_71_baskets_that_do_not_balance_are_flagged_and_nobody_else(
    session: Session, raw: RawFiles, report: ImportReport
) -> None:
    due = (raw.items.price.map(Decimal) + raw.items.freight_value.map(Decimal)).groupby(raw.items.order_id).sum()
    paid = raw.payments.payment_value.map(Decimal).groupby(raw.payments.order_id).sum()
    excess = (paid.reindex(due.index) - due) * 100
    assert report.count_of(Outcome.FLAGGED, PAID_MORE) == int((excess > 0).sum()) == 43
    assert report.count_of(Outcome.FLAGGED, PAID_LESS) == int((excess < 0).sum()) == 28
    assert report.amount_of(Outcome.FLAGGED, PAID_MORE) == excess[excess > 0].sum()
    assert report.amount_of(Outcome.FLAGGED, PAID_LESS) == excess[excess < 0].sum()
    unbalanced = sa.select(Basket.reference).join(Order).where(
        Order.payment_state.in_([PaymentState.PARTLY_PAID, PaymentState.OVERPAID]), Order.status != OrderStatus.ERROR
    )  # fmt: skip
    assert set(session.scalars(unbalanced)) == set(excess[excess != 0].index)


def sellers_customers_and_products_are_all_accounted_for(session: Session, raw: RawFiles, report: ImportReport) -> None:
    offers = raw.items[["product_id", "seller_id"]].drop_duplicates()
    assert session.scalar(sa.select(sa.func.count(Seller.id))) == len(raw.sellers) + 1  # And the unknown one.
    assert session.scalar(sa.select(sa.func.count(Customer.id))) == raw.customers.customer_unique_id.nunique()
    assert session.scalar(sa.select(sa.func.count(Product.id))) == len(offers)
    never_sold = report.count_of(Outcome.REFUSED, NEVER_SOLD)
    assert offers.product_id.nunique() + never_sold == len(raw.products)


def times_and_quantities_that_were_changed_are_listed(session: Session, raw: RawFiles, report: ImportReport) -> None:
    assert report.count_of(Outcome.FLAGGED, MINUTE_PRECISE) == int((raw.orders.ts_precision == "minute").sum()) == 2_766
    merged = report.count_of(Outcome.CORRECTED, UNITS_MERGED)
    assert merged + (session.scalar(sa.select(sa.func.count(OrderLine.id))) or 0) == len(raw.items)


def late_deliveries_are_seen_in_the_columns(session: Session, raw: RawFiles, report: ImportReport) -> None:
    zone = "America/Sao_Paulo"
    delivered = pd.to_datetime(raw.orders.order_delivered_customer_date.replace("", None)).dt.tz_localize(zone)
    day = delivered.dt.tz_convert("Europe/Paris").dt.strftime("%Y-%m-%d")
    late = raw.orders[day > raw.orders.order_estimated_delivery_date.str[:10]]
    assert report.count_of(Outcome.FLAGGED, DELIVERED_LATE) == len(late) == 802
    promised = dict(session.execute(sa.select(Basket.reference, Order.expected_delivery_on).join(Order)).all())
    assert {str(promised[order]) for order in late.order_id} == set(late.order_estimated_delivery_date.str[:10])


def everything_derived_is_there(session: Session, _raw: RawFiles, _report: ImportReport) -> None:
    orders = session.scalar(sa.select(sa.func.count(Order.id)))
    assert session.scalar(sa.select(sa.func.count(OrderSearch.order_id))) == orders
    assert session.scalar(sa.select(sa.func.count(OrderHistory.id))) == orders
    assert session.scalar(sa.select(sa.func.count()).where(Order.intake_at.is_(None))) == 0
    assert session.scalar(sa.select(sa.func.count()).where(Customer.search_text == "")) == 0
    sales, totals = sa.func.sum(DailySales.total_cents), sa.func.sum(Order.total_cents)
    assert session.scalar(sa.select(sales)) == session.scalar(sa.select(totals))


def the_figures_are_what_pandas_counts_in_the_tables(session: Session, _raw: RawFiles, _report: ImportReport) -> None:
    ever = (dt.date(2000, 1, 1), dt.date(2030, 12, 31))
    wanted = OrderFilter(first_day=ever[0], last_day=ever[1], currency="BRL")
    truth = Reference(session).counted(*ever, currency="BRL")
    assert told(session, wanted) == truth  # Counted live: an import leaves its days to the worker.
    while refresh_figures(session):
        pass
    assert told(session, wanted) == truth


CHECKS = (
    the_figures_are_what_pandas_counts_in_the_tables,
    the_files_are_those_of_the_readme,
    goods_and_freight_are_those_of_the_items_file,
    payments_are_those_of_the_payments_file_one_by_one,
    money_received_is_what_was_approved,
    baskets_split_into_an_order_per_seller,
    orders_without_items_wait_in_error,
    the_71_baskets_that_do_not_balance_are_flagged_and_nobody_else,
    sellers_customers_and_products_are_all_accounted_for,
    times_and_quantities_that_were_changed_are_listed,
    late_deliveries_are_seen_in_the_columns,
    everything_derived_is_there,
)
