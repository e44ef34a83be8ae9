"""The repository around the code: what a newcomer reads and types is there, in step, and true."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

#: A new one is a decision: docs/architecture.md says what it is for.
FOLDERS = {".ci", "dashboard", "db", "docs", "jobs", "pages", "tests"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def test_the_top_level_has_the_agreed_folders_only() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked() if path.parent != ROOT} == FOLDERS


@pytest.mark.parametrize(
    ("declared", "file"),
    [
        (PROJECT["project"]["dependencies"], "requirements.txt"),
        (PROJECT["dependency-groups"]["test"], "requirements-test.txt"),
    ],
    ids=["requirements.txt", "requirements-test.txt"],
)
def test_every_declared_dependency_is_pinned_with_hashes(declared: list[str], file: str) -> None:
    pins = (ROOT / file).read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==[^\\\n]+ \\\n    --hash=sha256:", pins, re.MULTILINE)
    names = {re.split(r"[\[<>=~! ]", dependency)[0].lower() for dependency in declared}
    assert names - set(pinned) == set()
    assert len(pinned) == len(re.findall(r"^[a-z0-9]", pins, re.MULTILINE)), "something is pinned without a hash"


def test_what_both_files_pin_is_pinned_alike() -> None:
    run, test = (
        dict(
            re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
        )
        for file in ("requirements.txt", "requirements-test.txt")
    )
    assert {name: test[name] for name in test if name in run} == {name: run[name] for name in test if name in run}


def test_every_target_of_make_says_what_it_does() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    assert set(re.findall(r"^([a-z]+):.* ## \S", MAKEFILE, re.MULTILINE)) == set(phony[1].split())
    for target in phony[1].split():
        assert f"make {target}" in README or target == "help"


def test_what_the_readme_links_to_is_there() -> None:
    for page in [ROOT / "README.md", *tracked("docs/*.md")]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_places_where_to_add_something_are_there() -> None:
    table = README.partition("## Where to add")[2].partition("\n## ")[0]
    places = re.findall(r"`([a-z_/]+(?:\.py|\.md|/))`", table)
    assert len(places) > 10
    for place in places:
        found = [ROOT / place, ROOT / "dashboard" / place, ROOT / "db" / place]
        assert any(path.exists() for path in found), place


def test_the_decisions_are_numbered_and_have_their_four_parts() -> None:
    decisions = tracked("docs/decisions/*.md")
    for number, decision in enumerate(decisions, start=1):
        text = decision.read_text(encoding="utf-8")
        assert decision.name.startswith(f"{number:03d}-")
        assert text.startswith(f"# {number}. ")
        for part in ("**Context.**", "**Decision.**", "**Consequences.**", "**Alternatives.**"):
            assert part in text, decision.name


def test_nothing_is_left_to_do_in_the_code() -> None:
    marks = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
    left = [
        path.name for path in tracked("*.py", "*.md", "*.toml", "Makefile") if marks.search(path.read_text("utf-8"))
    ]
    assert left == []


def test_no_module_of_the_dashboard_hides_one_of_python() -> None:
    # Streamlit puts the folder of its script first on sys.path.
    names = {path.stem for path in (ROOT / "dashboard").iterdir()}
    assert names & set(sys.stdlib_module_names) == set()


def test_what_a_new_machine_runs_is_executable() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


# What make says when something is missing, on a machine that has next to nothing.


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A copy of the Makefile, and a PATH with the tools that every system has, but no Python."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("make", "sh", "mkdir", "rmdir", "touch", "sleep"):
        found = shutil.which(tool)
        assert found
        (tools / tool).symlink_to(found)
    return tmp_path


def install_python(machine: Path, name: str, script: str) -> None:
    program = machine / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def make_run(machine: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "run"],
        cwd=machine,
        env={"PATH": str(machine / "bin")},
        executable=machine / "bin" / "make",
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_python_make_says_so(bare_machine: Path) -> None:
    assert make_run(bare_machine).stderr.startswith("Python 3.11 or newer is missing (found: none): install it")
    assert not (bare_machine / ".venv").exists()
    assert not (bare_machine / ".venv.installing").exists()


def test_with_an_old_python_make_says_which(bare_machine: Path) -> None:
    install_python(bare_machine, "python3", 'case "$1" in -V) echo Python 3.9.2;; *) exit 1;; esac')
    assert make_run(bare_machine).stderr.startswith("Python 3.11 or newer is missing (found: Python 3.9.2): install")


def test_without_venv_make_says_what_to_install(bare_machine: Path) -> None:
    without_venv = 'case "$*" in -V) echo Python 3.12.1;; *ensurepip*) exit 1;; *) exit 0;; esac'
    install_python(bare_machine, "python3", without_venv)
    assert "The venv module of Python 3.12.1 is missing" in make_run(bare_machine).stderr


def test_a_newer_python_beside_an_old_one_is_found(bare_machine: Path) -> None:
    install_python(bare_machine, "python3", 'case "$1" in -V) echo Python 3.9.2;; *) exit 1;; esac')
    install_python(bare_machine, "python3.13", 'case "$1" in -m) echo "asked to run $*" >&2; exit 1;; *) exit 0;; esac')
    assert "asked to run -m venv --clear .venv" in make_run(bare_machine).stderr


def test_two_makes_at_once_do_not_install_into_each_other(bare_machine: Path) -> None:
    (bare_machine / ".venv.installing").mkdir()
    refused = make_run(bare_machine)
    assert "Another make is preparing .venv" in refused.stderr
    assert not (bare_machine / ".venv").exists()
    assert (bare_machine / ".venv.installing").is_dir()
