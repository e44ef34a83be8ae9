"""A worker, as a process, whose one job never ends: to be killed."""

import sys
import time

from db.domain.jobs import JobName
from db.engine import make_engine
from jobs.run import Run
from jobs.table import Job
from jobs.worker import Worker


def _never_end(run: Run) -> int:
    print("at it", flush=True)  # noqa: T201  the test waits for it
    while True:
        time.sleep(60)


Worker([Job(JobName.DAILY_PURGE, _never_end)], bind=make_engine(sys.argv[1])).run()
