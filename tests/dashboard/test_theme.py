"""The two themes of ``streamlit_config.toml``, computed: contrast, colour blindness, and the fonts behind them."""

import itertools
import math
import operator
import tomllib
from pathlib import Path

import pytest

from dashboard.options import CONFIG_FILE, UnknownOptionError, flat_options

THEME = tomllib.loads(CONFIG_FILE.read_text(encoding="utf-8"))["theme"]
STATIC = CONFIG_FILE.parent / "dashboard" / "static"
HUES = ("red", "orange", "yellow", "green", "blue", "violet", "gray")

AA_TEXT = 4.5
AA_GRAPHICS = 3.0
#: A CIE76 distance at which two patches side by side are told apart at a glance.
APART = 15.0

#: Linear RGB as seen without one kind of cone (Machado, Oliveira, Fernandes 2009, severity 1).
VISIONS = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


def linear(colour: str) -> list[float]:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def contrast(one: str, other: str) -> float:
    luminances = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other))]
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


def lab(colour: str, vision: str) -> tuple[float, float, float]:
    rgb = linear(colour)
    r, g, b = (min(1, max(0, sum(map(operator.mul, row, rgb)))) for row in VISIONS[vision])
    x, y, z = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_is_readable_on_every_surface(name: str) -> None:
    theme = THEME[name]
    surfaces = [
        theme["backgroundColor"],
        theme["secondaryBackgroundColor"],
        theme["sidebar"]["backgroundColor"],
        theme["sidebar"]["secondaryBackgroundColor"],
    ]
    for surface in surfaces:
        assert contrast(theme["textColor"], surface) >= AA_TEXT
        assert contrast(theme["linkColor"], surface) >= AA_TEXT
    assert contrast(theme["dataframeHeaderTextColor"], theme["dataframeHeaderBackgroundColor"]) >= AA_TEXT


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_primary_button_is_readable_and_stands_out_on_every_surface(name: str) -> None:
    theme = THEME[name]
    assert contrast("#ffffff", theme["primaryColor"]) >= AA_TEXT
    for surface in (theme["backgroundColor"], theme["secondaryBackgroundColor"], theme["sidebar"]["backgroundColor"]):
        assert contrast(theme["primaryColor"], surface) >= AA_GRAPHICS


def test_a_chosen_segment_is_written_in_the_colour_of_links() -> None:
    css = (STATIC / "shell.css").read_text(encoding="utf-8")
    assert f"light-dark({THEME['light']['linkColor']}, {THEME['dark']['linkColor']})" in css


def test_the_band_behind_the_search_has_the_colour_of_the_page() -> None:
    css = (STATIC / "shell.css").read_text(encoding="utf-8")
    assert f"light-dark({THEME['light']['backgroundColor']}, {THEME['dark']['backgroundColor']})" in css


@pytest.mark.parametrize("hue", HUES)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_badge_is_readable_and_its_colour_shows_as_an_icon(name: str, hue: str) -> None:
    theme = THEME[name]
    assert contrast(theme[f"{hue}TextColor"], theme[f"{hue}BackgroundColor"]) >= AA_TEXT
    assert contrast(theme[f"{hue}TextColor"], theme["backgroundColor"]) >= AA_TEXT
    assert contrast(theme[f"{hue}Color"], theme["backgroundColor"]) >= AA_GRAPHICS


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_series_of_a_chart_stay_apart_for_every_eye(name: str, vision: str) -> None:
    colours = THEME[name]["chartCategoricalColors"]
    for one, other in itertools.combinations(colours, 2):
        assert math.dist(lab(one, vision), lab(other, vision)) >= APART, (one, other)
    for colour in colours:
        assert contrast(colour, THEME[name]["backgroundColor"]) >= AA_GRAPHICS


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_shade_says_more_by_more_contrast(name: str) -> None:
    contrasts = [contrast(shade, THEME[name]["backgroundColor"]) for shade in THEME[name]["chartSequentialColors"]]
    assert len(contrasts) == 10
    assert contrasts == sorted(contrasts)


def test_both_themes_decide_the_same_things() -> None:
    assert THEME["light"].keys() == THEME["dark"].keys()


def test_the_font_files_are_there_small_and_come_with_their_licence() -> None:
    for face in THEME["fontFaces"]:
        file = STATIC / Path(face["url"]).relative_to("app/static")
        assert file.read_bytes()[:4] == b"wOF2"
        assert file.stat().st_size < 40_000
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / "OFL.txt").read_text(encoding="utf-8")


def test_the_font_that_is_loaded_first_draws_french_figures() -> None:
    ranges = [part.strip().removeprefix("U+").split("-") for part in THEME["fontFaces"][0]["unicodeRange"].split(",")]
    drawn = {c for low, *high in ranges for c in range(int(low, 16), int(high[0] if high else low, 16) + 1)}
    assert not {ord(c) for c in "0123456789 \u202f\u00a0€%−«»’…–×éàùçœŒÉÈÊŸ"} - drawn


def test_an_option_streamlit_does_not_know_is_named(tmp_path: Path) -> None:
    file = tmp_path / "options.toml"
    file.write_text("[server]\nportt = 1\n")
    with pytest.raises(UnknownOptionError, match=r"server\.portt"):
        flat_options(file)


def test_nothing_is_told_to_anyone_and_no_traceback_is_shown() -> None:
    options = flat_options()
    assert options["browser.gatherUsageStats"] is False
    assert options["client.showErrorDetails"] == "none"
    assert options["client.showErrorLinks"] is False
    assert "server.enableCORS" not in options
    assert "server.enableXsrfProtection" not in options
