"""The night's comparison of kept figures with the orders."""

from db.domain.balances import MAX_FINDINGS, Subject
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.services.balance_check import Finding, replace_findings
from db.services.figure_check import figure_findings, months_to_check, put_right
from jobs.run import Run


def check_figures(run: Run) -> int:
    """Compare every month, put right what differs, and write what that was; return how many days differed.

    A run that is stopped half-way has put right what it found; it tells of nothing, and the next one goes on.
    """
    with reading(run.engine) as session:
        months = months_to_check(session)
    found: list[Finding] = []
    for month in months:
        if run.stopping:
            return len(found)
        with reading(run.engine, at_one_instant=True) as session:
            wrong = list(figure_findings(session, month))
        if wrong:
            with transaction(run.engine) as session:
                put_right(session, month)
        found += wrong
    with transaction(run.engine) as session:
        replace_findings(session, [Subject.FIGURES], found[:MAX_FINDINGS], utc_now())
    return len(found)
