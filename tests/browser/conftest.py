"""A real Chromium against the real server on demo data. Skipped where no Chromium is installed."""

import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from db.demo import generate
from db.engine import make_engine
from db.schema import upgrade

ROOT = Path(__file__).resolve().parents[2]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ORDERS = 1_500

expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # One worker runs them all: they share one server, and two cores carry no two browsers.
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            # A click can meet a page that a busy machine is still drawing: one more try, which the report names.
            item.add_marker(pytest.mark.flaky(reruns=1))


@dataclass(frozen=True, slots=True)
class RunningApp:
    """The address of a server on demo data, and a one-time link that signs in as its administrator."""

    url: str
    sign_in_link: str
    database_url: str
    files_url: str = ""


@contextmanager
def running_app(database_url: str, files_url: str = "") -> Iterator[RunningApp]:
    """Start the real server on a database, brought to our schema if need be; it has answered once when this yields."""
    places = {"DATABASE_URL": database_url} | ({"FILES_URL": files_url} if files_url else {})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "tests.browser.serve", "--database-url", database_url, "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          env=os.environ | places) as server:  # fmt: skip
        assert server.stdout is not None
        link = server.stdout.readline().strip()
        while not _answers(f"{url}/healthz"):  # The link is printed just before the server listens.
            assert server.poll() is None, "the server did not start"
            time.sleep(0.05)
        yield RunningApp(url, link, database_url, files_url)
        server.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    folder = tmp_path_factory.mktemp("browser")
    database_url = f"sqlite:///{folder}/demo.db"
    engine = make_engine(database_url)
    upgrade(engine)
    generate(engine, now=dt.datetime.now(dt.UTC), orders=_ORDERS, seed=7)
    engine.dispose()
    with running_app(database_url, f"file://{folder}/files") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if executable is None:
        pytest.skip("no Chromium found: install Debian's « chromium », or name one in CHROMIUM")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        opened = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def signed_in_state(app: RunningApp, browser: Browser) -> dict[str, object]:
    """The cookies of an administrator's browser; the one-time link is used once for all the tests."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(app.sign_in_link)
    expect(page.get_by_role("link", name="Commandes")).to_be_visible()
    state = dict(context.storage_state())
    context.close()
    return state


def new_page(browser: Browser, state: dict[str, object], size: dict[str, int]) -> Page:
    context = browser.new_context(
        viewport=size,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        storage_state=state,  # type: ignore[arg-type]
    )
    return context.new_page()


def settle(page: Page) -> None:
    """Wait until the script has drawn the page; after an expectation that only the new page meets, never before."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


@pytest.fixture
def desktop(browser: Browser, signed_in_state: dict[str, object]) -> Iterator[Page]:
    page = new_page(browser, signed_in_state, DESKTOP)
    yield page
    page.context.close()


@pytest.fixture
def phone(browser: Browser, signed_in_state: dict[str, object]) -> Iterator[Page]:
    page = new_page(browser, signed_in_state, PHONE)
    yield page
    page.context.close()
