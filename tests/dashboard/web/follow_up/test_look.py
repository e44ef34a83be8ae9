"""The marketplace's look: its colour where that reads, its logo where that is safe."""

import pytest

from dashboard.web.follow_up.look import DARK_GROUND, LIGHT_GROUND, look_of
from dashboard.web.pages import _FOLDER
from db.queries.marketplace import MarketplaceRow

STYLE_SHEET = (_FOLDER.parent / "static" / "follow_up.css").read_text(encoding="utf-8")


def test_the_style_sheet_has_the_grounds_that_colours_are_measured_on() -> None:
    assert f"--ground: {LIGHT_GROUND}" in STYLE_SHEET
    assert f"--raised: {DARK_GROUND}" in STYLE_SHEET


def test_a_colour_that_does_not_read_is_darkened_by_day_and_lightened_by_night() -> None:
    yellow = look_of(MarketplaceRow("Place", brand_colour="#ffee00")).style
    assert "--brand:#ffee00;--on-brand:#000000;" in yellow
    assert "--accent:#ffee00" in yellow.partition("@media")[2]
    assert "--accent:#ffee00" not in yellow.partition("@media")[0]


def test_what_is_no_colour_never_reaches_the_style() -> None:
    assert "red" not in look_of(MarketplaceRow("Place", brand_colour="red;}body{display:none")).style


@pytest.mark.parametrize(
    ("logo", "sources"),
    [
        ("https://images.example/logo.png?v=2", "'self' https://images.example;"),
        ("http://images.example:8080/logo.png", "'self' http://images.example:8080;"),
        (None, "'self';"),
        ("https://a.example; script-src */logo.png", "'self';"),
        ("https://user:secret@images.example/logo.png", "'self';"),
        ("https://[broken/logo.png", "'self';"),
        ("data:image/png;base64,AAAA", "'self';"),
    ],
)
def test_the_policy_names_the_logo_s_site_and_nothing_else(logo: str | None, sources: str) -> None:
    look = look_of(MarketplaceRow("Place", logo_ref=logo))
    assert f"img-src {sources}" in look.policy
    assert "script" not in look.policy.replace("script-src */logo.png", "")
    assert bool(look.logo) is ("example;" in sources or ":8080" in sources)
