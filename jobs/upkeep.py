"""The jobs that are a service called step by step: what the shop wrote, sums, what is to be forgotten."""

import datetime as dt

from sqlalchemy.orm import Session

from db.services.access import purge
from db.services.api_requests import purge_answers
from db.services.derived import compact_daily_sales
from db.services.documents.continuity import purge_checks
from db.services.figures import has_stale_days, refresh_figures
from db.services.intake import has_new_orders, take_in_new_orders
from db.services.payments import book_captured_payments, has_captured_payments
from db.services.returns.intake import has_new_returns, take_in_new_returns
from db.services.work import purge_work
from jobs.exports.scheduled import purge_copies
from jobs.files import purge_files
from jobs.run import Run, Step, in_steps

#: Orders or returns completed in one transaction: some 100 ms, during which SQLite's other writers wait.
INTAKE_BATCH = 500


def _complete_some(session: Session, now: dt.datetime) -> Step:
    done = take_in_new_orders(session, now, limit=INTAKE_BATCH)
    return Step(done, more=done == INTAKE_BATCH)


def _take_in_some_returns(session: Session, now: dt.datetime) -> Step:
    done = take_in_new_returns(session, now, limit=INTAKE_BATCH)
    return Step(done, more=done == INTAKE_BATCH)


def _book_some(session: Session, now: dt.datetime) -> Step:
    done = book_captured_payments(session, now)
    return Step(done, more=done > 0)


def _compact(session: Session, now: dt.datetime) -> Step:  # noqa: ARG001  every step takes the same arguments
    return Step(compact_daily_sales(session))


def _count_a_month(session: Session, now: dt.datetime) -> Step:  # noqa: ARG001  every step takes the same arguments
    days = refresh_figures(session)
    return Step(days, more=days > 0)


def _purge(session: Session, now: dt.datetime) -> Step:
    purge(session, now)
    purge_work(session, now)
    purge_answers(session, now)
    purge_checks(session, now)
    return Step(0)


complete_orders = in_steps(_complete_some, is_due=has_new_orders)
take_in_returns = in_steps(_take_in_some_returns, is_due=has_new_returns)
book_payments = in_steps(_book_some, is_due=has_captured_payments)
compact_sales = in_steps(_compact)
refresh_sales_figures = in_steps(_count_a_month, is_due=has_stale_days)
_purge_rows = in_steps(_purge)


def purge_daily(run: Run) -> int:
    """Forget what is out of date: rows first, for files may lie in a bucket that does not answer."""
    return _purge_rows(run) + purge_files(run) + purge_copies(run)
