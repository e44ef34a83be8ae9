"""What the URL of « Reversements » says is what the list shows; what cannot be understood is left out."""

import datetime as dt

from dashboard.order_list.state import Period
from dashboard.payouts.state import PayoutsState, from_query, to_query
from db.domain.payout_filter import PayoutFilter, PayoutTab

TODAY = dt.date(2026, 11, 21)


def test_everything_that_can_be_chosen_stands_in_the_url_and_is_read_back() -> None:
    state = PayoutsState(
        PayoutTab.PAID, "thé", 3, None, dt.date(2026, 11, 1), dt.date(2026, 11, 30), 1_00, 20_50, 4, 5, 6, 7
    )
    params = to_query(state)
    assert params == {
        "liste": "payes",
        "q": "thé",
        "vendeur": "3",
        "du": "2026-11-01",
        "au": "2026-11-30",
        "min": "1,00",
        "max": "20,50",
        "preparation": "4",
        "remise": "5",
        "avant": "6",
        "apres": "7",
    }
    assert from_query(params) == state
    assert to_query(PayoutsState()) == {}


def test_a_period_is_of_today_and_stands_instead_of_days() -> None:
    state = from_query({"periode": "mois", "du": "2020-01-01"})
    assert state == PayoutsState(period=Period.THIS_MONTH)
    assert state.wanted(TODAY) == PayoutFilter(first_day=dt.date(2026, 11, 1), last_day=TODAY)


def test_what_means_nothing_is_left_out() -> None:
    said = {"liste": "x", "vendeur": "-1", "du": "2026-02-30", "au": "9999-01-01", "min": "beaucoup", "avant": "²"}
    assert from_query(said) == PayoutsState()
    assert not from_query(said).is_filtered
    assert from_query({"q": "a"}).is_filtered
