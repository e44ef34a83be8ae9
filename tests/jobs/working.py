"""Workers in threads of the test, and jobs that say what happens to them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from db.domain.jobs import JobName
from jobs.run import Run
from jobs.table import Job
from jobs.worker import Worker

#: Far more than anything here takes; a test that waits for so long has failed.
PATIENCE = 60.0


class RecordingJob:
    """A job that counts its runs; with ``held`` it stays in each until ``release``."""

    def __init__(self, name: JobName = JobName.COMPLETE_ORDERS, *, held: bool = False, raises: bool = False) -> None:
        self.row = Job(name, self._run)
        self.runs = 0
        self.began = Event()
        self._raises = raises
        self._go = Event()
        if not held:
            self._go.set()

    def release(self) -> None:
        self._go.set()

    def _run(self, _run: Run) -> int:
        self.runs += 1
        self.began.set()
        assert self._go.wait(PATIENCE)
        if self._raises:
            raise ValueError("bad order")
        return 1


@contextmanager
def working(worker: Worker) -> Iterator[Worker]:
    """Run a worker beside the test; it has stopped when the block is left."""
    thread = Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def eventually(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never became so"
        time.sleep(0.02)
