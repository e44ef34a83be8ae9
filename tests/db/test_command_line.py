import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import db.engine
import db.settings
from db import schema
from db.__main__ import REFUSED, main
from db.domain.errors import MarketplaceError
from db.domain.time import local_day
from db.engine import make_engine
from db.models import Order
from tests.conftest import DIALECTS, Databases

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run one command on the database of a URL; return the exit code, stdout and stderr."""

    def forget() -> None:
        db.settings.settings.cache_clear()
        db.engine.engine.cache_clear()

    def run_on(url: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("DATABASE_URL", url)
        forget()
        code = main(arguments)
        written = capsys.readouterr()
        return code, written.out, written.err

    yield run_on
    forget()


def is_one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith(".\n") and "Traceback" not in text


@pytest.mark.parametrize("dialect", DIALECTS)
def test_migrate_makes_the_schema_and_says_so_again_when_there_is_nothing_to_do(
    run: Run, databases: Databases, dialect: str
) -> None:
    url = databases.empty_url(dialect)
    for _ in range(2):
        code, out, err = run(url, "migrate")
        assert (code, err) == (0, "")
        assert out.startswith("Base de données à jour (schéma ")
    engine = make_engine(url)
    assert schema.is_up_to_date(engine)
    engine.dispose()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_demo_migrates_then_makes_as_many_orders_as_asked_up_to_the_day(
    run: Run, databases: Databases, dialect: str
) -> None:
    url = databases.empty_url(dialect)
    code, out, err = run(url, "demo", "--orders", "1040", "--seed", "3", "--today", "2025-07-14")
    assert (code, err) == (0, "")
    assert out.startswith("1\u202f040 commandes de démonstration")
    engine = make_engine(url)
    with Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 1_040
        assert local_day(session.scalar(sa.select(sa.func.max(Order.placed_at)))).isoformat() <= "2025-07-14"
    engine.dispose()


def test_demo_refuses_a_database_with_orders_in_one_sentence(run: Run, databases: Databases) -> None:
    url = databases.new_url("sqlite")
    assert run(url, "demo", "--orders", "3")[0] == 0
    code, out, err = run(url, "demo", "--orders", "3")
    assert (code, out) == (REFUSED, "")
    assert err.startswith("Cette base contient déjà des données")
    assert "Traceback" not in err


def test_demo_refuses_a_number_of_orders_out_of_range(run: Run, databases: Databases) -> None:
    code, out, err = run(databases.new_url("sqlite"), "demo", "--orders", "0")
    assert (code, out) == (REFUSED, "")
    assert is_one_sentence(err)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_newer_database_is_refused(run: Run, databases: Databases, dialect: str) -> None:
    url = databases.new_url(dialect)
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    code, out, err = run(url, "migrate")
    assert (code, out) == (REFUSED, "")
    assert "version plus récente" in err


def test_a_server_that_does_not_answer_is_said_without_its_password(run: Run) -> None:
    code, out, err = run("postgresql://boutique:hunter2@127.0.0.1:9/marche", "migrate")
    assert (code, out) == (REFUSED, "")
    assert err.startswith("Base de données inutilisable (postgresql://boutique:***@127.0.0.1:9/marche) :")
    assert "hunter2" not in err
    assert err.count("\n") == 1


def test_a_file_that_is_no_database_is_refused_and_left_alone(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Chère Madame, " * 100)
    code, out, err = run(f"sqlite:///{file}", "migrate")
    assert (code, out) == (REFUSED, "")
    assert err.startswith("Base de données inutilisable")
    assert file.read_text() == "Chère Madame, " * 100


def test_a_bug_is_not_taken_for_a_database_that_is_down(
    run: Run, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask_nonsense(engine: sa.Engine, _path: Path) -> None:
        with engine.connect() as connection:
            connection.execute(sa.text("INSERT INTO baskets (id) VALUES (1)"))

    monkeypatch.setitem(sys.modules, "db.imports.olist", SimpleNamespace(import_olist=ask_nonsense))
    with pytest.raises(sa.exc.IntegrityError):
        run(databases.new_url("sqlite"), "import", "olist", "x")


def test_a_folder_that_cannot_be_made_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, _, err = run(f"sqlite:///{tmp_path}/file/below.db", "migrate")
    assert code == REFUSED
    assert err.startswith("Base de données inutilisable")


def test_a_setting_that_cannot_be_used_is_named(run: Run) -> None:
    code, out, err = run("mysql://localhost/shop", "migrate")
    assert (code, out) == (REFUSED, "")
    assert "DATABASE_URL" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("source", "module", "function"),
    [
        ("olist", "db.imports.olist", "import_olist"),
        ("online-retail", "db.imports.online_retail", "import_online_retail"),
    ],
)
def test_import_migrates_hands_the_path_over_and_prints_the_report(
    run: Run, databases: Databases, monkeypatch: pytest.MonkeyPatch, source: str, module: str, function: str
) -> None:
    asked = []

    def fake_import(engine: sa.Engine, path: Path) -> SimpleNamespace:
        asked.append((schema.is_up_to_date(engine), path))
        return SimpleNamespace(as_text=lambda: "12 commandes importées.")

    monkeypatch.setitem(sys.modules, module, SimpleNamespace(**{function: fake_import}))
    code, out, err = run(databases.empty_url("sqlite"), "import", source, "some/where")
    assert (code, out, err) == (0, "12 commandes importées.\n", "")
    assert asked == [(True, Path("some/where"))]


def test_a_refusal_of_an_import_is_its_sentence(
    run: Run, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_engine: sa.Engine, _path: Path) -> None:
        raise MarketplaceError("Le dossier est introuvable.")

    monkeypatch.setitem(sys.modules, "db.imports.olist", SimpleNamespace(import_olist=refuse))
    assert run(databases.new_url("sqlite"), "import", "olist", "x") == (REFUSED, "", "Le dossier est introuvable.\n")


@pytest.mark.parametrize(
    "arguments",
    [[], ["dance"], ["demo", "--today", "2026-02-30"], ["demo", "--orders", "many"], ["import"], ["import", "olist"]],
)
def test_a_command_that_is_not_understood_shows_its_use(
    run: Run, databases: Databases, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(databases.empty_url("sqlite"), *arguments)
    assert ended.value.code == REFUSED
    assert "usage: python -m db" in capsys.readouterr().err
