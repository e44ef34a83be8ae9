from dashboard.sales.kpis import MEASURES, Card, Verdict, card_of, points
from db.domain.sales_indicators import Indicators
from db.queries.sales_overview import Overview

NOTHING = Indicators(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
BEFORE = Indicators(
    orders=8, revenue_cents=100_00, items=20, new_customers=2, known_customers=8, shipped=8, late=1, timed=8,
    returned=0, due_cents=0,
)  # fmt: skip
NOW = Indicators(
    orders=10, revenue_cents=150_00, items=20, new_customers=2, known_customers=10, shipped=10, late=2, timed=8,
    returned=0, due_cents=12_00,
)  # fmt: skip


def cards(now: Indicators, before: Indicators, *parts: Indicators) -> dict[str, Card]:
    told = Overview(now, before, parts)
    return {measure.label: card_of(measure, told, "EUR") for measure in MEASURES}


def test_more_sales_are_good_news_and_more_delays_bad_ones() -> None:
    told = cards(NOW, BEFORE)
    assert (told["Chiffre d’affaires"].change, told["Chiffre d’affaires"].verdict) == ("+50\u00a0%", Verdict.GOOD)
    assert (told["Panier moyen"].value, told["Panier moyen"].change) == ("15,00\u00a0€", "+20\u00a0%")
    assert (told["Articles par commande"].change, told["Articles par commande"].verdict) == ("−20\u00a0%", Verdict.BAD)
    # 2 ÷ 8 = 25 % against 1 ÷ 8 = 12,5 %.
    assert (told["Expédiées en retard"].change, told["Expédiées en retard"].verdict) == ("+12,5\u00a0pt", Verdict.BAD)
    assert told["Nouveaux clients"].verdict is Verdict.NEITHER
    assert told["Taux de retour"].verdict is Verdict.NEITHER


def test_what_was_nothing_before_has_not_grown_by_any_per_cent() -> None:
    assert cards(NOW, NOTHING)["Chiffre d’affaires"].change == ""
    assert cards(NOW, BEFORE)["À encaisser"].change == ""


def test_a_period_without_sales_has_no_average() -> None:
    told = cards(NOTHING, BEFORE)
    assert told["Panier moyen"].value == "–"
    assert told["Chiffre d’affaires"].change == "−100\u00a0%"


def test_the_way_of_a_figure_is_drawn_where_its_parts_tell_it() -> None:
    told = cards(NOW, BEFORE, BEFORE, NOW)
    assert told["Commandes"].way == (8.0, 10.0)
    assert told["Taux de retour"].way == ()


def test_differences_of_rates_are_points() -> None:
    assert [points(value) for value in (120, -84, 0, 500)] == [
        "+1,2\u00a0pt",
        "−0,8\u00a0pt",
        "0\u00a0pt",
        "+5\u00a0pt",
    ]
