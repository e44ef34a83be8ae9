"""Money goes back by the means it came by."""

import pytest

from db.domain.means import means_of_refund
from db.domain.orders import PaymentMethod as M


@pytest.mark.parametrize(
    ("cents", "held", "shares"),
    [
        (10_00, {M.CARD: 30_00}, [(M.CARD, 10_00)]),
        # The larger payment first, vouchers last.
        (
            40_00,
            {M.PAYPAL: 10_00, M.CARD: 25_00, M.VOUCHER: 50_00},
            [(M.CARD, 25_00), (M.PAYPAL, 10_00), (M.VOUCHER, 5_00)],
        ),
        (10_00, {M.VOUCHER: 10_00}, [(M.VOUCHER, 10_00)]),
        # Already given back by card: nothing more goes there.
        (10_00, {M.CARD: 0, M.CHEQUE: 10_00}, [(M.CHEQUE, 10_00)]),
        # Nobody knows how it came: as the order was to be paid.
        (10_00, {}, [(M.CASH, 10_00)]),
        # A part is known, the rest is for finance to transfer: a card gives back no more than it paid.
        (10_00, {M.CARD: 4_00}, [(M.CARD, 4_00), (M.TRANSFER, 6_00)]),
        (0, {M.CARD: 4_00}, []),
    ],
)
def test_no_more_by_each_means_than_came_by_it(cents: int, held: dict[M, int], shares: list[tuple[M, int]]) -> None:
    assert means_of_refund(cents, held, M.CASH) == shares
