"""Send sellers the statements of the month that is over: on its first night, or later where no worker was there."""

from db.domain.months import add_months, month_of
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.services.monthly_statements import sellers_from, send_statement, statements_due
from jobs.run import Run

#: Sellers that are looked up at once; each is written to in a transaction of its own.
_AT_ONCE = 200


def send_statements(run: Run) -> int:
    """Write to every seller of whom something was booked last month and who was not written to yet; return how many."""
    month = add_months(month_of(local_day(utc_now())), -1)
    sent, after = 0, 0
    while not run.stopping:
        with reading(run.engine) as session:
            sellers = sellers_from(session, after, _AT_ONCE)
            due = statements_due(session, sellers, month) if sellers else []
        if not sellers:
            break
        for wanted in due:
            with transaction(run.engine) as session:
                send_statement(session, wanted, utc_now())
        sent, after = sent + len(due), sellers[-1]
    return sent
