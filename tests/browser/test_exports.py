"""A list that leaves the house as a person takes it: filtered, counted, asked for, made, downloaded."""

import csv
import io
import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import RunningApp, settle
from tests.browser.test_bulk import open_list
from tests.browser.test_printing import a_seller_with_invoices, work


def test_the_orders_of_a_list_are_downloaded_with_a_head_and_as_many_rows_as_it_said(
    desktop: Page, app: RunningApp
) -> None:
    open_list(desktop, app, a_seller_with_invoices(app))
    desktop.locator(".st-key-export_list").get_by_role("button").click()
    dialog = desktop.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile(r"3\slignes"))
    settle(desktop)
    dialog.get_by_text("CSV (point-virgule)", exact=True).click()
    expect(dialog).to_contain_text("Excel l’ouvre tel quel")
    settle(desktop)
    dialog.get_by_role("button", name="Préparer le fichier").click()

    bar = desktop.locator(".st-key-file_bar")
    expect(bar).to_contain_text("en attente du travail de fond")
    expect(dialog).to_have_count(0)
    work(app)
    expect(bar).to_contain_text("fichier prêt")
    link = bar.get_by_role("link").first.get_attribute("href")
    assert link is not None
    content = desktop.request.get(f"{app.url}{link}").body().decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(content, newline=""), delimiter=";")
    assert head[:3] == ["Commande", "Passée le", "Statut"]
    assert [len(row) for row in rows] == [len(head)] * 3
    assert {row[head.index("Client")] for row in rows} == {"Léa Facturée"}
