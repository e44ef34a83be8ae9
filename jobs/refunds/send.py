"""Hand refunds to the payment provider: claimed, asked outside any transaction, and what it answered written down.

What was paid by voucher needs no provider: another voucher is given first.
"""

import logging

from db.domain.time import utc_now
from db.engine import reading, transaction
from db.services.refund_answers import record_answer
from db.services.refund_claims import (
    Answer,
    Outcome,
    RefundOrder,
    claim_refunds,
    is_any_refund_due,
)
from db.services.voucher_refunds import give_due_voucher, is_any_voucher_due
from db.settings import settings
from jobs.refunds.providers import RefundProvider, chosen_provider
from jobs.run import Run

_log = logging.getLogger(__name__)

_UNEXPECTED = "Erreur inattendue\u00a0: personne ne sait si l’argent est parti."


def send_refunds(run: Run, *, provider: RefundProvider | None = None) -> int:
    """Give the vouchers that are due, then ask the provider until nothing is; return how many refunds that was."""
    return _give_vouchers(run) + _ask_for_all(run, provider or chosen_provider(settings()))


def _give_vouchers(run: Run) -> int:
    """Give them one by one: what stands in the way of one is no matter of the others that went before."""
    given = 0
    while not run.stopping:
        with reading(run.engine) as session:
            if not is_any_voucher_due(session, utc_now()):
                break
        with transaction(run.engine) as session:
            given += (is_given := give_due_voucher(session, utc_now()))
        if not is_given:
            break  # Another worker was quicker: it goes on.
    return given


def _ask_for_all(run: Run, provider: RefundProvider) -> int:
    asked = 0
    while not run.stopping:
        with reading(run.engine) as session:
            if not is_any_refund_due(session, provider.methods, utc_now()):
                break
        with transaction(run.engine) as session:
            orders = claim_refunds(session, provider.methods, utc_now())
        if not orders:
            break
        for order in orders:
            outcome = _ask(provider, order)
            with transaction(run.engine) as session:
                record_answer(session, order, outcome, utc_now())
            asked += 1
    return asked


def _ask(provider: RefundProvider, order: RefundOrder) -> Outcome:
    try:
        return provider.refund(order)
    except Exception:  # noqa: BLE001  whatever a provider raises, the money may have left
        _log.exception("remboursement %d : erreur inattendue", order.refund_id)
        return Outcome(Answer.UNKNOWN, reason=_UNEXPECTED)
