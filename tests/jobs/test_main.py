"""The command line, as a process: what it prints, how it stops."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from jobs.table import JOBS
from tests.conftest import Databases

ROOT = Path(__file__).resolve().parents[2]


def start(url: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "jobs", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Close a process's standard input and wait for it; it is never left behind."""
    try:
        return process.communicate(timeout=60)
    finally:
        process.kill()


def run(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    process = start(url, *arguments)
    out, err = finished(process)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def test_list_names_every_job_and_its_times(sqlite_url: str) -> None:
    listed = run(sqlite_url, "list").stdout
    assert "complete-orders   * * * * * */5" in listed
    assert "daily-purge" in listed


def test_once_runs_one_job_now(sqlite_url: str) -> None:
    result = run(sqlite_url, "once", "complete-orders")
    assert (result.returncode, result.stdout) == (0, "Prendre en charge les nouvelles commandes : 0\n")


def test_a_job_that_fails_once_says_why_and_is_recorded(sqlite_url: str, sqlite_engine: sa.Engine) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE sign_in_attempts RENAME TO elsewhere"))
    result = run(sqlite_url, "once", "daily-purge")
    assert result.returncode == 1
    assert "no such table: sign_in_attempts" in result.stdout
    with sqlite_engine.connect() as connection:
        assert "no such table" in connection.scalar(sa.text("SELECT error FROM job_runs"))


def test_an_unknown_job_is_answered_with_the_names_there_are(sqlite_url: str) -> None:
    result = run(sqlite_url, "once", "nothing")
    assert result.returncode == 2
    assert result.stderr.startswith("Tâche inconnue : nothing. Il y a : complete-orders,")


def test_a_database_without_schema_is_a_sentence(databases: Databases) -> None:
    result = run(databases.empty_url("sqlite"), "once", "complete-orders")
    assert result.returncode == 2
    assert "La base de données n’est pas à jour" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("way_out", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_stops_quietly_when_told_to(database_url: str, way_out: signal.Signals) -> None:
    process = start(database_url)
    assert process.stdout is not None
    assert process.stdout.readline().startswith(f"Travail de fond lancé : {len(JOBS)} tâches.")
    process.send_signal(way_out)
    out, err = finished(process)
    assert (process.returncode, out, err) == (0, "", "")


def test_the_worker_beside_the_dashboard_ends_when_the_dashboard_is_gone(sqlite_url: str) -> None:
    process = start(sqlite_url, "--beside-the-dashboard")
    out, err = finished(process)  # Closes its standard input, as the death of the dashboard does.
    assert (process.returncode, out, err) == (0, "", "")
