"""The worker process beside the dashboard, for the embedded database: it starts and ends with it."""

import logging
import subprocess
import sys
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

from db.settings import ROOT

_log = logging.getLogger(__name__)

#: A worker that dies at once must not be started in a tight loop.
RESTART_SECONDS = 5.0
#: It commits its step and ends; it is a matter of milliseconds.
STOP_SECONDS = 5.0


class WorkerProcess:
    """``python -m jobs`` as a child process, started again if it dies.

    It reads our end of a pipe as its standard input: when that closes, it ends, even if this process was killed.
    """

    def __init__(self, command: list[str] | None = None, *, restart_seconds: float = RESTART_SECONDS) -> None:
        self._command = command or [sys.executable, "-m", "jobs", "--beside-the-dashboard"]
        self._restart_seconds = restart_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._leaving = Event()
        self._starting = Lock()
        self._guard = Thread(target=self._keep_running, daemon=True)

    def __enter__(self) -> Self:
        """Start it, without waiting for it."""
        self._guard.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close its standard input and wait for it."""
        with self._starting:
            self._leaving.set()  # From here on none is started any more.
        self._end()
        self._guard.join()

    def _start(self) -> subprocess.Popen[bytes] | None:
        with self._starting:
            if self._leaving.is_set():
                return None
            # In a session of its own: Ctrl-C in the terminal reaches this process alone, which then ends the child.
            self._process = subprocess.Popen(  # noqa: S603  our own command
                self._command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True
            )
            return self._process

    def _keep_running(self) -> None:
        while process := self._start():
            code = process.wait()
            if not self._leaving.is_set():
                _log.warning("le travail de fond s’est arrêté (code %d) ; il est relancé", code)
                self._leaving.wait(self._restart_seconds)

    def _end(self) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
