import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.text import fold, phone_digits


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Évelyne Œuvrard", "evelyne oeuvrard"),
        ("  Thé\u00a0vert\t\n bio ", "the vert bio"),
        ("L’Haÿ-les-Roses", "l'hay-les-roses"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łódź Øresund Đorđe Æsir", "lodz oresund dorde aesir"),
        ("e\u0301te\u0301", "ete"),
        ("ﬁn ½ Ⅳ", "fin 1⁄2 iv"),
        ("a\x00b\u200bc", "a b c"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("日本 茶", "日本 茶"),
        ("", ""),
        (" \u3000 ", ""),
    ],
)
def test_case_accents_ligatures_and_spaces_are_folded_away(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_what_is_folded_has_no_accent_no_control_and_single_spaces(text: str) -> None:
    folded = fold(text)
    assert not any(unicodedata.combining(c) or unicodedata.category(c)[0] == "C" for c in folded)
    assert folded == " ".join(folded.split())


@given(st.text())
def test_typing_in_another_case_or_form_finds_the_same(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == fold(text)
    assert fold(text.casefold()) == fold(text)


@given(st.text(), st.text())
def test_a_part_of_a_text_is_found_in_the_whole(before: str, after: str) -> None:
    assert fold("vert") in fold(f"{before} vert {after}")


def test_the_naughty_strings_fold_without_complaint(shared_data: Path) -> None:
    for text in json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8")):
        assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "written",
    [
        "06 39 98 12 34",
        "+33 6 39 98 12 34",
        "0033639981234",
        "+33 (0)6.39.98.12.34",
        "06-39-98-12-34",
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert phone_digits(written) == "639981234"


@pytest.mark.parametrize(
    ("text", "digits"), [("", ""), ("abc", ""), ("0", "0"), ("33", "33"), ("39 98", "3998"), ("0033 3 39", "339")]
)
def test_a_part_of_a_number_is_only_its_digits(text: str, digits: str) -> None:
    assert phone_digits(text) == digits


@given(st.text())
def test_phone_digits_are_digits(text: str) -> None:
    assert all(c in "0123456789" for c in phone_digits(text))
