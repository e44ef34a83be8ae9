"""The support desk's way through a return: list → return → parcel received → what it held → an answer → back."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from db.domain.orders import OrderStatus, ReturnStatus
from db.engine import make_engine
from db.models import Order, OrderLine, OrderSearch, Return, ReturnLine
from tests.browser.conftest import RunningApp, settle


@pytest.fixture(scope="module")
def awaited(app: RunningApp) -> tuple[int, str]:
    """A return whose parcel is awaited, of an order that nobody else touches, and the order's number."""
    engine = make_engine(app.database_url)
    with engine.begin() as connection:
        # Of the newest order whose first article left: no other test of a return looks at it. Those that other tests
        # made for themselves have no search texts: the list would not find them.
        found = (
            sa.select(OrderLine.id, OrderLine.order_id, Order.number)
            .join(Order, Order.id == OrderLine.order_id)
            .where(
                Order.status.in_([OrderStatus.RECEIVED, OrderStatus.COMPLETED]),
                OrderLine.quantity_shipped > OrderLine.quantity_returned,
                Order.id.not_in(sa.select(Return.order_id)),
                Order.id.in_(sa.select(OrderSearch.order_id)),
            )
            .order_by(Order.id.desc())
            .limit(1)
        )
        line = connection.execute(found).one()
        insert = sa.insert(Return).values(
            order_id=line.order_id,
            status=ReturnStatus.AWAITING_PARCEL,
            explanation="Trop grand",
            taken_in_at=sa.func.now(),
        )
        return_id = connection.execute(insert.returning(Return.id)).scalar_one()
        connection.execute(sa.insert(ReturnLine).values(return_id=return_id, order_line_id=line.id, quantity=1))
    engine.dispose()
    return int(return_id), line.number


def test_a_parcel_is_received_checked_and_its_customer_answered(
    desktop: Page, app: RunningApp, awaited: tuple[int, str]
) -> None:
    return_id, number = awaited
    desktop.goto(f"{app.url}/retours?q={number}")
    expect(desktop.get_by_text("1 retour", exact=True)).to_be_visible()
    table = desktop.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    settle(desktop)
    box = table.bounding_box()
    assert box is not None
    desktop.mouse.click(box["x"] + 150, box["y"] + 35 + 17)
    expect(desktop.get_by_role("heading", name=f"Retour n° {return_id}")).to_be_visible()
    expect(desktop).to_have_url(re.compile(rf"/retour\?r={return_id}&depuis=q%3D"))
    expect(desktop.get_by_text("Trop grand")).to_be_visible()
    settle(desktop)

    desktop.get_by_role("button", name="Colis reçu").click()
    dialog = desktop.get_by_role("dialog")
    expect(dialog.get_by_text("E-mail « Retour : colis reçu »")).to_be_visible()
    settle(desktop)
    dialog.get_by_role("button", name="Colis reçu").click()
    expect(desktop.get_by_text("passé à « Colis reçu »")).to_be_visible()
    expect(dialog).to_have_count(0)
    settle(desktop)

    desktop.get_by_role("button", name="Vérifier le colis").click()
    expect(dialog.get_by_text("Ce que contient le colis")).to_be_visible()
    settle(desktop)
    dialog.get_by_role("button", name="Tout y est, comme neuf").click()
    expect(dialog.get_by_placeholder("Reçu").first).to_have_value("1")
    settle(desktop)
    dialog.get_by_role("button", name="Noter le constat").click()
    expect(desktop.get_by_role("button", name="Corriger le constat")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(desktop.get_by_role("table").get_by_text("Comme neuf")).to_be_visible()
    settle(desktop)

    desktop.get_by_placeholder("Écrivez au client").fill("Tout est bien arrivé, merci.")
    desktop.get_by_role("button", name="Envoyer au client").click()
    expect(desktop.locator(".order-bubble", has_text="Tout est bien arrivé, merci.")).to_be_visible()
    settle(desktop)
    desktop.locator(".st-key-order_way").get_by_role("link", name="Retours").click()
    expect(desktop.get_by_text("1 retour", exact=True)).to_be_visible()
    expect(desktop.get_by_label("N° de retour ou de commande, client, e-mail")).to_have_value(number)
    expect(desktop).to_have_url(re.compile(r"/retours\?q="))
