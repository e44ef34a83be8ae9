import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.startup.worker import WorkerProcess
from db.settings import ROOT


def starts(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0


def until(condition: object) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def python(path: Path, then: str) -> list[str]:
    """A worker that writes a line when it starts, and then does something."""
    return [sys.executable, "-c", f"import sys; open({str(path)!r}, 'a').write('started\\n'); {then}"]


def test_the_worker_ends_with_the_dashboard(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with WorkerProcess(python(log, "sys.stdin.read()")) as worker:
        until(lambda: starts(log) == 1)
        process = worker._process
        assert isinstance(process, subprocess.Popen)
        assert process.poll() is None
    assert process.returncode == 0


def test_a_worker_that_dies_is_started_again_and_that_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = tmp_path / "log"
    with caplog.at_level(logging.WARNING), WorkerProcess(python(log, "sys.exit(3)"), restart_seconds=0.01):
        until(lambda: starts(log) >= 2)
    assert "le travail de fond s’est arrêté (code 3)" in caplog.text


def test_a_worker_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.startup.worker.STOP_SECONDS", 0.2)
    log = tmp_path / "log"
    with WorkerProcess(python(log, "import time; time.sleep(60)")) as worker:
        until(lambda: starts(log) == 1)
        process = worker._process
    assert isinstance(process, subprocess.Popen)
    assert process.wait(10) == -9


def test_a_killed_dashboard_leaves_no_worker_behind(tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    worker = python(tmp_path / "log", f"sys.stdin.read(); open({str(ended)!r}, 'w')")
    code = f"from dashboard.startup.worker import WorkerProcess\nwith WorkerProcess({worker!r}): input()"
    dashboard = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, cwd=ROOT)
    try:
        until(lambda: starts(tmp_path / "log") == 1)
    finally:
        dashboard.kill()
        dashboard.communicate()
    until(ended.exists)
