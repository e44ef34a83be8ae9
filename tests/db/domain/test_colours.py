"""Colours that read, whatever colour a marketplace chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.colours import contrast, readable_on


@given(st.integers(0, 0xFFFFFF), st.sampled_from(["#ffffff", "#f3f5f6", "#23292e", "#000000"]))
def test_every_colour_is_brought_to_read(value: int, ground: str) -> None:
    assert contrast(readable_on(ground, f"#{value:06x}"), ground) >= 4.5


@pytest.mark.parametrize(("colour", "ground"), [("#0f5c4d", "#ffffff"), ("#ffff00", "#000000")])
def test_a_colour_that_reads_stays_as_it_is(colour: str, ground: str) -> None:
    assert readable_on(ground, colour) == colour
