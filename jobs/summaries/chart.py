"""The picture of a summary: a bar for each day, a mark for the day that it is compared with. Light, at twice its size.

E-mail programs show it 576 points wide; twice as many pixels keep it sharp. It says nothing that the e-mail does not
say in words, and no colour carries a meaning alone: earlier days are marks across the bars.
"""

from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from PIL import Image, ImageDraw, ImageFont

from db.domain.formats import short_money
from db.domain.summaries import ChartBar, SalesChart
from jobs.makers import Made, Progress

_SCALE = 2
WIDTH, HEIGHT = 576 * _SCALE, 280 * _SCALE
_LEFT, _RIGHT, _TOP, _BOTTOM = 66 * _SCALE, 6 * _SCALE, 62 * _SCALE, 40 * _SCALE
_PAPER, _INK, _QUIET, _GRID = "#ffffff", "#1b2321", "#56615d", "#dde3e1"
#: Of Okabe and Ito's palette, which every eye tells apart: blue bars, orange marks.
_BAR, _EARLIER = "#0072b2", "#d55e00"
_TITLE, _TEXT = 16 * _SCALE, 12 * _SCALE
#: Of the room that a day has, as much is its bar.
_BAR_SHARE, _MARK_SHARE = 0.62, 0.86
_MARK_HEIGHT = 3 * _SCALE
_STEPS = 4
#: What a step of the scale is, in tenths of a power of ten.
_ROUND_TENTHS = (10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
#: With more days than these, there is room for the name of every fifth only.
_MOST_NAMED = 16
_NAMED_EVERY = 5
_MOST_WITH_WEEKDAYS = 14
_FONTS = Path(__file__).resolve().parent.parent / "fonts"


def make_summary_chart(_engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Draw the chart of one currency, whose figures its arguments hold."""
    chart = SalesChart.from_json(arguments["chart"])
    out.write(draw(chart))
    progress(1)
    return Made(f"ventes-{chart.currency.lower()}.png", "image/png", 1)


def draw(chart: SalesChart) -> bytes:
    """Return the chart as a PNG."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    _Drawing(ImageDraw.Draw(picture), chart).draw()
    out = BytesIO()
    # A few flat colours and the shades between them: a palette makes the file three times smaller.
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def top_of(most_cents: int) -> int:
    """Return the amount at the top of the scale: four round steps that hold the most."""
    step = ceil(max(most_cents, _STEPS * 100) / _STEPS)
    power = int(10 ** (len(str(step)) - 1))
    nice = next(power * tenths // 10 for tenths in _ROUND_TENTHS if power * tenths // 10 >= step)
    return nice * _STEPS


class _Drawing:
    """One chart on its sheet."""

    def __init__(self, sheet: ImageDraw.ImageDraw, chart: SalesChart) -> None:
        self._sheet = sheet
        self._chart = chart
        self._top_cents = top_of(max((max(bar.cents, bar.before_cents or 0) for bar in chart.bars), default=0))
        self._day_width = (WIDTH - _LEFT - _RIGHT) / max(len(chart.bars), 1)

    def draw(self) -> None:
        self._draw_head()
        self._draw_scale()
        for place, bar in enumerate(self._chart.bars):
            self._draw_day(place, bar)

    def _draw_head(self) -> None:
        self._text(0, 8 * _SCALE, self._chart.title, _TITLE, _INK, is_bold=True)
        x = self._legend(0, _BAR, 10 * _SCALE, "par jour")
        if self._chart.before_label:
            self._legend(x, _EARLIER, _MARK_HEIGHT, self._chart.before_label)

    def _legend(self, x: int, colour: str, height: int, words: str) -> int:
        """Draw one sign with its meaning; return where the next one begins."""
        middle = 42 * _SCALE
        self._sheet.rectangle((x, middle - height // 2, x + 14 * _SCALE, middle + height // 2), fill=colour)
        self._text(x + 20 * _SCALE, middle, words, _TEXT, _QUIET, anchor="lm")
        return x + 20 * _SCALE + int(_font(_TEXT).getlength(words)) + 20 * _SCALE

    def _draw_scale(self) -> None:
        for step in range(_STEPS + 1):
            cents = self._top_cents * step // _STEPS
            y = self._height_of(cents)
            self._sheet.line((_LEFT, y, WIDTH - _RIGHT, y), fill=_INK if not step else _GRID, width=_SCALE)
            words = short_money(cents, self._chart.currency) if step else "0"
            self._text(_LEFT - 8 * _SCALE, y, words, _TEXT, _QUIET, anchor="rm")

    def _draw_day(self, place: int, bar: ChartBar) -> None:
        middle = _LEFT + (place + 0.5) * self._day_width
        half = self._day_width * _BAR_SHARE / 2
        if bar.cents > 0:
            ground = self._height_of(0) - _SCALE
            self._sheet.rectangle((middle - half, self._height_of(bar.cents), middle + half, ground), fill=_BAR)
        if bar.before_cents is not None:
            y, reach = self._height_of(bar.before_cents), self._day_width * _MARK_SHARE / 2
            self._sheet.rectangle((middle - reach, y - _MARK_HEIGHT, middle + reach, y), fill=_EARLIER)
        self._draw_name(place, bar, middle)

    def _draw_name(self, place: int, bar: ChartBar, middle: float) -> None:
        days, y = len(self._chart.bars), HEIGHT - _BOTTOM + 6 * _SCALE
        if days > _MOST_NAMED and place and (place + 1) % _NAMED_EVERY:
            return
        if days <= _MOST_WITH_WEEKDAYS:
            self._text(middle, y, bar.weekday, _TEXT, _QUIET, anchor="ma")
            y += 15 * _SCALE
        self._text(middle, y, bar.label, _TEXT, _INK, anchor="ma")

    def _height_of(self, cents: int) -> float:
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * max(cents, 0) / self._top_cents

    def _text(
        self, x: float, y: float, words: str, size: int, colour: str, *, anchor: str = "la", is_bold: bool = False
    ) -> None:
        self._sheet.text((x, y), words, fill=colour, font=_font(size, is_bold=is_bold), anchor=anchor)


@lru_cache(maxsize=4)
def _font(size: int, *, is_bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / f"inter-4.1-{'bold' if is_bold else 'regular'}.ttf", size)
