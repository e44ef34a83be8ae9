"""Codes that survive a voice and a keyboard, and what can be done with a voucher on which day."""

import datetime as dt
import itertools
from collections.abc import Callable

import pytest

from db.domain.vouchers import (
    ALPHABET,
    MistypedCodeError,
    VoucherFacts,
    VoucherState,
    VoucherTooSmallError,
    VoucherUnusableError,
    draw_code,
    read_code,
)
from tests.conftest import NOW

TODAY = dt.date(2026, 11, 21)


def a_voucher(**columns: object) -> VoucherFacts:
    facts = {
        "id": 1,
        "code": "2222-2222-2222",
        "amount_cents": 20_00,
        "used_cents": 0,
        "currency": "EUR",
        "expires_on": TODAY,
        "cancelled_at": None,
        "version": 1,
    }
    return VoucherFacts(**(facts | columns))  # type: ignore[arg-type]  # a test's own columns


def drawn(characters: str) -> Callable[[str], str]:
    each = iter(characters)
    return lambda _alphabet: next(each)


def test_no_two_characters_of_a_code_look_alike() -> None:
    for look_alikes in ("0OQ", "1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert len(set(look_alikes) & set(ALPHABET)) <= 1, look_alikes


def test_a_code_is_three_groups_of_four_and_ends_with_its_check_character() -> None:
    # 2 3 4 5 6 7 9 A C D E are worth 0 to 10, times their places 1 to 11: 0+2+6+12+20+30+42+56+72+90+110 = 440,
    # which is 19 × 23 + 3. P is worth 17, at place 12: 204 = 8 × 23 + 20. And 3 + 20 = 23.
    assert draw_code(drawn("2345679ACDE")) == "2345-679A-CDEP"


def test_a_code_is_drawn_of_the_systems_randomness() -> None:
    codes = {draw_code() for _ in range(200)}
    assert len(codes) == 200
    assert {read_code(code) for code in codes} == codes


@pytest.mark.parametrize("typed", ["2345-679A-CDEP", " 2345 679a cdep ", "2345679ACDEP", "Z34S–G79A.cdep"])
def test_a_code_is_understood_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == "2345-679A-CDEP"


@pytest.mark.parametrize(
    "typed", ["", "2345-679A-CDE", "2345-679A-CDEPP", "0345-679A-CDEP", "2345-679A-CDEÉ", "²345-679A-CDEP", "x" * 9999]
)
def test_what_cannot_be_a_code_is_refused(typed: str) -> None:
    with pytest.raises(MistypedCodeError, match="12 caractères"):
        read_code(typed)


def test_one_wrong_character_is_always_told() -> None:
    code = "2345679ACDEP"
    for place, wrong in itertools.product(range(12), ALPHABET):
        if wrong != code[place]:
            with pytest.raises(MistypedCodeError):
                read_code(code[:place] + wrong + code[place + 1 :])


def test_two_characters_that_changed_places_are_always_told() -> None:
    code = "2345679ACDEP"
    for left, right in itertools.combinations(range(12), 2):
        swapped = list(code)
        swapped[left], swapped[right] = swapped[right], swapped[left]
        with pytest.raises(MistypedCodeError):
            read_code("".join(swapped))


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({}, VoucherState.UNUSED),
        ({"used_cents": 5_00}, VoucherState.PARTLY_USED),
        ({"used_cents": 20_00}, VoucherState.USED),
        ({"expires_on": dt.date(2026, 11, 20)}, VoucherState.EXPIRED),
        ({"used_cents": 20_00, "expires_on": dt.date(2026, 11, 20)}, VoucherState.USED),
        ({"cancelled_at": NOW, "expires_on": dt.date(2026, 11, 20)}, VoucherState.CANCELLED),
    ],
)
def test_what_can_be_done_with_a_voucher_follows_from_its_row(columns: dict[str, object], state: VoucherState) -> None:
    assert a_voucher(**columns).state(TODAY) is state


def test_the_last_day_is_a_day_on_which_it_can_be_used() -> None:
    a_voucher(expires_on=TODAY).refuse_unless_payable(20_00, TODAY)
    with pytest.raises(VoucherUnusableError, match="était valable jusqu’au 21/11/2026"):
        a_voucher(expires_on=TODAY).refuse_unless_payable(1, TODAY + dt.timedelta(days=1))


def test_more_than_is_left_is_refused_with_what_is_left() -> None:
    with pytest.raises(VoucherTooSmallError, match=r"Il reste 12,50\s€ .* Demandez au plus 12,50\s€"):
        a_voucher(used_cents=7_50).refuse_unless_payable(12_51, TODAY)
