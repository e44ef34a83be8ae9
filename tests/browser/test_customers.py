"""Staff's way to a customer: search → account → an order of theirs → back; a note; and erasing an account."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from db.domain.orders import OrderStatus
from db.engine import make_engine
from db.models import Customer, Order
from tests.browser.conftest import RunningApp, settle

_ROW, _HEADER = 35, 35


@pytest.fixture(scope="module")
def finished(app: RunningApp) -> tuple[int, str]:
    """A customer with one order, long over: nothing else on the demo's screens is about them."""
    engine = make_engine(app.database_url)
    with engine.connect() as connection:
        found = connection.execute(
            sa.select(Customer.id, Customer.name)
            .join(Order, Order.customer_id == Customer.id)
            .group_by(Customer.id, Customer.name)
            .having(sa.func.count() == 1, sa.func.max(Order.status) == OrderStatus.COMPLETED.value)
            .order_by(sa.func.max(Order.placed_at))
            .limit(1)
        ).one()
    engine.dispose()
    return found.id, found.name


def test_a_search_leads_to_the_account_and_on_to_an_order_and_back(
    desktop: Page, app: RunningApp, finished: tuple[int, str]
) -> None:
    customer_id, name = finished
    desktop.goto(f"{app.url}/clients")
    search = desktop.get_by_role("searchbox", name="Rechercher un client")
    search.fill(name)
    search.press("Enter")
    expect(desktop).to_have_url(re.compile(r"/clients\?q="))
    table = desktop.get_by_test_id("stDataFrame")
    expect(desktop.get_by_test_id("glide-cell-1-0")).to_have_text(name)
    settle(desktop)
    box = table.bounding_box()
    assert box is not None
    desktop.mouse.click(box["x"] + 120, box["y"] + _HEADER + _ROW / 2)
    expect(desktop).to_have_url(re.compile(r"/client\?n=\d+$"))

    desktop.goto(f"{app.url}/client?n={customer_id}")
    expect(desktop.get_by_role("heading", name=name)).to_be_visible()
    settle(desktop)
    desktop.locator(".st-key-customer_orders a").first.click()
    expect(desktop).to_have_url(re.compile(r"/commande\?n="))
    expect(desktop.get_by_text("Conditions de vente")).to_be_visible()
    settle(desktop)
    desktop.get_by_role("link", name=name, exact=True).click()
    expect(desktop).to_have_url(re.compile(rf"/client\?n={customer_id}$"))
    expect(desktop.get_by_role("heading", name=name)).to_be_visible()


def test_a_note_is_written_down_and_the_account_then_erased_but_for_its_sale(
    desktop: Page, app: RunningApp, finished: tuple[int, str]
) -> None:
    customer_id, name = finished
    desktop.goto(f"{app.url}/client?n={customer_id}")
    expect(desktop.get_by_role("heading", name=name)).to_be_visible()
    settle(desktop)
    notes = desktop.locator(".st-key-customer_notes")
    notes.get_by_role("textbox").fill("Préfère le téléphone")
    notes.get_by_role("button", name="Ajouter la note").click()
    expect(notes.get_by_role("paragraph").filter(has_text="Préfère le téléphone")).to_be_visible()
    expect(desktop.get_by_text("Note ajoutée.")).to_be_visible()
    settle(desktop)

    desktop.get_by_role("button", name="Effacer les données").click()
    dialog = desktop.get_by_role("dialog")
    expect(dialog).to_contain_text("L123-22")
    expect(dialog).to_contain_text("1\u00a0note interne")
    settle(desktop)
    erase = dialog.get_by_role("button", name="Effacer définitivement")
    expect(erase).to_be_disabled()
    dialog.get_by_text("J’ai vérifié").click()
    expect(erase).to_be_enabled()
    settle(desktop)
    erase.click()
    expect(desktop.get_by_role("heading", name="Client effacé")).to_be_visible()
    expect(desktop.locator(".st-key-customer_privacy")).to_contain_text("Effacement des données")
    expect(desktop.get_by_text("Préfère le téléphone")).to_have_count(0)
    expect(desktop.locator(".st-key-customer_orders a")).to_have_count(1)
