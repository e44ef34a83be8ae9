"""The accountant's way through Finances › Factures: filter → totals → a document → its order → back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RunningApp, settle


@pytest.fixture
def invoices(desktop: Page, app: RunningApp) -> Page:
    desktop.goto(f"{app.url}/factures?periode=tout")
    expect(desktop.locator(".st-key-documents_totals table")).to_be_visible()
    settle(desktop)
    return desktop


def first_cell(page: Page, column: int) -> str:
    """Return a cell of the first line, from the table that the canvas holds for screen readers."""
    return page.get_by_test_id(f"glide-cell-{column}-0").text_content() or ""


def test_filters_totals_a_document_and_its_order_and_back(invoices: Page) -> None:
    totals = invoices.locator(".st-key-documents_totals")
    everything = totals.inner_text()
    invoices.get_by_role("radio", name="Avoirs").click()
    expect(invoices).to_have_url(re.compile(r"type=avoirs&periode=tout$"))
    expect(totals).not_to_have_text(everything)
    expect(totals).to_contain_text("−")  # What is given back is below zero.
    settle(invoices)
    filtered = totals.inner_text()

    table = invoices.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    box = table.bounding_box()
    assert box is not None
    number = first_cell(invoices, 1)
    invoices.mouse.click(box["x"] + 100, box["y"] + 35 + 17)
    document = invoices.locator(".st-key-document_detail")
    expect(document.get_by_role("heading", name=f"Avoir {number}")).to_be_visible()
    expect(document).to_contain_text("Facture d’origine")
    expect(invoices).to_have_url(re.compile(r"document=\d+$"))
    settle(invoices)

    document.get_by_role("link", name="Voir la commande").click()
    expect(invoices).to_have_url(re.compile(r"/commande\?n="))
    expect(document).to_have_count(0)
    settle(invoices)
    invoices.go_back()
    expect(invoices).to_have_url(re.compile(r"/factures\?type=avoirs&periode=tout&document=\d+$"))
    expect(document.get_by_role("heading", name=f"Avoir {number}")).to_be_visible()
    settle(invoices)
    document.get_by_role("button", name="Fermer").click()
    expect(document).to_have_count(0)
    expect(totals).to_have_text(re.compile(re.escape(filtered.split()[0])))
    expect(invoices).to_have_url(re.compile(r"type=avoirs&periode=tout$"))
