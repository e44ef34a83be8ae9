"""Names of files that every system takes."""

import pytest

from jobs.documents.papers.names import Names, safe_name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("F2026-THE-000001 – ORD-00012 – Morin", "F2026-THE-000001 – ORD-00012 – Morin"),
        ('Bon A/B\\C:D*E?"F<G>H|I', "Bon A-B-C-D-E-F-G-H-I"),
        ("12 factures du 01/11/2026", "12 factures du 01-11-2026"),
        ("Bon\u00a01 \x00\n x . ", "Bon 1 - x"),
        ("…", "…"),
        ("..", "document"),
        ("E\u0301velyne", "Évelyne"),
        ("x" * 300, "x" * 120),
    ],
)
def test_a_name_holds_nothing_that_windows_refuses(words: str, name: str) -> None:
    assert safe_name(words) == name


def test_two_of_a_name_are_told_apart_whatever_their_case() -> None:
    names = Names()
    assert [names.unique(words) for words in ("Bon", "bon", "BON", "Autre")] == [
        "Bon.pdf",
        "bon (2).pdf",
        "BON (3).pdf",
        "Autre.pdf",
    ]
