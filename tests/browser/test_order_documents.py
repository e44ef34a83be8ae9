"""An invoice and a part of it given back, as finance does it: said, issued, made, downloaded, credited."""

import datetime as dt
import secrets
from threading import Event

from playwright.sync_api import Page, expect

from db.domain.orders import OrderStatus
from db.engine import make_engine
from db.storage import storage_at
from jobs.documents.make import make_documents
from jobs.run import Run
from tests.browser.conftest import RunningApp, settle
from tests.browser.test_order_actions import dialog_of, open_order
from tests.browser.test_parcels import writing
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_issuer

_LONG_AGO = dt.datetime(2024, 5, 20, 9, tzinfo=dt.UTC)


def make_what_is_issued(app: RunningApp) -> None:
    """What the worker does meanwhile."""
    engine = make_engine(app.database_url)
    make_documents(Run(engine, "test", Event()), place=storage_at(app.files_url))
    engine.dispose()


def test_an_invoice_is_generated_made_downloaded_and_credited_in_part(desktop: Page, app: RunningApp) -> None:
    with writing(app) as session:
        seller = create_issuer(session, "Salon de thé", code=f"SALON{secrets.token_hex(2).upper()}")
        number = tea_order(session, seller, status=OrderStatus.PAID, placed_at=_LONG_AGO).number
    open_order(desktop, app, number)
    documents = desktop.locator(".st-key-order_documents")

    documents.get_by_role("button", name="Générer la facture").click()
    dialog = dialog_of(desktop, "Générer la facture de cette commande ?")
    expect(dialog.get_by_text("Elle prendra le prochain numéro de la série")).to_be_visible()
    dialog.get_by_role("button", name="Générer la facture").click()
    expect(dialog).to_have_count(0)
    expect(documents.get_by_text("en préparation")).to_be_visible()

    make_what_is_issued(app)

    # The page finds out by itself.
    expect(documents.get_by_role("link", name="Télécharger")).to_be_visible()
    expect(documents.get_by_text("en préparation")).to_have_count(0)
    settle(desktop)
    with desktop.expect_download() as download:
        documents.get_by_role("link", name="Télécharger").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    assert "SALON" in download.value.suggested_filename

    documents.get_by_role("button", name="Établir un avoir").click()
    dialog = dialog_of(desktop, "Établir un avoir sur la facture")
    # A press on its label: on a slow machine the group is drawn once more under the mouse.
    dialog.get_by_text("Des articles", exact=True).click()
    quantity = dialog.get_by_label("Thé vert bio : quantité à porter en avoir")
    expect(quantity).to_be_visible()
    settle(desktop)
    quantity.fill("1")
    quantity.press("Enter")
    # Half of 25,00 €.
    act = dialog.get_by_role("button", name="Établir un avoir de 12,50 €")
    expect(act).to_be_visible()
    expect(dialog.get_by_text("il restera 48,81 € facturés")).to_be_visible()
    settle(desktop)
    dialog.get_by_label("Motif").click()
    desktop.get_by_role("option", name="Geste commercial").click()
    expect(desktop.get_by_role("option")).to_have_count(0)
    settle(desktop)
    act.click()
    expect(dialog).to_have_count(0)

    expect(documents.get_by_text("−12,50 €")).to_be_visible()
    expect(desktop.get_by_text("Avoir établi")).to_be_visible()
