"""The order page as a person uses it: everything in sight, neighbours, links to other orders."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from db.engine import make_engine
from db.models import Order, OrderLine
from tests.browser.conftest import DESKTOP, RunningApp


def order_with_a_sibling(app: RunningApp) -> tuple[str, str]:
    """The numbers of two orders of one basket, the first with at most three articles."""
    engine = make_engine(app.database_url)
    with engine.connect() as connection:
        baskets = sa.select(Order.basket_id).group_by(Order.basket_id).having(sa.func.count() == 2)
        few = sa.select(OrderLine.order_id).group_by(OrderLine.order_id).having(sa.func.count() <= 3)
        first = connection.execute(
            sa.select(Order.number, Order.basket_id).where(Order.basket_id.in_(baskets), Order.id.in_(few)).limit(1)
        ).one()
        sibling = connection.scalar(
            sa.select(Order.number).where(Order.basket_id == first.basket_id, Order.number != first.number)
        )
    engine.dispose()
    return first.number, str(sibling)


def test_what_matters_is_in_sight_without_scrolling(desktop: Page, app: RunningApp) -> None:
    number, _ = order_with_a_sibling(app)
    desktop.goto(f"{app.url}/commande?n={number}")
    expect(desktop.get_by_role("heading", name=f"Commande {number}")).to_be_visible()
    for part in ("Total TTC", "Taux de TVA", "Client", "Adresses", "Livraison", "Paiement"):
        place = desktop.get_by_text(part, exact=True).last.bounding_box()
        assert place is not None
        assert place["y"] + place["height"] <= DESKTOP["height"], part


def test_the_other_order_of_the_basket_opens_without_loading_the_application_again(
    desktop: Page, app: RunningApp
) -> None:
    number, sibling = order_with_a_sibling(app)
    desktop.goto(f"{app.url}/commande?n={number}")
    desktop.evaluate("window.isTheSamePage = true")
    desktop.get_by_role("link", name=sibling).click()
    expect(desktop.get_by_role("heading", name=f"Commande {sibling}")).to_be_visible()
    assert desktop.evaluate("window.isTheSamePage")
    desktop.go_back()
    expect(desktop.get_by_role("heading", name=f"Commande {number}")).to_be_visible()


def press_when_whole(page: Page, key: str | None) -> None:
    """Press a key once the page is whole: a button's shortcut is heard only after the button has been drawn again."""
    expect(page.get_by_text("Historique")).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.wait_for_timeout(300)
    if key:
        page.keyboard.press(key)


def test_keys_walk_through_the_list_the_order_was_opened_from(desktop: Page, app: RunningApp) -> None:
    number, _ = order_with_a_sibling(app)
    desktop.goto(f"{app.url}/commande?n={number}&liste=statut%3Dtous%26tri%3Ddate")
    position = desktop.locator(".st-key-order_neighbours").get_by_text(re.compile(r"^[\d\s]+/[\d\s]+$"))
    press_when_whole(desktop, None)
    before = position.inner_text()
    press_when_whole(desktop, "n")
    expect(position).not_to_have_text(before)
    expect(desktop).not_to_have_url(re.compile(re.escape(number)))
    press_when_whole(desktop, "p")
    expect(position).to_have_text(before)
    expect(desktop).to_have_url(re.compile(re.escape(number)))


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_sticks_out_of_the_screen(phone: Page, app: RunningApp, width: int) -> None:
    number, _ = order_with_a_sibling(app)
    phone.set_viewport_size({"width": width, "height": 844})
    phone.goto(f"{app.url}/commande?n={number}")
    expect(phone.get_by_text("Historique")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= width
