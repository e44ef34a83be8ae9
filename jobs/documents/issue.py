"""Issue the documents that are due: each in a transaction of its own, so that its number is held for no longer."""

from db.domain.time import utc_now
from db.engine import reading, transaction
from db.services.documents.due import is_any_due, issue_next
from jobs.run import Run


def issue_documents(run: Run) -> int:
    """Issue what is due until nothing is; return how many documents were looked at."""
    looked_at = 0
    while not run.stopping:
        with reading(run.engine) as session:
            if not is_any_due(session, utc_now()):
                break
        with transaction(run.engine) as session:
            if not issue_next(session, utc_now()):
                break
        looked_at += 1
    return looked_at
