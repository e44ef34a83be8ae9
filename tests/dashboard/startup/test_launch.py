"""``python -m dashboard`` as a person runs it: a process, its terminal and its exit code."""

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from db import schema
from db.engine import make_engine
from db.settings import Settings
from tests.conftest import Databases

ROOT = Path(__file__).resolve().parents[3]
STARTED = "Ctrl-C pour arrêter.\n"

_CAP_DAC_OVERRIDE = 1
_PR_CAPBSET_DROP = 24


pytestmark = pytest.mark.usefixtures("own_storage")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(database_url: str, *arguments: str, port: int = 0, **options: object) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    return subprocess.Popen(
        [sys.executable, "-m", "dashboard", *arguments],
        cwd=ROOT,
        env=environment
        | {"DATABASE_URL": database_url, "PORT": str(port or free_port()), "SECRET_KEY": "k" * 32}
        | {"FILES_URL": os.environ["FILES_URL"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def finished(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Wait for a process and return what it printed; it is never left behind."""
    try:
        return process.communicate(timeout=60)
    finally:
        process.kill()


def refusal(database_url: str, **options: object) -> str:
    """Return the one sentence with which a start is refused."""
    process = start(database_url, **options)
    out, err = finished(process)
    assert (process.returncode, out) == (2, ""), err
    assert err.count("\n") == 1
    return err


@contextmanager
def running(database_url: str, port: int) -> Iterator[list[str]]:
    """A dashboard that serves, and the lines it has printed; it must end quietly when told to."""
    process = start(database_url, port=port)
    try:
        assert process.stdout is not None
        lines = []
        while not lines or lines[-1] != STARTED:
            lines.append(process.stdout.readline())
            assert lines[-1], process.communicate()[1]
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=60).text == "ok"  # Early visitors wait.
        yield lines
        process.send_signal(signal.SIGTERM)
        out, err = finished(process)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (0, "", "")


@pytest.fixture
def embedded(databases: Databases, tmp_path: Path) -> str:
    """The URL of a migrated embedded database in a folder of its own."""
    template = databases.new_url("sqlite")
    shutil.move(template.removeprefix("sqlite:///"), tmp_path / "shop.db")
    return f"sqlite:///{tmp_path / 'shop.db'}"


def test_the_embedded_dashboard_from_start_to_end(embedded: str, tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with running(embedded, port) as lines:
        assert lines[0] == f"Marché d’ici : {address}\n"
        link = re.fullmatch(rf"Pour entrer \(une seule fois, dans l’heure\) : ({address}/lien/\S+)\n", lines[1])
        assert link
        assert len(lines) == 3

        with httpx.Client(base_url=address, timeout=60, headers={"accept": "text/html"}) as browser:
            assert browser.get("/readyz").text == "ready"
            assert browser.get("/").headers["location"] == "/connexion"
            assert browser.get(link[1]).next_request is not None
            assert browser.get("/").status_code == 200

        assert "déjà lancé sur " + address in refusal(embedded)
        assert f"Le port {port} est déjà pris" in refusal(f"sqlite:///{tmp_path / 'other.db'}", port=port)
        assert not (tmp_path / "other.db").exists()

        one_more = finished(start(embedded, "link"))[0]
        assert re.fullmatch(rf"{address}/lien/\S+\n", one_more)
        assert one_more.strip() != link[1]
    assert not list(tmp_path.glob("shop.db-*"))  # The write-ahead log is back in the file: it can be copied.


def test_on_postgresql_the_worker_is_apart(databases: Databases) -> None:
    url = databases.new_url("postgresql")
    with running(url, free_port()) as lines:
        assert "/lien/" in lines[1]  # Nobody has a password yet.
        assert lines[2] == "Le travail de fond se lance à part : python -m jobs\n"
    databases.drop(url)


def test_a_database_of_a_newer_version_is_refused_and_left_alone(embedded: str) -> None:
    engine = make_engine(embedded)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert "vient d'une version plus récente" in refusal(embedded)
    assert schema.revision_of(engine) == "9999"
    engine.dispose()


def without_roots_right_to_write_anywhere() -> None:
    ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE)


def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    sentence = refusal(f"sqlite:///{folder / 'shop.db'}", preexec_fn=without_roots_right_to_write_anywhere)
    assert f"Impossible d’écrire dans {folder} (" in sentence
    assert list(folder.iterdir()) == []


def test_a_read_only_database_is_refused(embedded: str, tmp_path: Path) -> None:
    (tmp_path / "shop.db").chmod(0o444)
    sentence = refusal(embedded, preexec_fn=without_roots_right_to_write_anywhere)
    assert f"Impossible d’écrire dans {tmp_path / 'shop.db'} (" in sentence


def test_a_silent_server_is_a_sentence_without_the_password() -> None:
    sentence = refusal(f"postgresql://shop:hunter2@127.0.0.1:{free_port()}/shop")
    assert sentence.startswith("Base de données inutilisable (postgresql")
    assert "Connection refused" in sentence
    assert "hunter2" not in sentence


def test_a_malformed_setting_is_named() -> None:
    assert refusal("mysql://localhost/shop").startswith("Réglage DATABASE_URL inutilisable. Attendu : sqlite:///")
