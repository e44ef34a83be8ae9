"""The stockroom's way through Vendre › Stock: find a product → correct its stock → see the movement → its order."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RunningApp, settle


@pytest.fixture
def stock(desktop: Page, app: RunningApp) -> Page:
    desktop.goto(f"{app.url}/stock")
    expect(desktop.get_by_role("heading", name="Stock")).to_be_visible()
    expect(desktop.get_by_test_id("stDataFrame")).to_be_visible()
    settle(desktop)
    return desktop


def test_a_product_is_found_and_what_came_in_is_added(stock: Page) -> None:
    stock.get_by_role("radio", name="Produits comptés").click()
    expect(stock).to_have_url(re.compile(r"liste=comptes$"))
    settle(stock)
    table = stock.get_by_test_id("stDataFrame")
    box = table.bounding_box()
    assert box is not None
    stock.mouse.click(box["x"] + 300, box["y"] + 36 + 17)  # The name in the first line.
    detail = stock.locator(".st-key-stock_detail")
    expect(detail.get_by_text("Mouvements")).to_be_visible()
    expect(stock).to_have_url(re.compile(r"produit=\d+$"))
    settle(stock)
    before = int(re.sub(r"\D", "", detail.locator("strong").first.inner_text()))

    detail.get_by_role("button", name="Corriger le stock").click()
    dialog = stock.get_by_role("dialog")
    dialog.get_by_role("radio", name="Reçu").click()
    units = dialog.get_by_label("Unités reçues")
    expect(units).to_be_visible()
    settle(stock)
    units.fill("24")
    units.press("Tab")
    expect(dialog).to_contain_text(f"Le stock passe de {before} à {before + 24}")
    settle(stock)
    dialog.get_by_role("button", name=f"Mettre le stock à {before + 24}").click()
    expect(dialog).to_have_count(0)
    expect(detail.locator("strong").first).to_have_text(str(before + 24))
    newest = detail.get_by_test_id("stDataFrame")
    expect(newest.get_by_test_id("glide-cell-1-0")).to_have_text("Correction")
    expect(newest.get_by_test_id("glide-cell-2-0")).to_have_text("+24")
    settle(stock)

    detail.get_by_role("button", name="Fermer").click()
    expect(detail).to_have_count(0)
    expect(stock).to_have_url(re.compile(r"liste=comptes$"))
