import json
import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.markdown import escape_markdown

WORD_JOINER = "\u2060"


def shown(markdown: str) -> str:
    """What CommonMark shows of text in which every mark is escaped."""
    return re.sub(rf"\\([{re.escape(string.punctuation)}])", r"\1", markdown)


def unescaped_marks(markdown: str) -> list[str]:
    return re.findall(rf"[{re.escape(string.punctuation)}]", re.sub(r"\\[\x21-\x7e]", "", markdown))


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Évelyne Morin", "Évelyne Morin"),
        ("**gras**", r"\*\*gras\*\*"),
        (":red[x]", r"\:red\[x\]"),
        ("$x$", r"\$x\$"),
        ("[a](javascript:alert(1))", r"\[a\]\(javascript\:alert\(1\)\)"),
        ("<script>", r"\<script\>"),
        ("# Titre\n- puce", r"\# Titre \- puce"),
        ("    code", "code"),
    ],
)
def test_marks_are_shown_and_not_run(text: str, markdown: str) -> None:
    assert escape_markdown(text) == markdown


@pytest.mark.parametrize(
    "text",
    [":+1:", ":streamlit:", ":material_home:", "http://exemple.fr", "HTTPS://exemple.fr", "www.exemple.fr", "a -> b"],
)
def test_what_streamlit_replaces_after_the_escapes_is_broken_by_an_invisible_joiner(text: str) -> None:
    escaped = shown(escape_markdown(text))
    assert WORD_JOINER in escaped
    assert escaped.replace(WORD_JOINER, "") == text


def test_an_email_and_an_hour_stay_free_of_invisible_characters() -> None:
    assert WORD_JOINER not in escape_markdown("e.morin@example.org à 14:32, 12 - 3 > 2")


def test_the_spaces_of_a_figure_are_kept() -> None:
    assert escape_markdown("1\u202f234,56\u00a0€") == "1\u202f234\\,56\u00a0€"


def test_marks_that_reverse_the_line_are_left_out() -> None:
    assert escape_markdown("abc\u202edef\u2066") == "abcdef"


@given(st.text())
def test_any_text_is_shown_whole_and_has_no_mark_left_to_run(text: str) -> None:
    escaped = escape_markdown(text)
    assert unescaped_marks(escaped) == []
    expected = re.sub("[\u202a-\u202e\u2066-\u2069]", "", text)
    assert shown(escaped).replace(WORD_JOINER, "").split() == expected.replace(WORD_JOINER, "").split()
    assert not re.search(r"[\t\n\r]|^ | $|  ", escaped)


def test_the_big_list_of_naughty_strings_has_no_mark_left_to_run(shared_data: Path) -> None:
    for text in json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8")):
        assert unescaped_marks(escape_markdown(text)) == [], text
