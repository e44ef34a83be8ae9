"""Text in PDFs: which letters are drawn, what stands for the others, and where lines and words break."""

import pytest
from fpdf import FPDF

from jobs.lettering import Lettering


@pytest.fixture
def lettering() -> Lettering:
    return Lettering(FPDF())


@pytest.mark.parametrize(
    "text",
    ["Évelyne Œuvrard", "Łódź Győr Șerban Đorđe Ísafjörður", "Nguyễn Thị Ánh", "Ελένη Παπαδοπούλου", "Київ Ђорђе Қазақ",
     "1\u202f234,56\u00a0€", "−3,49 – « oui » … №"],
)  # fmt: skip
def test_what_european_customers_are_called_is_drawn_as_it_is(lettering: Lettering, text: str) -> None:
    assert lettering.readable(text) == text
    assert not lettering.misread


@pytest.mark.parametrize(
    ("text", "drawn"),
    [("王小明", "???"), ("Thé 🍵", "Thé ?"), ("שלום", "????"), ("x\u0302 y", "x y"), ("Ĵ\u0323", "Ĵ")],
)
def test_what_no_font_draws_is_replaced_and_remembered(lettering: Lettering, text: str, drawn: str) -> None:
    assert lettering.readable(text) == drawn
    assert list(lettering.misread) == [text]


def test_nothing_is_lost_of_ligatures_composed_letters_and_controls(lettering: Lettering) -> None:
    assert lettering.readable("E\u0301t\u00e9 \ufb01n\u200b\x07  \n de") == "Été fin de"
    assert not lettering.misread


def test_scripts_are_loaded_when_they_are_needed() -> None:
    pdf = FPDF()
    lettering = Lettering(pdf)
    lettering.readable("Thé vert 王")
    assert set(pdf.fonts) == {"inter", "interB"}
    lettering.width(lettering.readable("Ελλάς"), 10, bold=True)
    assert set(pdf.fonts) == {"inter", "interB", "inter-greek", "inter-greekB"}


def test_lines_break_between_words_and_too_wide_words_at_their_joints(lettering: Lettering) -> None:
    width = lettering.width("Nnnnnnnnnnnnnn", 10)
    assert list(lettering.broken("Un thé vert du Japon", width, 10)) == ["Un thé vert du", "Japon"]
    parts = list(lettering.broken("COFFRET-DECOUVERTE-2026-LIMITEE", width, 10))
    assert parts[0] == "COFFRET-"
    assert "".join(parts) == "COFFRET-DECOUVERTE-2026-LIMITEE"
    assert all(lettering.width(part, 10) <= width for part in parts)


def test_a_line_does_not_break_inside_french_quotes_nor_before_a_colon(lettering: Lettering) -> None:
    width = lettering.width("Coffret « Thés", 10)
    assert list(lettering.broken("Coffret « Thés » : vert", width, 10)) == ["Coffret", "« Thés » : vert"]
    assert list(lettering.broken("« Thés »", lettering.width("« Thés", 10), 10)) == ["« Thés", "»"]


def test_an_amount_is_not_broken_at_its_spaces(lettering: Lettering) -> None:
    width = lettering.width("Total 1", 10)
    assert next(lettering.broken("Total 1\u202f2\u00a0€", width, 10)) == "Total"


def test_a_letter_wider_than_its_place_is_drawn_all_the_same(lettering: Lettering) -> None:
    assert list(lettering.broken("WW", 0.1, 10)) == ["W", "W"]


def test_figures_are_all_of_one_width(lettering: Lettering) -> None:
    for bold in (False, True):
        assert len({round(lettering.width(digit, 10, bold=bold), 6) for digit in "0123456789\u2007"}) == 1
