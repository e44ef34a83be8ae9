"""The map of docs/architecture.md, proven on every file: who may import whom, and which package lives where."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("dashboard", "pages", "db", "jobs")
FILES = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py"))

MAY_IMPORT = {
    "pages": {"pages", "dashboard", "db"},
    "dashboard": {"dashboard", "db"},
    "jobs": {"jobs", "db"},
    "db": {"db"},
}

#: Inside db/, a ring imports itself and the rings to its left.
RINGS = ("domain", "models", "queries", "emails", "services")

#: An e-mail holds links to us, whose address and key are settings (docs/decisions/007).
BESIDE_THE_RINGS = {"emails": {"settings"}}

HOMES = {
    "pages": {"streamlit", "pandas"},
    "dashboard": {
        "streamlit",
        "starlette",
        "fastapi",
        "limits",
        "pydantic",
        "uvicorn",
        "pandas",
        "plotly",
        "jinja2",
        "sendgrid",
        "pycountry",  # place_names.py alone.
    },
    # sqlalchemy: the types of an engine and a session; psycopg: what the queue raises when the database is away.
    "jobs": {
        "sqlalchemy",
        "sendgrid",
        "jinja2",
        "fpdf",
        "barcode",
        "pypdf",
        "xlsxwriter",
        "pyarrow",  # exports/parquet.py alone.
        "PIL",
        "segno",
        "facturx",
        "saxonche",
        "lxml",
        "sepaxml",
        "text_unidecode",
        "apscheduler",
        "procrastinate",
        "psycopg",
    },
    "db/domain": {"holidays", "numpy", "phonenumbers", "schwifty", "stdnum"},
    "db/models": {"sqlalchemy"},
    "db/queries": {"sqlalchemy"},
    "db/emails": {"sqlalchemy", "jinja2", "markupsafe", "mjml", "itsdangerous"},
    "db/services": {"sqlalchemy", "argon2", "procrastinate"},  # procrastinate: wake.py alone.
    # holidays: what was in the books falls due (0007), by a copy of the rule that nobody changes afterwards.
    "db/migrations": {"sqlalchemy", "alembic", "holidays"},
    "db/demo": {"sqlalchemy", "stdnum", "schwifty", "tqdm", "numpy", "psycopg"},
    # What people upload: XLSX read by calamine, our template written by xlsxwriter, countries by name.
    "db/imports": {
        "sqlalchemy",
        "pandas",
        "pyarrow",
        "tqdm",
        "python_calamine",
        "xlsxwriter",
        "pycountry",
        "phonenumbers",
    },
    # fsspec: storage.py alone, the place of stored files that jobs write and dashboards read; PIL: pictures.py alone.
    "db": {"sqlalchemy", "alembic", "pydantic", "pydantic_settings", "tqdm", "psycopg", "fsspec", "PIL"},
}


def imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the arrows; write the whole name"
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


def home_of(path: Path) -> set[str]:
    parts = path.relative_to(ROOT).parts
    return HOMES["/".join(parts[:2])] if "/".join(parts[:2]) in HOMES else HOMES[parts[0]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_imports_only_what_the_map_allows(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    for module in imported_modules(path):
        package = module.split(".")[0]
        if package in OURS:
            assert package in MAY_IMPORT[folder], f"{folder} may not import {package}"
        elif package not in sys.stdlib_module_names:
            assert package in home_of(path), f"{package} does not live in {path.relative_to(ROOT).parent}"


@pytest.mark.parametrize("path", [p for p in FILES if p.relative_to(ROOT).parts[0] == "db"], ids=str)
def test_a_ring_of_db_imports_only_the_rings_inside_it(path: Path) -> None:
    ring = path.relative_to(ROOT).parts[1]
    if ring not in RINGS:
        return
    inner = {*RINGS[: RINGS.index(ring) + 1], *BESIDE_THE_RINGS.get(ring, ())}
    for module in imported_modules(path):
        package, _, rest = module.partition(".")
        if package == "db":
            assert rest.split(".")[0] in inner, f"db/{ring} may not import {module}"


def test_no_streamlit_script_lies_beside_a_pages_folder() -> None:
    # Streamlit would serve the scripts of such a folder directly, past the sign-in.
    assert not (ROOT / "dashboard" / "pages").exists()
    assert not list(ROOT.glob("*.py"))
