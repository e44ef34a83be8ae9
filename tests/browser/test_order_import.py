"""A file of orders on its way in: dropped, looked at, imported, reported."""

import re

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from db.engine import make_engine
from db.imports.orders.template import template_csv
from tests.browser.conftest import RunningApp, settle


def seller_code(app: RunningApp) -> str:
    engine = make_engine(app.database_url)
    with engine.connect() as connection:
        code = connection.execute(sa.text("SELECT code FROM sellers WHERE is_active ORDER BY id LIMIT 1")).scalar_one()
    engine.dispose()
    return str(code)


def drop(page: Page, content: bytes) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "commandes.csv", "mimeType": "text/csv", "buffer": content}
    )


def test_a_file_is_previewed_imported_and_reported_and_once_only(app: RunningApp, desktop: Page) -> None:
    content = template_csv().decode("utf-8-sig").replace("CODE-VENDEUR", seller_code(app)).encode()
    desktop.goto(f"{app.url}/commandes")
    desktop.get_by_role("button", name="Importer").click()
    desktop.get_by_role("link", name="Importer des commandes").click()
    expect(desktop.get_by_role("button", name="Télécharger le modèle XLSX")).to_be_visible()
    settle(desktop)
    drop(desktop, content)
    importing = desktop.get_by_role("button", name=re.compile("Importer 2.commandes"))
    expect(importing).to_be_visible()
    settle(desktop)
    importing.click()
    expect(desktop.get_by_text(re.compile("2.commandes créées"))).to_be_visible()
    expect(desktop.get_by_role("heading", name="Import · commandes.csv")).to_be_visible()
    settle(desktop)

    desktop.goto(f"{app.url}/import-commandes")
    expect(desktop.get_by_role("button", name="Télécharger le modèle XLSX")).to_be_visible()
    settle(desktop)
    drop(desktop, content)
    expect(desktop.get_by_text("Toutes les commandes de ce fichier sont déjà là")).to_be_visible()
    expect(importing).to_have_count(0)
