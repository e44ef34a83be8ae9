"""The night's check of stock, points, the sellers' ledger and refunds."""

from db.domain.time import utc_now
from db.engine import reading, transaction
from db.services.balance_check import (
    MAX_FINDINGS,
    Finding,
    order_findings,
    orders_to_check,
    points_findings,
    replace_findings,
    stock_findings,
    voucher_findings,
)
from jobs.run import Run

_AT_ONCE = 500


def check_balances(run: Run) -> int:
    """Compare what is counted with what it is counted from; return how many orders were looked at.

    What a run that is stopped half-way found is left out: the last whole one stands.
    """
    found: list[Finding] = []
    with reading(run.engine) as session:
        found += stock_findings(session) + points_findings(session) + voucher_findings(session)
    checked, last = 0, 0
    while not run.stopping:
        with reading(run.engine) as session:
            order_ids = orders_to_check(session, last, _AT_ONCE)
            found += order_findings(session, order_ids)
        if not order_ids:
            with transaction(run.engine) as session:
                replace_findings(session, found[:MAX_FINDINGS], utc_now())
            break
        checked, last = checked + len(order_ids), order_ids[-1]
    return checked
