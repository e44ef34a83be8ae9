import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest

from dashboard.month_calendar import DEEPEST_SHADE, DayCell, MonthView, month_view
from db.domain.colours import luminance
from db.queries.calendar import MonthSales, Sales

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 11, 21)
SALES = MonthSales(
    month=dt.date(2026, 11, 1),
    currency="EUR",
    days={
        dt.date(2026, 10, 31): Sales(9, 9_000_00),
        dt.date(2026, 11, 3): Sales(4, 400_00),
        dt.date(2026, 11, 4): Sales(1, 1_234_56),
        dt.date(2026, 11, 21): Sales(2, 0),
    },
    total=Sales(7, 1_634_56),
    comparison=None,
)


def cells(view: MonthView) -> dict[str, DayCell]:
    return {cell.date: cell for week in view.weeks for cell in week}


def view(sales: MonthSales = SALES, selected: dt.date | None = None) -> MonthView:
    return month_view(sales, selected=selected, today=TODAY)


def test_the_month_begins_on_monday_and_greys_its_neighbours() -> None:
    shown = view()
    assert (shown.title, shown.month, shown.selected) == ("novembre 2026", "2026-11", None)
    assert shown.weekdays[0] == "lundi"
    assert (shown.weeks[0][0].date, shown.weeks[-1][-1].date) == ("2026-10-26", "2026-12-06")
    assert [cell.is_outside for cell in shown.weeks[0]] == [True] * 6 + [False]


def test_a_cell_says_how_many_orders_and_how_much_in_full_and_in_short() -> None:
    cell = cells(view())["2026-11-04"]
    assert cell.label == "mercredi 4 novembre 2026, 1\u00a0commande, 1\u202f234,56\u00a0€"
    assert (cell.count, cell.amount) == ("1\u00a0commande", "1\u202f234,56\u00a0€")
    assert (cell.short_count, cell.short_amount) == ("1", "1,2\u00a0k€")
    assert cells(view())["2026-11-03"].count == "4\u00a0commandes"


def test_a_day_without_orders_says_so_in_words_and_shows_nothing() -> None:
    cell = cells(view())["2026-11-05"]
    assert (cell.label, cell.count, cell.amount) == ("jeudi 5 novembre 2026, aucune commande", "", "")
    assert cells(view())["2026-12-01"].label.startswith("mardi 1er décembre 2026")


def test_the_best_day_of_the_month_is_the_deepest_and_neighbours_have_no_shade() -> None:
    shades = {date: cell.shade for date, cell in cells(view()).items() if cell.shade}
    # 24 × 400,00 / 1 234,56 = 7,78.
    assert shades == {"2026-11-03": 8, "2026-11-04": DEEPEST_SHADE}


def test_today_and_the_chosen_day_are_marked() -> None:
    shown = view(selected=dt.date(2026, 11, 3))
    assert [cell.date for cell in cells(shown).values() if cell.is_today] == ["2026-11-21"]
    assert cells(shown)["2026-11-21"].label.endswith("2\u00a0commandes, 0,00\u00a0€, aujourd’hui")
    assert shown.selected == "2026-11-03"


def test_another_currency_is_named_in_every_cell() -> None:
    sales = MonthSales(SALES.month, "BRL", {dt.date(2026, 11, 3): Sales(1, 50_00)}, Sales(1, 50_00), None)
    assert cells(view(sales))["2026-11-03"].amount == "50,00\u00a0R$"


def test_an_empty_month_has_no_shade_and_no_figure() -> None:
    empty = view(MonthSales(SALES.month, "EUR", {}, Sales(), None))
    assert {(cell.shade, cell.count) for cell in cells(empty).values()} == {(0, "")}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_quiet_text_reads_on_the_deepest_shade(theme: str) -> None:
    colours = tomllib.loads((ROOT / "streamlit_config.toml").read_text(encoding="utf-8"))["theme"][theme]
    css = (ROOT / "dashboard" / "month_calendar.css").read_text(encoding="utf-8")
    quiet_share = int(re.search(r"--quiet: color-mix\(in srgb, var\(--st-text-color\) (\d+)%", css)[1])
    background = colours["backgroundColor"]
    quiet = mixed(colours["textColor"], background, quiet_share)
    deepest = mixed(colours["primaryColor"], background, DEEPEST_SHADE)
    light, dark = sorted((luminance(quiet), luminance(deepest)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def mixed(colour: str, base: str, share: int) -> str:
    """What CSS's color-mix makes of ``share`` percent of a colour on a base."""
    channels = (
        round((int(colour[at : at + 2], 16) * share + int(base[at : at + 2], 16) * (100 - share)) / 100)
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)
