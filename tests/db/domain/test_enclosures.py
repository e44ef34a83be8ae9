"""What the outbox keeps of what goes with an e-mail."""

import datetime as dt

import pytest

from db.domain.enclosures import (
    CURRENT_INVOICE,
    Enclosure,
    as_asked,
    document_enclosure,
    enclosed_number,
    enclosures,
    fee_enclosure,
    has_statement,
    next_look,
    statement_enclosure,
    to_kept,
)
from tests.conftest import NOW

FOUND = {"document_id": "12", "ref": "document/1", "name": "F1.pdf", "sha256": "ab", "file_id": "7", "number": "F1"}


def test_what_is_kept_is_read_as_it_was_written() -> None:
    kept = [dict(CURRENT_INVOICE), document_enclosure(12), {"ref": "r", "name": "n.pdf"}, FOUND]
    assert to_kept(enclosures(kept)) == kept
    assert enclosures(None) == ()


@pytest.mark.parametrize(
    ("kept", "again"),
    [
        (CURRENT_INVOICE | {"missing": "not_ready"}, CURRENT_INVOICE),
        (CURRENT_INVOICE | {"waits_since": "2026-11-21T09:30:00+00:00"}, CURRENT_INVOICE),
        (FOUND, {"document_id": "12"}),
        (CURRENT_INVOICE | FOUND, {"document_id": "12"}),
        ({"ref": "r", "name": "n.pdf"}, {"ref": "r", "name": "n.pdf"}),
        ({"statement_file": "7", "ref": "r", "name": "releve.pdf", "file_id": "7"}, {"statement_file": "7"}),
        ({"fee_of_payout": "3", "missing": "not_ready"}, {"fee_of_payout": "3"}),
    ],
)
def test_what_is_sent_again_looks_anew_for_the_same(kept: dict[str, str], again: dict[str, str]) -> None:
    assert as_asked([kept]) == [again]


def test_an_email_names_only_the_document_that_it_holds() -> None:
    assert enclosed_number([FOUND]) == "F1"
    assert enclosed_number([CURRENT_INVOICE | {"missing": "not_ready"}]) == ""
    assert enclosed_number([{"ref": "r", "name": "n.pdf"}]) == ""
    assert enclosed_number(None) == ""


def test_only_a_statement_that_is_enclosed_is_spoken_of() -> None:
    asked, made = statement_enclosure(7), {"ref": "r", "name": "releve.pdf", "file_id": "7"}
    assert [has_statement(kept) for kept in ([asked | made], [asked], [FOUND], None)] == [True, False, False, False]
    assert enclosures([asked, fee_enclosure(3)]) == (Enclosure(statement_file="7"), Enclosure(fee_of_payout="3"))


@pytest.mark.parametrize(("waited_s", "wait_s"), [(0, 5), (10, 5), (30, 15), (300, 60)])
def test_it_looks_soon_at_first_and_then_less_often(waited_s: int, wait_s: int) -> None:
    since = NOW - dt.timedelta(seconds=waited_s)
    assert next_look(since, NOW) == NOW + dt.timedelta(seconds=wait_s)


def test_an_unknown_word_of_a_newer_version_is_passed_over() -> None:
    assert enclosures([{"invoice": "current", "colour": "red"}]) == (Enclosure(invoice="current"),)
