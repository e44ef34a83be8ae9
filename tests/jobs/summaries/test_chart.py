"""The picture of a summary."""

import datetime as dt
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from db.domain.summaries import ChartBar, SalesChart
from db.emails import example
from db.emails.example import EXAMPLE_CHART
from jobs.summaries.chart import HEIGHT, WIDTH, draw, top_of


def test_the_preview_shows_what_the_worker_draws() -> None:
    kept = Path(example.__file__).parent / "templates" / "example_chart.png"
    with Image.open(kept) as before, Image.open(BytesIO(draw(EXAMPLE_CHART))) as now:
        assert before.size == now.size == (WIDTH, HEIGHT)
        assert list(before.convert("RGB").resize((72, 35)).tobytes()) == pytest.approx(
            list(now.convert("RGB").resize((72, 35)).tobytes()), abs=8
        )


@pytest.mark.parametrize(
    ("most", "top"),
    [
        (0, 4_00),  # A day without a sale still has a scale.
        (1_876_30, 2_000_00),
        (2_021_00, 2_400_00),
        (7_999_99, 8_000_00),
        (123_456_789_00, 160_000_000_00),
    ],
)
def test_the_scale_ends_with_a_round_amount_just_above_the_most(most: int, top: int) -> None:
    assert top_of(most) == top


def test_every_length_of_month_and_no_sale_at_all_is_drawn() -> None:
    for count in (0, 1, 14, 28, 31):
        days = [dt.date(2026, 10, 1) + dt.timedelta(days=place) for place in range(count)]
        bars = tuple(ChartBar(day.isoformat(), 0, None) for day in days)
        assert draw(SalesChart("Ventes", "EUR", bars)).startswith(b"\x89PNG")


def test_the_words_say_what_the_picture_shows() -> None:
    # The highest and the lowest of the example's seven days: Saturday 1 876,30 €, Thursday 689,50 €.
    assert EXAMPLE_CHART.alt == (
        "Chiffre d’affaires par jour. Le plus haut\u00a0: 1\u202f876,30\u00a0€ (sam. 21 nov.)\u00a0; "
        "le plus bas\u00a0: 689,50\u00a0€ (jeu. 19 nov.)."
    )
    assert SalesChart.from_json(EXAMPLE_CHART.to_json()) == EXAMPLE_CHART
