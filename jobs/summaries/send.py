"""Send the summary of the sales at seven in the morning; later where no worker was there, and then only the last."""

import logging

from db.domain.time import utc_now
from db.engine import DATABASE_LOST, reading, transaction
from db.services.summaries import DueSummary, due_summaries, send_summary
from jobs.run import Run

_log = logging.getLogger(__name__)


def send_summaries(run: Run) -> int:
    """Queue each summary to all who wait for it; return how many e-mails that is."""
    with reading(run.engine) as session:
        due = due_summaries(session, utc_now())
    return sum(_send(run, summary) for summary in due if not run.stopping)


def _send(run: Run, summary: DueSummary) -> int:
    """Send one summary; return 0 where that failed, which the log tells: it is due again in an hour."""
    try:
        with transaction(run.engine) as session:
            return send_summary(session, summary, utc_now())
    except DATABASE_LOST:
        raise
    except Exception:  # noqa: BLE001  whatever one summary raises, the others are sent
        _log.exception("The summary %s cannot be sent", summary.event)
        return 0
