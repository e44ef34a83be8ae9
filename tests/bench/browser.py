"""What a person waits for in a real browser: from the click until the page has been painted again."""

import os
import shutil
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from tests.bench.data import ROOT

BUDGET_MS = 170
_CLICKS = 8
_FILTERS = ("statut=tous", "statut=completed", "statut=tous&paiement=card", "statut=tous&livraison=home")

#: Run an action, wait until the script it caused has ended, then until the browser has painted twice.
_UNTIL_PAINTED = """async (selector) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const started = performance.now();
  const ended = new Promise((resolve) => {
    let hasRun = false;
    const observer = new MutationObserver(() => {
      const state = app.dataset.testScriptState;
      if (state !== "notRunning") hasRun = true;
      else if (hasRun) { observer.disconnect(); resolve(); }
    });
    observer.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
  });
  document.querySelector(selector).click();
  await ended;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return performance.now() - started;
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
    yield "next page of the grid", _median(page, '[data-testid="stPagination"] button:last-of-type')
    for query in _FILTERS:
        page.goto(f"{base}/commandes?{query}")
        yield f"a tab of the grid, from {query}", _median(page, ".st-key-grid_views button:not([aria-checked=true])")
    page.goto(base)
    yield "previous month of the calendar", _median(page, ".st-key-month_before button, .stButton button")


def _median(page: Page, selector: str) -> float:
    _settle(page)
    times = []
    for _ in range(_CLICKS):
        times.append(page.evaluate(_UNTIL_PAINTED, selector))
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
        assert server.stdout is not None
        link = server.stdout.readline().strip()
        _wait_for(port)
        try:
            yield link
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise TimeoutError(f"no server on port {port}")
