"""The search box as a person uses it: by keyboard, from any page, straight to what is looked for."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from db.engine import make_engine
from db.models import Customer, Order
from tests.browser.conftest import RunningApp


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Rechercher partout")


@pytest.fixture(scope="module")
def newest_order(app: RunningApp) -> sa.Row[str, int]:
    """The number of the newest order, and its customer's id."""
    engine = make_engine(app.database_url)
    with engine.connect() as connection:
        newest = sa.select(Order.number, Order.customer_id).order_by(Order.id.desc()).limit(1)
        found = connection.execute(newest).one()
    engine.dispose()
    return found


def test_a_whole_number_and_enter_open_the_order_without_waiting_for_the_list(
    desktop: Page, app: RunningApp, newest_order: sa.Row[str, int]
) -> None:
    desktop.goto(f"{app.url}/commandes")
    expect(box(desktop)).to_be_visible()
    desktop.keyboard.press("/")
    expect(box(desktop)).to_be_focused()
    desktop.keyboard.type(newest_order.number.upper())
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", name=f"Commande {newest_order.number}")).to_be_visible()
    expect(box(desktop)).to_have_value("")
    desktop.go_back()
    expect(desktop.get_by_role("heading", name="Commandes", exact=True)).to_be_visible()


def test_arrows_choose_among_the_hits_and_escape_closes_them(desktop: Page, app: RunningApp) -> None:
    desktop.goto(app.url)
    box(desktop).fill("mar")
    hits = desktop.get_by_role("option")
    expect(hits.first).to_be_visible()
    desktop.keyboard.press("ArrowUp")
    expect(hits.last).to_have_attribute("aria-selected", "true")
    desktop.keyboard.press("ArrowDown")
    expect(hits.first).to_have_attribute("aria-selected", "true")
    desktop.keyboard.press("Escape")
    expect(hits.first).to_be_hidden()
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.press("Enter")
    expect(desktop).to_have_url(re.compile(r"/commande\?n="))


def test_a_customer_leads_to_their_page(desktop: Page, app: RunningApp, newest_order: sa.Row[str, int]) -> None:
    engine = make_engine(app.database_url)
    with engine.connect() as connection:
        email = connection.scalar(sa.select(Customer.email).where(Customer.id == newest_order.customer_id))
    engine.dispose()
    desktop.goto(app.url)
    box(desktop).fill(str(email))
    desktop.get_by_role("group", name="Clients").get_by_role("option").first.click()
    expect(desktop).to_have_url(re.compile(rf"/client\?n={newest_order.customer_id}$"))


def test_nothing_found_says_so_and_keeps_what_was_typed(phone: Page, app: RunningApp) -> None:
    phone.goto(f"{app.url}/commandes")
    box(phone).fill("introuvable *gras* <b>")
    expect(phone.get_by_text("Rien ne correspond.")).to_be_visible()
    expect(box(phone)).to_have_value("introuvable *gras* <b>")
