"""What was given back, in words: how much, how, and whether it has arrived; a voucher with its code."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dashboard.web.follow_up.words import day_of
from db.domain import formats
from db.domain.orders import PaymentMethod, PaymentRecordState
from db.domain.refunds import GIVEN_BACK_BY
from db.domain.vouchers import VoucherState
from db.queries.follow_up_returns import CustomersRefund, CustomersVoucher, GivenBack

#: Whoever holds a paper of the order is not known to be the customer, and the code is money.
_CODE_IN_EMAIL = "Son code est dans l’e-mail qui vous l’annonce."


@dataclass(frozen=True, slots=True)
class Back:
    """One refund or voucher."""

    title: str
    state: str
    is_done: bool
    #: How long it takes, until when it is valid, why it is less than the price.
    sentences: tuple[str, ...]
    code: str = ""


def all_back(back: GivenBack, today: dt.date, *, on_paper: bool) -> tuple[Back, ...]:
    """Return all that was given back for an order, refunds first."""
    return _words(back.refunds, back.vouchers, today, on_paper=on_paper)


def back_for(back: GivenBack, return_id: int, today: dt.date, *, on_paper: bool) -> tuple[Back, ...]:
    """Return what was given back for one return."""
    # Why it is less than the price stands in the statement of the return's page, with the amount.
    refunds = [replace(each, deduction_reason="") for each in back.refunds if each.return_id == return_id]
    vouchers = [replace(each, deduction_reason="") for each in back.vouchers if each.return_id == return_id]
    return _words(refunds, vouchers, today, on_paper=on_paper)


def _words(
    refunds: Iterable[CustomersRefund], vouchers: Iterable[CustomersVoucher], today: dt.date, *, on_paper: bool
) -> tuple[Back, ...]:
    # Of one decision, the reason is said once: with the first that was given, the money where there is any.
    told: set[int | None] = set()
    said = []
    for each in (*refunds, *vouchers):
        said.append(replace(each, deduction_reason="") if each.settlement_id in told else each)
        told |= {each.settlement_id} - {None}
    return tuple(
        _refund(each) if isinstance(each, CustomersRefund) else _voucher(each, today, on_paper=on_paper)
        for each in said
    )


def _refund(refund: CustomersRefund) -> Back:
    is_done = refund.state is PaymentRecordState.CAPTURED
    done = f"Fait le {day_of(refund.ended_at)}." if is_done and refund.ended_at else ""
    by_bank = refund.method in {PaymentMethod.CARD, PaymentMethod.TRANSFER, PaymentMethod.PAYPAL}
    delay = "Selon votre banque, il paraît sur votre compte sous quelques jours ouvrés." if is_done and by_bank else ""
    return Back(
        title=f"{formats.money(refund.amount_cents, refund.currency)} {GIVEN_BACK_BY[refund.method]}",
        state="Fait" if is_done else "En cours",
        is_done=is_done,
        sentences=_said(done, delay, _deduction(refund.deduction_reason)),
    )


def _voucher(given: CustomersVoucher, today: dt.date, *, on_paper: bool) -> Back:
    voucher, state = given.voucher, given.voucher.state(today)
    rest = ""
    if state is VoucherState.PARTLY_USED:
        rest = f"Il y reste {formats.money(voucher.rest_cents, voucher.currency)}."
    return Back(
        title=f"{formats.money(voucher.amount_cents, voucher.currency)} en bon d’achat",
        state=state.label,
        is_done=state is VoucherState.USED,
        sentences=_said(
            f"Valable jusqu’au {formats.long_date(voucher.expires_on)}." if state.is_live else "",
            rest,
            _CODE_IN_EMAIL if on_paper and state.is_live else "",
            _deduction(given.deduction_reason),
        ),
        code=voucher.code if state.is_live and not on_paper else "",
    )


def _deduction(reason: str) -> str:
    return f"Une partie du prix n’est pas rendue\u00a0: {reason}" if reason else ""


def _said(*sentences: str) -> tuple[str, ...]:
    return tuple(each for each in sentences if each)
