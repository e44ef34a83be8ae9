"""What people do to payouts, without a database: states, persons, days, and the sentences of refusals."""

import datetime as dt

import pytest

from db.domain.errors import InvalidInputError
from db.domain.payout_acts import (
    HOLD_REMEDIES,
    AccountChangedError,
    HeldError,
    PayoutStateError,
    SamePersonError,
    check_bank_day,
    check_other_person,
    check_requested_on,
    check_state,
    check_transferable,
    checked_rejection,
    joined_notes,
)
from db.domain.payouts import HoldReason, PayoutLimits, PayoutState, SellerStanding
from tests.conftest import NOW
from tests.factories import IBAN

LIMITS = PayoutLimits(max_cents=1)


def test_every_reason_to_hold_has_its_remedy() -> None:
    assert set(HOLD_REMEDIES) == set(HoldReason)


def test_a_state_that_does_not_go_is_told_with_those_that_do() -> None:
    check_state(12, PayoutState.HELD, (PayoutState.PREPARED, PayoutState.HELD))
    with pytest.raises(PayoutStateError) as refused:
        check_state(12, PayoutState.PAID, (PayoutState.PREPARED, PayoutState.HELD))
    assert str(refused.value) == (
        "REV-000012 est « Payé »\u00a0: cela ne se fait que d’un reversement « À approuver » ou « Retenu »."
    )


def test_the_system_is_nobody_that_a_person_could_be() -> None:
    check_other_person(12, 7, 8, "préparé")
    check_other_person(12, 7, None, "préparé")
    check_other_person(12, None, None, "préparé")
    with pytest.raises(SamePersonError, match="Vous avez préparé REV-000012"):
        check_other_person(12, 7, 7, "préparé")


class TestTransfer:
    def check(self, standing: SellerStanding, iban: str = IBAN) -> None:
        check_transferable(12, "EUR", iban, standing, LIMITS, NOW)

    def test_the_amount_was_approved_with_the_payout(self) -> None:
        self.check(SellerStanding(IBAN, iban_is_valid=True, iban_changed_at=None))

    def test_an_account_that_changed_is_told_before_that_it_rests(self) -> None:
        rests = SellerStanding(IBAN, iban_is_valid=True, iban_changed_at=NOW - dt.timedelta(hours=71))
        with pytest.raises(HeldError, match="IBAN changé récemment"):
            self.check(rests)
        with pytest.raises(AccountChangedError):
            self.check(rests, "FR7630006000011234567890189")

    def test_an_account_that_rested_is_paid(self) -> None:
        self.check(SellerStanding(IBAN, iban_is_valid=True, iban_changed_at=NOW - dt.timedelta(hours=72)))


# Good Friday and Easter Monday of 2027 are 26 and 29 March; TARGET is closed on both, and on 1 May (ECB).
@pytest.mark.parametrize(
    ("day", "next_day"),
    [
        (dt.date(2027, 3, 26), "30/03/2027"),
        (dt.date(2027, 3, 29), "30/03/2027"),
        (dt.date(2027, 5, 1), "03/05/2027"),
        (dt.date(2027, 1, 1), "04/01/2027"),
    ],
)
def test_a_day_on_which_banks_rest_is_refused_with_the_next_one(day: dt.date, next_day: str) -> None:
    with pytest.raises(InvalidInputError, match=f"Le prochain jour est le {next_day}"):
        check_requested_on(day, dt.date(2026, 11, 23))


def test_today_is_a_day_like_another_and_yesterday_is_not() -> None:
    monday = dt.date(2026, 11, 23)
    check_requested_on(monday, monday)
    with pytest.raises(
        InvalidInputError, match=r"est passé\. Le prochain jour où les banques paient est le 24/11/2026"
    ):
        check_requested_on(monday, monday + dt.timedelta(days=1))


def test_a_bank_acts_between_the_file_and_today() -> None:
    first, today = dt.date(2026, 11, 20), dt.date(2026, 11, 23)
    for day in (first, today):
        check_bank_day(12, "payé", day, first, today)
    with pytest.raises(InvalidInputError, match="n’a pas pu être payé le 19/11/2026"):
        check_bank_day(12, "payé", dt.date(2026, 11, 19), first, today)


def test_a_rejection_is_its_code_and_its_words_or_one_of_them() -> None:
    assert checked_rejection(" ac04 ", " Compte\nclos ") == "AC04 – Compte clos"
    assert checked_rejection("", "Compte clos") == "Compte clos"
    assert checked_rejection("AC04", "") == "AC04"
    with pytest.raises(InvalidInputError):
        checked_rejection(" ", "")


def test_what_there_is_nothing_to_say_of_leaves_no_dash() -> None:
    assert joined_notes("", "Doublon", "") == "Doublon"
