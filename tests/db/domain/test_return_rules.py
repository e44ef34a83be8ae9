"""What may be sent back: the option, the window, products that are not taken back, quantities."""

import datetime as dt
from dataclasses import replace

import pytest

from db.domain.return_rules import (
    NothingToReturnError,
    ReturnableLine,
    ReturnableOrder,
    ReturnRefusedError,
    TooManyUnitsError,
    check_request,
)
from db.domain.returns import MAX_EXPLANATION, ReturnReason, ReturnRequest, ReturnRules

TODAY = dt.date(2026, 11, 21)  # A Saturday.
TEA = ReturnableLine(
    id=1,
    product_id=11,
    sku="THE-1",
    name="Thé vert",
    attributes={},
    quantity=3,
    total_cents=37_50,
    quantity_kept=3,
    quantity_asked=0,
    is_returnable=True,
)
CAKE = replace(TEA, id=2, sku="GAT-1", name="Gâteau frais", is_returnable=False)
ORDER = ReturnableOrder(
    order_id=7,
    number="T-7",
    currency="EUR",
    received_on=dt.date(2026, 11, 10),
    rules=ReturnRules(),
    lines=(TEA, CAKE),
)


def wanted(*units: tuple[int, int], reason: ReturnReason = ReturnReason.CHANGED_MIND) -> ReturnRequest:
    return ReturnRequest(dict(units), reason)


def test_a_request_in_time_breaks_no_rule() -> None:
    assert check_request(ORDER, wanted((1, 2), (2, 0))) == {1: 2}
    assert ORDER.broken_rules(wanted((1, 2)), TODAY) == []
    assert ORDER.closed(TODAY) == []


def test_the_last_day_of_the_window_waits_for_a_business_day() -> None:
    # Received on Saturday 7 November: the fourteenth day is Saturday the 21st, so Monday the 23rd is still in time.
    order = replace(ORDER, received_on=dt.date(2026, 11, 7))
    assert order.broken_rules(wanted((1, 1)), dt.date(2026, 11, 23)) == []
    assert len(order.broken_rules(wanted((1, 1)), dt.date(2026, 11, 24))) == 1


def test_a_late_request_is_told_since_when_and_what_the_guarantee_is_for() -> None:
    order = replace(ORDER, received_on=dt.date(2026, 11, 6))  # A Friday: until Friday the 20th.
    (sentence,) = order.broken_rules(wanted((1, 1), reason=ReturnReason.DEFECTIVE), TODAY)
    assert "14 jours après la réception) est passé depuis le 20/11/2026" in sentence
    assert "garantie légale dure deux ans" in sentence


def test_a_longer_window_is_the_houses_to_give() -> None:
    order = replace(ORDER, received_on=dt.date(2026, 11, 1), rules=ReturnRules(window_days=30))
    assert order.broken_rules(wanted((1, 1)), TODAY) == []
    withdrawal, window = order.withdrawal(TODAY), order.window(TODAY)
    # The law's fourteenth day is Sunday the 15th, so Monday the 16th; the house's thirtieth is 1 December, a Tuesday.
    assert withdrawal is not None
    assert withdrawal.last_day == dt.date(2026, 11, 16)
    assert window is not None
    assert window.last_day == dt.date(2026, 12, 1)


def test_what_has_not_arrived_can_be_sent_back_whatever_the_day() -> None:
    order = replace(ORDER, received_on=None)
    assert (order.withdrawal(TODAY), order.window(TODAY)) == (None, None)
    assert order.broken_rules(wanted((1, 1)), TODAY) == []


def test_a_closed_option_refuses_every_request() -> None:
    order = replace(ORDER, rules=ReturnRules(is_on=False))
    assert "fermées" in order.broken_rules(wanted((1, 1)), TODAY)[0]
    assert "fermées" in order.closed(TODAY)[0]


def test_what_is_not_taken_back_is_when_the_seller_is_to_blame() -> None:
    (sentence,) = ORDER.broken_rules(wanted((1, 1), (2, 1)), TODAY)
    assert sentence == "« Gâteau frais » ne se reprend pas, sauf article défectueux, abîmé ou non conforme."
    assert ORDER.broken_rules(wanted((2, 1), reason=ReturnReason.DAMAGED), TODAY) == []


def test_units_in_another_request_are_not_asked_for_twice() -> None:
    order = replace(ORDER, lines=(replace(TEA, quantity_asked=2),))
    assert check_request(order, wanted((1, 1))) == {1: 1}
    with pytest.raises(TooManyUnitsError) as refusal:
        check_request(order, wanted((1, 2)))
    assert (
        str(refusal.value) == "« Thé vert »\u00a0: 1\u00a0unité au plus (3 chez le client, 2 dans une autre demande)."
    )


@pytest.mark.parametrize(
    ("request_", "refusal", "sentence"),
    [
        (wanted(), NothingToReturnError, "Choisissez au moins un article"),
        (wanted((1, 0)), NothingToReturnError, "Choisissez au moins un article"),
        (wanted((1, 4)), TooManyUnitsError, "3\u00a0unités au plus"),
        (wanted((1, -1)), TooManyUnitsError, "3\u00a0unités au plus"),
        (wanted((9, 1)), ReturnRefusedError, "n’est pas de cette commande"),
        (ReturnRequest({1: 1}, explanation="x" * (MAX_EXPLANATION + 1)), ReturnRefusedError, "2000 caractères"),
        (ReturnRequest({1: 1}, explanation="\x00"), ReturnRefusedError, "illisible"),
    ],
)
def test_what_cannot_be_is_refused_with_its_limit(
    request_: ReturnRequest, refusal: type[ReturnRefusedError], sentence: str
) -> None:
    with pytest.raises(refusal, match=sentence):
        check_request(ORDER, request_)


def test_nothing_is_left_where_all_is_asked_for_or_given_back() -> None:
    order = replace(ORDER, lines=(replace(TEA, quantity_kept=0), replace(CAKE, quantity_asked=3)))
    assert "Aucun article" in order.closed(TODAY)[0]
    with pytest.raises(NothingToReturnError, match="Aucun article"):
        check_request(order, wanted((1, 1)))
