"""The one table of jobs: name it in ``db/domain/jobs.py``, give it its function here, and every engine runs it."""

from collections.abc import Callable
from dataclasses import dataclass

from db.domain.jobs import JobName, JobPlan
from db.domain.timed import TimedRule
from jobs.audit import check_audit, seal_audit
from jobs.balances import check_balances
from jobs.documents.check import check_documents
from jobs.documents.issue import issue_documents
from jobs.documents.make import make_documents
from jobs.exports.scheduled import run_exports
from jobs.figures import check_figures
from jobs.files import make_large_files, make_small_files
from jobs.mail.deliver import deliver_emails
from jobs.payouts.fee_invoices import issue_fee_invoices
from jobs.payouts.monthly import send_statements
from jobs.payouts.prepare import prepare_payouts
from jobs.refunds.send import send_refunds
from jobs.run import Run
from jobs.summaries.send import send_summaries
from jobs.tasks import run_tasks
from jobs.timed import timed_job
from jobs.upkeep import (
    book_payments,
    compact_sales,
    complete_orders,
    purge_daily,
    refresh_sales_figures,
    take_in_returns,
)


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its name, which says what it is for and when it is due, and the function that does what is due."""

    name: JobName
    function: Callable[[Run], int]

    @property
    def plan(self) -> JobPlan:
        """Return what it is for and when it is due."""
        return self.name.plan


JOBS = (
    Job(JobName.COMPLETE_ORDERS, complete_orders),
    Job(JobName.BOOK_PAYMENTS, book_payments),
    Job(JobName.DELIVER_EMAILS, deliver_emails),
    Job(JobName.RUN_TASKS, run_tasks),
    Job(JobName.MAKE_FILES, make_small_files),
    Job(JobName.MAKE_LARGE_FILES, make_large_files),
    Job(JobName.ISSUE_DOCUMENTS, issue_documents),
    Job(JobName.MAKE_DOCUMENTS, make_documents),
    Job(JobName.CHECK_DOCUMENTS, check_documents),
    Job(JobName.TAKE_IN_RETURNS, take_in_returns),
    Job(JobName.SEND_REFUNDS, send_refunds),
    Job(JobName.CHECK_BALANCES, check_balances),
    Job(JobName.PREPARE_PAYOUTS, prepare_payouts),
    Job(JobName.ISSUE_FEE_INVOICES, issue_fee_invoices),
    Job(JobName.SEND_STATEMENTS, send_statements),
    Job(JobName.REFRESH_FIGURES, refresh_sales_figures),
    Job(JobName.CHECK_FIGURES, check_figures),
    Job(JobName.SEAL_AUDIT, seal_audit),
    Job(JobName.CHECK_AUDIT, check_audit),
    Job(JobName.RUN_EXPORTS, run_exports),
    Job(JobName.SEND_SUMMARIES, send_summaries),
    Job(JobName.CONFIRM_RECEIPTS, timed_job(TimedRule.RECEIPT)),
    Job(JobName.REMIND_PAYMENTS, timed_job(TimedRule.PAYMENT_REMINDER)),
    Job(JobName.CANCEL_UNPAID, timed_job(TimedRule.UNPAID_CANCEL)),
    Job(JobName.REMIND_PICKUPS, timed_job(TimedRule.PICKUP_REMINDER)),
    Job(JobName.REMIND_SELLERS, timed_job(TimedRule.SELLER_REMINDER)),
    Job(JobName.COMPACT_SALES, compact_sales),
    Job(JobName.DAILY_PURGE, purge_daily),
)


def job_named(name: str) -> Job | None:
    """Return the job of that name."""
    return next((job for job in JOBS if job.name == name), None)
