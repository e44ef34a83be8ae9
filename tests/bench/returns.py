"""What people wait for where something comes back: lists, a return, an account, and what a settlement would do."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.refund_list import RefundFilter, RefundTab
from db.domain.return_filter import ReturnFilter, ReturnTab
from db.domain.settlement import SettlementRequest
from db.domain.stock import StockFilter, StockList
from db.domain.voucher_filter import VoucherFilter, VoucherTab
from db.models import Customer, Order, Return
from db.queries.customer_detail import customer_detail
from db.queries.customers import customer_page
from db.queries.refunds import refund_page
from db.queries.return_detail import return_detail
from db.queries.returns import return_counts, return_page
from db.queries.stock import stock_page
from db.queries.vouchers import voucher_page
from db.services.settlements import plan_settlement
from tests.bench.operations import STAFF, TODAY, Operation

_NOW = dt.datetime.combine(TODAY, dt.time(10), dt.UTC)


def operations() -> Iterator[Operation]:
    """Yield every operation of the group."""
    for tab in ReturnTab:
        yield Operation("back: returns", f"list, {tab}", 20, partial(_returns, ReturnFilter(tab)))
    by_name = ReturnFilter(ReturnTab.ALL, text="martin")
    yield Operation("back: returns", "list, all: martin", 100, partial(_returns, by_name))
    yield Operation("back: returns", "counters", 20, lambda s: return_counts(s, STAFF, TODAY))
    yield Operation("back: returns", "one return", 20, _newest_return)
    for refund_tab in RefundTab:
        yield Operation("back: refunds", f"list, {refund_tab}", 20, partial(_refunds, RefundFilter(refund_tab)))
    for voucher_tab in VoucherTab:
        yield Operation("back: vouchers", f"list, {voucher_tab}", 20, partial(_vouchers, VoucherFilter(voucher_tab)))
    for listed in StockList:
        yield Operation("back: stock", f"list, {listed}", 50, partial(_stock, StockFilter(listed)))
    yield Operation("back: customers", "list", 20, lambda s: customer_page(s, STAFF))
    yield Operation("back: customers", "list: martin", 100, lambda s: customer_page(s, STAFF, "martin"))
    yield Operation("back: customers", "account with the most orders", 20, _largest_account)
    yield Operation("back: settlement", "what it would do", 20, _plan)


def _returns(wanted: ReturnFilter, session: Session) -> object:
    return return_page(session, STAFF, wanted, TODAY)


def _refunds(wanted: RefundFilter, session: Session) -> object:
    return refund_page(session, STAFF, wanted)


def _vouchers(wanted: VoucherFilter, session: Session) -> object:
    return voucher_page(session, STAFF, wanted, TODAY)


def _stock(wanted: StockFilter, session: Session) -> object:
    return stock_page(session, STAFF, wanted, 1, _NOW)


def _newest_return(session: Session) -> object:
    newest = session.scalars(sa.select(Return.id).order_by(Return.requested_at.desc()).limit(1)).one_or_none()
    return newest and return_detail(session, STAFF, newest, TODAY)


def _largest_account(session: Session) -> object:
    oldest = session.scalars(sa.select(Customer.id).order_by(Customer.id).limit(1)).one()
    return customer_detail(session, STAFF, oldest)


def _plan(session: Session) -> object:
    paid = sa.select(Order.id).where(Order.status == "completed", Order.total_cents > 10_00)
    order_id = session.scalars(paid.order_by(Order.placed_at.desc()).limit(1)).one()
    return plan_settlement(session, SYSTEM, order_id, SettlementRequest(gesture_cents=1_00, reason="Geste"), _NOW)
