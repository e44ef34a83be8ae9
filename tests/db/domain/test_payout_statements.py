"""What a statement is of, as a file's row keeps it and as people call it."""

import datetime as dt

import pytest

from db.domain.payout_statements import OfMonth, OfPayout, StatementOf, statement_of_json

NOVEMBER = dt.date(2026, 11, 1)


@pytest.mark.parametrize("wanted", [OfPayout(12), OfMonth(3, NOVEMBER), OfMonth(3, NOVEMBER, "CHF")])
def test_what_is_kept_is_read_as_it_was_asked_for(wanted: StatementOf) -> None:
    kept = wanted.to_json() | {"seller_id": 3, "format": "pdf", "person_id": None}
    assert statement_of_json(kept) == wanted


@pytest.mark.parametrize(
    ("wanted", "title", "stem"),
    [
        (OfPayout(12), "Relevé du reversement REV-000012", "releve-REV-000012"),
        (OfMonth(3, NOVEMBER), "Relevé de novembre 2026", "releve-2026-11-EUR"),
        (OfMonth(3, dt.date(2026, 8, 1), "CHF"), "Relevé d’août 2026 (CHF)", "releve-2026-08-CHF"),
    ],
)
def test_it_has_a_title_for_people_and_a_name_for_its_file(wanted: StatementOf, title: str, stem: str) -> None:
    assert (wanted.title, wanted.file_stem) == (title, stem)
