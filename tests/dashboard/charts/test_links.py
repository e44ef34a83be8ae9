import datetime as dt

from dashboard.charts.links import link_data, table_urls
from db.domain.order_filter import OrderFilter

LINKS = {
    "a": OrderFilter(first_day=dt.date(2026, 11, 1), last_day=dt.date(2026, 11, 30), seller_id=7),
    "b": OrderFilter(first_day=dt.date(2026, 11, 2), last_day=dt.date(2026, 11, 30), seller_id=7),
}


def test_what_all_addresses_share_is_sent_once() -> None:
    assert link_data(LINKS) == {
        "path": "/commandes",
        "common": "au=2026-11-30&vendeur=7",
        "links": {"a": "du=2026-11-01", "b": "du=2026-11-02"},
    }


def test_a_single_mark_leads_somewhere_too() -> None:
    assert link_data({"a": LINKS["a"]})["links"] == {"a": ""}


def test_a_row_that_opens_nothing_has_no_address() -> None:
    assert table_urls(LINKS, ["b", "c"]) == ["/commandes?du=2026-11-02&au=2026-11-30&vendeur=7", None]
