"""Hand refunds to the payment provider: claimed, asked outside any transaction, and what it answered written down."""

import logging

from db.domain.time import utc_now
from db.engine import reading, transaction
from db.services.refund_claims import (
    Answer,
    Outcome,
    RefundOrder,
    claim_refunds,
    is_any_refund_due,
    record_answer,
)
from db.settings import settings
from jobs.refunds.providers import RefundProvider, chosen_provider
from jobs.run import Run

_log = logging.getLogger(__name__)

_UNEXPECTED = "Erreur inattendue\u00a0: personne ne sait si l’argent est parti."


def send_refunds(run: Run, *, provider: RefundProvider | None = None) -> int:
    """Ask the provider for what is due until nothing is; return how many refunds it was asked for."""
    provider = provider or chosen_provider(settings())
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
