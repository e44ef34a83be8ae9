"""What is looked at: period, seller, currency, and what the rows of the table stand for."""

from collections.abc import Sequence
from dataclasses import replace

from dashboard.control.state import BY_LABELS, EVERYTHING, ControlState, go, present_state, widget_key
from dashboard.list_filters import choice_field, filter_row, list_tabs, period_field, seller_field
from dashboard.order_list.choices import choices_for
from dashboard.order_list.state import Period
from db.domain import formats
from db.domain.viewer import Viewer
from db.queries.control import ControlBy, ControlFilter


def show_filters(viewer: Viewer, state: ControlState, wanted: ControlFilter, currencies: Sequence[str]) -> None:
    """Draw the filters."""
    with filter_row("control"):
        list_tabs(ControlBy, state.by, widget_key("by", state), _change_by, lambda by: BY_LABELS[by])
        period_field(state.period, widget_key("period", state), _change_period, anything=_days(wanted))
        seller_field(choices_for(viewer).sellers, state.seller_id, widget_key("seller", state), _change_seller)
        if len(currencies) > 1:
            names = {currency: currency for currency in currencies}
            key = widget_key("currency", state)
            choice_field("Devise", names, wanted.currency, key, _change_currency, anything=currencies[0], width=100)


def _days(wanted: ControlFilter) -> str:
    if (wanted.first_day, wanted.last_day) == (EVERYTHING.first_day, EVERYTHING.last_day):
        return "Toute période"
    if wanted.first_day == wanted.last_day:
        return formats.date(wanted.first_day)
    # Short years: the field is narrow.
    return f"{wanted.first_day:%d/%m/%y} – {wanted.last_day:%d/%m/%y}"


def _change_by(by: ControlBy) -> None:
    go(replace(present_state(), by=by))


def _change_period(period: Period | None) -> None:
    go(replace(present_state(), period=period or Period.THIS_MONTH, first_day=None, last_day=None))


def _change_seller(seller_id: int | None) -> None:
    go(replace(present_state(), seller_id=seller_id))


def _change_currency(currency: str | None) -> None:
    go(replace(present_state(), currency=currency))
