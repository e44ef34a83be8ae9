import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.startup.database_file import alone_on, check_file
from dashboard.startup.refusals import AlreadyRunningError, ForeignFileError, ReadOnlyError

URL = "http://127.0.0.1:8501"


def test_the_second_on_a_database_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    database = tmp_path / "data" / "shop.db"
    with (
        alone_on(database, URL),
        pytest.raises(AlreadyRunningError, match=r"déjà lancé sur http://127\.0\.0\.1:8501 "),
        alone_on(database, "http://127.0.0.1:9999"),
    ):
        pass
    with alone_on(database, URL):
        pass  # Free again, and the loser's address was never written.


def test_two_databases_of_one_folder_do_not_disturb_each_other(tmp_path: Path) -> None:
    with alone_on(tmp_path / "one.db", URL), alone_on(tmp_path / "two.db", URL):
        pass


def test_a_killed_dashboard_leaves_no_lock_behind(tmp_path: Path) -> None:
    database = tmp_path / "shop.db"
    code = (
        "import sys, pathlib; from dashboard.startup.database_file import alone_on\n"
        "with alone_on(pathlib.Path(sys.argv[1]), 'x'): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunningError), alone_on(database, URL):
            pass
    finally:
        holder.kill()
        holder.communicate()
    with alone_on(database, URL):
        pass


def test_a_folder_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(ReadOnlyError, match="Impossible d’écrire dans"), alone_on(tmp_path / "data" / "shop.db", URL):
        pass


def test_another_kind_of_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    file.write_bytes(b"\x89PNG\r\n not a database")
    with pytest.raises(ForeignFileError, match="n’est pas une base de données SQLite"):
        check_file(file)
    assert file.read_bytes() == b"\x89PNG\r\n not a database"


@pytest.mark.parametrize("start", [b"", b"SQLite format 3\x00" + bytes(84)])
def test_an_empty_file_and_a_database_are_welcome(tmp_path: Path, start: bytes) -> None:
    file = tmp_path / "shop.db"
    file.write_bytes(start)
    check_file(file)


def test_no_file_at_all_is_welcome(tmp_path: Path) -> None:
    check_file(tmp_path / "shop.db")
