"""By which means money goes back: the ones it came by."""

from collections.abc import Mapping

from db.domain.orders import PaymentMethod


def means_of_refund(
    cents: int, held: Mapping[PaymentMethod, int], otherwise: PaymentMethod
) -> list[tuple[PaymentMethod, int]]:
    """Return by which means an amount is given back: no more by each than came by it, vouchers last.

    Args:
        cents: The amount to give back.
        held: What is held of each means: received, neither given back nor promised.
        otherwise: The means of what nobody knows how it came, where nothing at all is known: the order's. Beside what
            is known, such a rest goes back by transfer: no provider gives back what it never received.
    """
    left = cents
    shares: dict[PaymentMethod, int] = {}
    for method in sorted(held, key=lambda each: (each is PaymentMethod.VOUCHER, -held[each], each)):
        share = min(left, max(0, held[method]))
        if share:
            shares[method] = share
            left -= share
    if left:
        by = PaymentMethod.TRANSFER if shares else otherwise
        shares[by] = shares.get(by, 0) + left
    return list(shares.items())
