"""No cell runs as a formula, and every text can be had back as it was."""

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.spreadsheets import FORMULA_STARTS, SPACES, as_meant, harmless, is_formula
from tests.conftest import SHARED_DATA

#: Of the signs that matter, so that they meet each other.
signs = st.text(st.sampled_from((*FORMULA_STARTS, *SPACES, "'", "0", "9", "(", ".", ",", "A", "é")), max_size=8)
texts = signs | st.text(max_size=20)


@pytest.mark.parametrize(
    "formula",
    [
        '=HYPERLINK("http://mal.example","x")',
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        " =1+1",
        "\u00a0=1+1",
        "\ufeff=1+1",
        "\u200b=1+1",
        "\u3000=1+1",
        "\u2009@SUM(1)",
        "\u2028-1+1",
        "\u00ad \u2060+1+1",
        "\U000e0020=1+1",
        "＝1+1",
        "＋1+1",
        "－1+1",
        "＠SUM(1)",
        "-",
        "+33-6-12-34-56-78",  # A spreadsheet would work that out.
    ],
)
def test_what_a_spreadsheet_would_run_is_made_text(formula: str) -> None:
    assert harmless(formula) == f"'{formula}"


@pytest.mark.parametrize(
    "cell",
    [
        "+33 6 12 34 56 78",
        "+33612345678",
        "+33 (0)6 12 34 56 78",
        "-12,50",
        "-12.50",
        "06 12 34 56 78",
        "01000",
        "3661234567890",
        "'s-Hertogenbosch",
        "L’été = chaud",
        "a@example.org",
        "2026-12-31",
        "",
    ],
)
def test_phones_numbers_codes_and_plain_texts_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell == as_meant(cell)


@given(texts)
def test_every_text_can_be_read_back_as_it_was(cell: str) -> None:
    assert as_meant(harmless(cell)) == cell
    assert not is_formula(harmless(cell)) or harmless(cell).startswith("'")


def test_the_list_of_naughty_strings_comes_back_as_it_was() -> None:
    naughty = json.loads((SHARED_DATA / "fuzz" / "blns.json").read_text())
    assert [as_meant(harmless(cell)) for cell in naughty] == naughty
    assert not [cell for cell in map(harmless, naughty) if cell.startswith(("=", "@", "＝", "＠"))]


def test_every_white_space_control_and_format_sign_of_unicode_is_skipped() -> None:
    unseen = {
        letter
        for letter in map(chr, range(1, sys.maxunicode + 1))
        if letter.isspace() or unicodedata.category(letter) in {"Cc", "Cf", "Zs", "Zl", "Zp"}
    }
    assert unseen <= set(SPACES)
