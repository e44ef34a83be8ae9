"""What a person waits for in a real browser: from the click until the page has been painted again."""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, sync_playwright

from tests.bench.data import ROOT

BUDGET_MS = 170
_CLICKS = 8
_PREVIOUS_MONTH = re.compile("^‹")
_DAY = re.compile(r"\d{4}, [\d\s]+commandes,")

#: Resolves when the script that an action caused has ended and the browser has painted twice.
_WATCH = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  window.painted = new Promise((resolve) => {
    const started = performance.now();
    let hasRun = false;
    const observer = new MutationObserver(() => {
      if (app.dataset.testScriptState !== "notRunning") { hasRun = true; return; }
      if (!hasRun) return;
      observer.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)));
    });
    observer.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
    setTimeout(() => resolve(Infinity), 20000);
  });
}"""


def report(title: str, database_url: str) -> None:
    """Print medians of clicks in the grid, the calendar and on an order, on one database; nothing without Chromium."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        print(f"\n{title}, in a browser: no Chromium found, not measured")  # noqa: T201  a command line's output
        return
    with _server(database_url) as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="fr-FR", timezone_id="Europe/Paris")
        page.goto(link)
        _settle(page)
        base = page.url.rstrip("/")
        print(f"\n{title}, in a browser: click until painted, median of {_CLICKS} in ms (budget {BUDGET_MS})")  # noqa: T201
        for name, milliseconds in _measurements(page, base):
            print(f"    {milliseconds:7.0f}  {name}")  # noqa: T201
        browser.close()


def _measurements(page: Page, base: str) -> Iterator[tuple[str, float]]:
    page.goto(f"{base}/commandes?statut=tous")
    yield "a page of the grid", _median(page, lambda turn: _page_button(page, str(2 + turn % 2)))
    tabs = ("En cours", "À préparer", "À expédier", "Toutes")
    yield "a tab of the grid", _median(page, lambda turn: page.get_by_role("radio", name=tabs[turn % 4]))
    page.goto(base)
    yield "a month of the calendar", _median(page, lambda _: page.get_by_role("button", name=_PREVIOUS_MONTH))
    yield "a day of the calendar", _median(page, lambda turn: page.get_by_role("button", name=_DAY).nth(turn))


def _page_button(page: Page, number: str) -> Locator:
    return page.get_by_test_id("stPagination").get_by_text(number, exact=True)


def _median(page: Page, target: Callable[[int], Locator]) -> float:
    _settle(page)
    times = []
    for turn in range(_CLICKS):
        button = target(turn)
        button.wait_for()
        page.evaluate(_WATCH)
        button.click()
        times.append(page.evaluate("window.painted"))
        page.wait_for_timeout(150)
    return statistics.median(times)


def _settle(page: Page) -> None:
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
    page.wait_for_timeout(1_500)


@contextmanager
def _server(database_url: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.browser.serve", "--database-url", database_url, "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            link = server.stdout.readline().strip()
            _wait_for(port)
            yield link
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"no server on port {port}")
