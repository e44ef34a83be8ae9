"""Ventes as a manager uses it: filter, look at a bar, open its orders, come back, read the table, take it along."""

import re

from playwright.sync_api import Locator, Page, expect

from db.domain.months import add_months, last_day, month_of
from db.domain.time import local_day, utc_now
from tests.browser.conftest import RunningApp, settle

THIS_MONTH = month_of(local_day(utc_now()))
#: Whole months, full of demo orders.
FIRST, LAST = add_months(THIS_MONTH, -4), last_day(add_months(THIS_MONTH, -1))
DAYS = f"du={FIRST.isoformat()}&au={LAST.isoformat()}&pas=mois"


def open_sales(page: Page, app: RunningApp, query: str = DAYS) -> None:
    page.goto(f"{app.url}/ventes?{query}")
    expect(page.get_by_role("heading", name="Ventes", exact=True)).to_be_visible()
    expect(bars(page, "commandes").first).to_be_visible()
    settle(page)


def bars(page: Page, chart: str) -> Locator:
    return page.locator(f".st-key-chart_{chart} .js-plotly-plot .bars .point")


def said_of(page: Page, chart: str, bar: Locator) -> str:
    """Point at a bar and return what the chart says of it."""
    bar.scroll_into_view_if_needed()
    bar.hover(force=True)  # Plotly's own layer lies over its bars.
    lines = page.locator(f".st-key-chart_{chart} .hoverlayer .hovertext tspan.line")
    expect(lines.first).to_be_visible()
    return "\n".join(lines.all_text_contents())


def test_a_bar_opens_as_many_orders_as_it_says_and_back_returns_to_it(desktop: Page, app: RunningApp) -> None:
    open_sales(desktop, app)
    desktop.get_by_role("button", name="Livraison").click()
    desktop.get_by_role("dialog").or_(desktop.get_by_test_id("stPopoverBody")).get_by_text("À domicile").click()
    expect(desktop).to_have_url(re.compile("livraison=home"))
    settle(desktop)
    desktop.keyboard.press("Escape")
    bar = bars(desktop, "commandes").nth(2)
    found = re.search(r"(\d+)\s+commandes?", said_of(desktop, "commandes", bar))
    assert found
    bar.click(force=True)
    expect(desktop).to_have_url(re.compile(r"/commandes\?.*livraison=home"))
    expect(desktop.get_by_text(re.compile(rf"^{found[1]}\W+commandes? ·")).first).to_be_visible()
    settle(desktop)
    desktop.go_back()
    expect(desktop).to_have_url(re.compile(rf"/ventes\?.*{DAYS[:13]}"))
    expect(bars(desktop, "commandes").first).to_be_visible()


def test_a_chart_is_a_table_in_the_url_and_a_file(desktop: Page, app: RunningApp) -> None:
    open_sales(desktop, app)
    revenue = desktop.locator(".st-key-chart_chiffre-affaires")
    revenue.get_by_role("button", name="Tableau").click()
    expect(revenue.get_by_role("button", name="Graphique")).to_be_visible()
    expect(desktop).to_have_url(re.compile("tableaux=chiffre-affaires"))
    settle(desktop)
    with desktop.expect_download() as download:
        revenue.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert download.value.suggested_filename == "chiffre-affaires.csv"
    assert lines[0].startswith("Période;Du;Au;Chiffre d’affaires (EUR);")
    assert len(lines) == 1 + 4
    desktop.reload()
    expect(revenue.get_by_role("button", name="Graphique")).to_be_visible()


def test_a_tab_is_in_the_url_and_its_bars_lead_on(desktop: Page, app: RunningApp) -> None:
    open_sales(desktop, app)
    desktop.get_by_role("tab", name="Répartition").click()
    expect(bars(desktop, "produits").first).to_be_visible()
    expect(desktop).to_have_url(re.compile("onglet=repartition"))
    settle(desktop)
    bar = bars(desktop, "produits").first
    found = re.search(r"(\d+)\s+commandes?", said_of(desktop, "produits", bar))
    assert found
    bar.click(force=True)
    expect(desktop).to_have_url(re.compile(r"/commandes\?"))
    expect(desktop.get_by_text(re.compile(rf"^{found[1]}\W+commandes? ·")).first).to_be_visible()


def test_the_charts_fit_a_phone(phone: Page, app: RunningApp) -> None:
    open_sales(phone, app)
    chart = phone.locator(".st-key-chart_commandes .js-plotly-plot").bounding_box()
    assert chart
    assert chart["x"] >= 0
    assert chart["x"] + chart["width"] <= 390
