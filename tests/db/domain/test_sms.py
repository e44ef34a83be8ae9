"""Numbers, lengths and nights of SMS, worked out by hand."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.sms import QuietHours, gsm_text, mobile_number, shown_number, sms_size
from db.domain.time import PARIS

NIGHT = QuietHours(21, 8)


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("07.81.23.45.67", "FR", "+33781234567"),
        ("+33 6 12 34 56 78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "FR", "+33612345678"),
        ("0033612345678", "FR", "+33612345678"),
        ("0033 6 12 34 56 78", "US", "+33612345678"),
        ("06\u202f12\u00a034 56 78", "", "+33612345678"),
        ("0612345678 (le soir)", "FR", "+33612345678"),
        ("0470 12 34 56", "BE", "+32470123456"),
        ("079 123 45 67", "ch", "+41791234567"),
        ("+32 470 12 34 56", "FR", "+32470123456"),
        # A French number of somebody who has things delivered abroad.
        ("06 12 34 56 78", "BE", "+33612345678"),
        # Kept by the Arcep for stories, as our demo is one.
        ("06 39 98 79 86", "FR", "+33639987986"),
        # La Réunion, written down in Toulouse.
        ("0692 12 34 56", "FR", "+262692123456"),
    ],
)
def test_a_mobile_number_is_read_however_it_is_typed(typed: str, country: str, number: str) -> None:
    assert mobile_number(typed, country) == number


@pytest.mark.parametrize(
    "typed",
    ["", "01 42 68 53 00", "09 70 00 00 00", "08 36 65 65 65", "06 12 34 56", "06 12 34 56 78 90", "à demander",
     "+", "00", "112", "06 12 34 56 78 / 01 42 68 53 00"],
)  # fmt: skip
def test_a_landline_or_what_is_no_number_gets_no_sms(typed: str) -> None:
    assert mobile_number(typed) == ""


def test_a_number_is_shown_as_people_write_it() -> None:
    assert shown_number("+33612345678") == "06 12 34 56 78"
    assert shown_number("+32470123456") == "+32 470 12 34 56"
    assert shown_number("à demander") == "à demander"


@pytest.mark.parametrize(
    ("text", "units", "parts", "room"),
    [
        ("", 0, 1, 160),
        ("a" * 160, 160, 1, 160),
        ("a" * 161, 161, 2, 160),
        ("a" * 306, 306, 2, 160),  # 2 × 153
        ("a" * 307, 307, 3, 160),
        ("é" * 160, 160, 1, 160),  # É, é, è, à, ù and ç's capital are of the alphabet.
        ("€" * 80, 160, 1, 160),  # An escape and the character.
        ("€" * 81, 162, 2, 160),
        # 152 + 2 does not fit into the 153 of a first part: the euro begins the second.
        ("a" * 152 + "€" + "a" * 152, 306, 3, 160),
        ("ê" * 70, 70, 1, 70),  # One character outside the alphabet, and the whole is UCS-2.
        ("ê" * 71, 71, 2, 70),
        ("ê" * 134, 134, 2, 70),  # 2 × 67
        ("ê" * 135, 135, 3, 70),
        ("😀" * 35, 70, 1, 70),
        ("😀" * 36, 72, 2, 70),
        ("😀" * 67, 134, 3, 70),  # 33 pairs a part: a surrogate pair is never cut.
    ],
)
def test_a_text_is_counted_as_telephones_do(text: str, units: int, parts: int, room: int) -> None:
    size = sms_size(text)
    assert (size.units, size.parts, size.room) == (units, parts, room)


def test_the_whole_alphabet_of_gsm_03_38_is_one_or_two_units() -> None:
    basic = (
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
    )
    assert len(basic) == 127  # 128 with the escape.
    assert sms_size(basic).units == 127
    assert sms_size("^{}\\[~]|€").units == 18


def test_typography_is_folded_to_what_telephones_have() -> None:
    assert gsm_text("L’été à Nîmes – « çà et là »…") == 'L\'été à Nimes - "cà et là"...'
    assert gsm_text("1\u202f234,50\u00a0€ · Œuvre d’Ève") == "1 234,50 € - OEuvre d'Eve"
    assert gsm_text("e\u0301") == "é"
    assert gsm_text("你好 😀") == "你好 😀"


@given(st.text())
def test_folding_never_lengthens_beyond_three_and_is_done_once(text: str) -> None:
    folded = gsm_text(text)
    assert gsm_text(folded) == folded
    assert sms_size(folded).parts >= 1


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("ready", "leaves"),
    [
        ("2026-11-21T20:59:59+01:00", "2026-11-21T20:59:59+01:00"),
        ("2026-11-21T21:00:00+01:00", "2026-11-22T08:00:00+01:00"),
        ("2026-11-22T00:30:00+01:00", "2026-11-22T08:00:00+01:00"),
        ("2026-11-22T07:59:59+01:00", "2026-11-22T08:00:00+01:00"),
        ("2026-11-22T08:00:00+01:00", "2026-11-22T08:00:00+01:00"),
        # 25 October 2026: the night has an hour more, and ends at 8 in winter time (7:00 UTC).
        ("2026-10-24T22:00:00+02:00", "2026-10-25T07:00:00+00:00"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T07:00:00+00:00"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T07:00:00+00:00"),
        # 28 March 2027: an hour less, and it ends at 8 in summer time (6:00 UTC).
        ("2027-03-27T22:00:00+01:00", "2027-03-28T06:00:00+00:00"),
        ("2027-03-28T03:30:00+02:00", "2027-03-28T06:00:00+00:00"),
        # New Year's Eve, and a 29 February.
        ("2026-12-31T23:59:00+01:00", "2027-01-01T08:00:00+01:00"),
        ("2028-02-28T23:00:00+01:00", "2028-02-29T08:00:00+01:00"),
    ],
)
def test_what_is_ready_at_night_leaves_at_its_end(ready: str, leaves: str) -> None:
    assert NIGHT.earliest(at(ready)) == at(leaves)


def test_a_night_that_ends_in_the_hour_that_is_skipped_ends_when_the_clock_has_jumped() -> None:
    # At 2:00 it is 3:00, that is 1:00 UTC.
    assert QuietHours(22, 2).earliest(at("2027-03-28T01:30:00+01:00")) == at("2027-03-28T01:00:00+00:00")


def test_a_night_that_ends_in_the_hour_that_comes_twice_ends_the_first_time() -> None:
    quiet = QuietHours(22, 2)
    assert quiet.earliest(at("2026-10-25T01:30:00+02:00")) == at("2026-10-25T00:00:00+00:00")
    assert not quiet.holds(at("2026-10-25T02:30:00+01:00"))


def test_hours_that_end_before_midnight_and_no_hours_at_all() -> None:
    noon = QuietHours(12, 14)
    assert noon.earliest(at("2026-11-21T13:10:00+01:00")) == at("2026-11-21T14:00:00+01:00")
    assert noon.earliest(at("2026-11-21T14:00:00+01:00")) == at("2026-11-21T14:00:00+01:00")
    assert not any(QuietHours(7, 7).holds(at(f"2026-11-21T{hour:02}:00:00+01:00")) for hour in range(24))


@given(
    st.integers(0, 23),
    st.integers(0, 23),
    st.integers(0, 3 * 365 * 24 * 60),
)
def test_an_sms_never_leaves_at_night_and_never_waits_a_whole_day(start: int, end: int, minutes: int) -> None:
    quiet, ready = QuietHours(start, end), at("2026-01-01T00:00:00+00:00") + dt.timedelta(minutes=minutes)
    leaves = quiet.earliest(ready)
    assert not quiet.holds(leaves)
    assert ready <= leaves <= ready + dt.timedelta(hours=24)
    assert leaves == ready or leaves.astimezone(PARIS).minute == 0
