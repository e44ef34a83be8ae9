"""The night's check of stock, points, vouchers, the sellers' ledger, payouts, refunds and closed months."""

from collections.abc import Iterator
from itertools import chain

from db.domain.balances import BALANCES, MAX_FINDINGS, Subject
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.services.balance_check import (
    Finding,
    last_order,
    order_findings,
    orders_to_check,
    points_findings,
    replace_findings,
    stock_findings,
    voucher_findings,
)
from db.services.closing_check import closing_findings
from db.services.payout_check import entry_findings, last_entry, last_payout, payout_findings
from jobs.run import Run

#: Orders, by their ids, that are read at one instant.
_AT_ONCE = 500
#: Ledger entries, or payouts, by their ids: the database compares them itself.
_ROWS_AT_ONCE = 5_000
#: What is compared by few questions.
_WHOLE = (voucher_findings, stock_findings, points_findings, closing_findings)


def check_balances(run: Run) -> int:
    """Compare what is counted with what it is counted from; return how many orders were looked at.

    What a run that is stopped half-way found is left out: the last whole one stands.
    """
    found: dict[Subject, list[Finding]] = {subject: [] for subject in BALANCES}
    with reading(run.engine) as session:
        for finding in chain(*(find(session) for find in _WHOLE)):
            _keep(found, finding)
        newest = last_order(session)
    checked = 0
    for after in range(0, newest, _AT_ONCE):
        if run.stopping:
            return checked
        # People work at night, too: what they do between two of these queries is no finding.
        with reading(run.engine, at_one_instant=True) as session:
            order_ids = orders_to_check(session, after, after + _AT_ONCE)
            for finding in order_findings(session, order_ids):
                _keep(found, finding)
        checked += len(order_ids)
    for finding in _payout_findings(run):
        _keep(found, finding)
    if run.stopping:
        return checked
    with transaction(run.engine) as session:
        replace_findings(session, BALANCES, list(chain.from_iterable(found.values())), utc_now())
    return checked


def _payout_findings(run: Run) -> Iterator[Finding]:
    """Compare what is to be paid out with the ledger, then payouts with what they hold; each part at one instant."""
    for last, find in ((last_entry, entry_findings), (last_payout, payout_findings)):
        with reading(run.engine) as session:
            newest = last(session)
        for after in range(0, newest, _ROWS_AT_ONCE):
            if run.stopping:
                return
            with reading(run.engine, at_one_instant=True) as session:
                yield from find(session, after, after + _ROWS_AT_ONCE)


def _keep(found: dict[Subject, list[Finding]], finding: Finding) -> None:
    of_subject = found[finding["subject"]]
    if len(of_subject) < MAX_FINDINGS:
        of_subject.append(finding)
