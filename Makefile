# Everything a person types. `make run` and `make test` need Python 3.11 or newer, git and make; nothing else.

VENV := .venv
BIN := $(VENV)/bin
# What was installed is remembered in the environment itself: it is done again only when the pins change.
RUN_READY := $(VENV)/.installed
TEST_READY := $(VENV)/.installed-for-tests
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --no-compile --require-hashes -r
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test lint bench lock clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: $(RUN_READY) ## start the dashboard (demo data on first start); PORT=8600 make run for another port
	@exec $(BIN)/python -m dashboard

test: $(TEST_READY) ## run every test, on SQLite and PostgreSQL; make test ARGS="-k calendar" for some
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

lint: $(TEST_READY) ## check style (ruff) and types (mypy)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: run $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy

bench: $(TEST_READY) ## measure the performance budget on 10,000 to 1,000,000 orders
	@$(BIN)/python -m tests.bench $(ARGS)

lock: ## pin what pyproject.toml declares, with hashes (needs uv)
	@command -v uv >/dev/null || { echo "uv is missing: https://docs.astral.sh/uv/"; exit 1; }
	uv pip compile -q pyproject.toml --python-version 3.11 --universal --generate-hashes -o requirements.txt
	uv pip compile -q --group test -c requirements.txt --python-version 3.11 --universal --generate-hashes -o requirements-test.txt

clean: ## remove the environment and caches; data/ stays
	rm -rf $(VENV) $(TURN) .pytest_cache .mypy_cache .ruff_cache .hypothesis

# --- The environment -------------------------------------------------------------------------------------------------

MIN_PYTHON := (3, 11)
# The first Python of this machine that is new enough and can make environments.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < $(MIN_PYTHON))' 2>/dev/null \
	&& echo $$python && break; done)
# Why there is none, in one sentence for whoever has to install it.
WHY_NO_PYTHON = $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < $(MIN_PYTHON))' 2>/dev/null \
	&& echo "The venv module of $$($$python -V) is missing: install it (Debian, Ubuntu: apt install python3-venv) and run make again." \
	&& exit; done; \
	echo "Python 3.11 or newer is missing (found: $$(python3 -V 2>/dev/null || echo none)): install it (https://www.python.org/downloads/) and run make again.")

# Two makes at once would install into each other's environment: the second one says so and stops.
TURN := $(VENV).installing
TAKE_TURN = mkdir $(TURN) 2>/dev/null || { echo "Another make is preparing $(VENV): run make again when it is done (if none is, remove $(TURN))." >&2; exit 1; }; \
	trap 'rmdir $(TURN)' EXIT; trap 'exit 130' INT TERM; set -e

$(RUN_READY): requirements.txt
	@$(TAKE_TURN); \
	if ! test -x $(BIN)/python; then \
		test -n "$(PYTHON)" || { echo "$(WHY_NO_PYTHON)" >&2; exit 1; }; \
		$(PYTHON) -m venv --clear $(VENV); \
	fi; \
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; \
	echo "Installing what the dashboard needs (a minute or two, once)…"; \
	$(INSTALL) requirements.txt; \
	touch $@

$(TEST_READY): requirements-test.txt $(RUN_READY)
	@$(TAKE_TURN); \
	echo "Installing what the tests need…"; \
	$(INSTALL) requirements-test.txt; \
	touch $@
