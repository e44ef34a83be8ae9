"""The vouchers that make up for an order: what is left of each, and the way to it."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from dashboard.badges import VOUCHER_BADGES, Badge
from dashboard.navigation import VOUCHERS
from dashboard.order_page.drawing import draw
from dashboard.vouchers.state import voucher_params
from db.domain import formats
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.order_rows import OrderPage
from db.queries.vouchers import VoucherRow, vouchers_of_order


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """A voucher as it is drawn, with its address."""

    url: str
    code: str
    given: str
    until: str
    badge: Badge
    amount: str


def show_vouchers(viewer: Viewer, page: OrderPage, now: dt.datetime) -> None:
    """Draw the order's vouchers for those who know customers; nothing where there are none."""
    with reading() as session:
        found = vouchers_of_order(session, viewer, page.header.id)
    if not found:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Bons d’achat**")
        draw("vouchers.html", vouchers=[voucher_line(each, local_day(now)) for each in found])


def voucher_line(row: VoucherRow, today: dt.date) -> VoucherLine:
    """Return a voucher in words."""
    left, given = formats.money(row.rest_cents, row.currency), formats.money(row.amount_cents, row.currency)
    return VoucherLine(
        url=f"/{VOUCHERS.url_path}?{urlencode(voucher_params(row.id))}",
        code=row.code,
        given=formats.date(local_day(row.created_at)),
        until=f"jusqu’au {formats.date(row.expires_on)}",
        badge=VOUCHER_BADGES[row.state(today)],
        amount=f"{left} sur {given}" if row.used_cents else given,
    )
