import datetime as dt
from urllib.parse import parse_qs, urlsplit

from dashboard.home.day import DayView, day_view
from db.domain.order_filter import OrderFilter
from db.domain.orders import DeliveryMode, OrderStatus, Origin, PaymentMethod, PaymentState
from db.queries.calendar import SALES_STATUSES, DayOrders, Sales
from db.queries.order_grid import OrderRow

DAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
FILTER = OrderFilter(statuses=SALES_STATUSES, first_day=DAY, last_day=DAY, currency="EUR")
ROW = OrderRow(
    id=1,
    number="62038bc9-f390060031-398dfb-001",
    placed_at=dt.datetime(2026, 11, 20, 22, 59, tzinfo=dt.UTC),
    customer_name="<b>Évelyne</b> Morin",
    seller_name="Maison du thé",
    summary="Thé vert bio +2",
    delivery_mode=DeliveryMode.HOME,
    payment_method=PaymentMethod.CARD,
    payment_state=PaymentState.PAID,
    status=OrderStatus.PREPARING,
    origin=Origin.DIRECT,
    invoice_number=None,
    total_cents=31_90,
    currency="EUR",
    ship_by=dt.date(2026, 11, 20),
)


def view(**changes: object) -> DayView:
    return day_view(
        DAY,
        DayOrders(**{"filter": FILTER, "rows": (ROW,), "sales": Sales(1, 31_90), "cancelled": 0} | changes),
        "EUR",
        NOW,
    )


def query_of(url: object) -> dict[str, list[str]]:
    return parse_qs(urlsplit(str(url)).query)


def test_a_day_is_named_with_its_figures() -> None:
    assert (view().title, view().figures) == ("Vendredi 20 novembre 2026", "1\u00a0commande · 31,90\u00a0€")


def test_an_order_is_shown_in_words_at_its_paris_time_with_its_whole_number_at_hand() -> None:
    (row,) = view().rows
    assert (row["time"], row["total"], row["customer"]) == ("23:59", "31,90\u00a0€", "<b>Évelyne</b> Morin")
    assert (row["products"], row["seller"]) == ("Thé vert bio +2", "Maison du thé")
    assert row["full_number"] == ROW.number


def test_a_late_order_says_so_beside_its_status() -> None:
    assert [badge["label"] for badge in view().rows[0]["badges"]] == ["En cours de traitement", "Expéd. +1\u00a0j"]


def test_an_order_opens_by_its_number_in_the_list_of_its_day() -> None:
    url = view().rows[0]["url"]
    assert urlsplit(str(url)).path == "/commande"
    assert query_of(url)["n"] == [ROW.number]
    assert "du=2026-11-20&au=2026-11-20" in query_of(url)["liste"][0]


def test_a_whole_list_leads_nowhere_else() -> None:
    assert view().links == ()


def test_what_the_list_leaves_out_is_one_click_away() -> None:
    everything, cancelled = view(sales=Sales(886, 92_000_00), cancelled=2).links
    assert everything["label"] == "Voir les 886\u00a0commandes de ce jour"
    assert query_of(everything["url"])["du"] == ["2026-11-20"]
    assert cancelled["label"] == "2\u00a0commandes annulées, non comptées"
    assert query_of(cancelled["url"])["statut"] == ["cancelled"]
    assert view(cancelled=1).links[0]["label"] == "1\u00a0commande annulée, non comptée"
