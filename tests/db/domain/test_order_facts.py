"""The facts of an order add up."""

from hypothesis import given
from hypothesis import strategies as st

from db.domain.order_facts import LineFacts


@given(
    quantity=st.integers(1, 50),
    total=st.integers(0, 100_000),
    data=st.data(),
)
def test_what_is_cancelled_and_what_is_still_asked_for_always_add_up_to_the_line(
    quantity: int, total: int, data: st.DataObject
) -> None:
    shipped = data.draw(st.integers(0, quantity))
    line = LineFacts(1, None, quantity, shipped, 0, total)
    rest = line.cancelling(line.quantity_left)
    assert line.claim_cents == total
    assert 0 <= rest.claim_cents <= total
    assert shipped or rest.claim_cents == 0
    assert shipped < quantity or rest.claim_cents == total
