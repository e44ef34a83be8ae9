"""Parcels as a person sends them: a part of an order now and the rest later; goods handed over against their code."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.moves import Move
from db.domain.orders import DeliveryMode, OrderStatus
from db.domain.time import utc_now
from db.engine import make_engine
from db.models import Order
from db.services.moves import move_order
from tests.browser.conftest import RunningApp, settle
from tests.browser.test_order_actions import dialog_of, open_order
from tests.factories import create_line, create_order


@contextmanager
def writing(app: RunningApp) -> Iterator[Session]:
    """The server's own database, in one short transaction: it is locked meanwhile."""
    engine = make_engine(app.database_url)
    with Session(engine) as session, session.begin():
        yield session
    engine.dispose()


def next_step(page: Page) -> Locator:
    return page.locator(".st-key-order_next button")


def ship(page: Page, number: str, units: str, verb: str, *, rest: bool = False) -> None:
    """Ship so many of the one article, with the keyboard: number, then quantity, then the button."""
    question = "Expédier le reste de cette commande ?" if rest else "Expédier cette commande ?"
    next_step(page).click()
    dialog = dialog_of(page, question)
    tracking = dialog.get_by_label("Numéro de suivi")
    expect(tracking).to_be_focused()
    tracking.fill(number)
    tracking.press("Enter")
    expect(dialog.get_by_role("link", name="Suivre ce colis")).to_have_attribute(
        "href", f"https://trace.dpd.fr/fr/trace/{number}"
    )
    settle(page)
    quantity = dialog.get_by_label("Thé vert bio : quantité à expédier")
    quantity.fill(units)
    quantity.press("Enter")
    button = dialog.get_by_role("button", name=verb)
    expect(button).to_be_visible()
    settle(page)
    button.click()
    expect(dialog).to_have_count(0)


def test_two_of_three_leave_now_and_the_third_in_a_parcel_of_its_own(desktop: Page, app: RunningApp) -> None:
    columns = {"status": OrderStatus.PREPARING, "carrier": "DPD", "placed_at": utc_now(), "total_cents": 30_00}
    with writing(app) as session:
        line = create_line("Thé vert bio", 30_00, quantity=3)
        number = create_order(session, lines=[line], **columns).number
    open_order(desktop, app, number)
    header, parcels = desktop.locator(".st-key-order_header"), desktop.locator(".st-key-order_parcels")

    ship(desktop, "01234567890123", "2", "Expédier 2 articles")
    expect(header.get_by_text("Expédiée en partie")).to_be_visible()
    expect(parcels.get_by_text("2 × Thé vert bio")).to_be_visible()
    expect(parcels.get_by_role("link", name="01234567890123")).to_be_visible()
    settle(desktop)

    ship(desktop, "01234567890124", "1", "Expédier 1 article", rest=True)
    expect(header.get_by_text("Livraison/retrait en cours")).to_be_visible()
    expect(parcels.get_by_text("Colis 2")).to_be_visible()
    expect(parcels.get_by_text("1 × Thé vert bio")).to_be_visible()
    expect(desktop.get_by_text("3 expédiés")).to_be_visible()


def test_goods_are_handed_over_against_the_code_of_the_email(desktop: Page, app: RunningApp) -> None:
    mode = {"delivery_mode": DeliveryMode.CLICK_AND_COLLECT, "pickup_address": "26 rue des Artisans"}
    with writing(app) as session:
        order = create_order(session, status=OrderStatus.PREPARING, placed_at=utc_now(), **mode)
        move_order(session, SYSTEM, order.id, Move(OrderStatus.READY, notifies=False), utc_now())
        number, code = order.number, session.scalars(sa.select(Order.pickup_code).where(Order.id == order.id)).one()
    open_order(desktop, app, number)

    next_step(desktop).click()
    dialog = dialog_of(desktop, "Remettre cette commande au client ?")
    typed = dialog.get_by_label("Code de retrait")
    typed.fill(f"{(int(code) + 1) % 10**6:06d}")
    typed.press("Enter")
    settle(desktop)
    dialog.get_by_role("button", name="Remettre au client").click()
    expect(dialog.get_by_text("Ce n’est pas le code de retrait de cette commande.")).to_be_visible()
    settle(desktop)

    typed.fill(code)
    typed.press("Enter")
    expect(dialog.get_by_text("Ce n’est pas le code de retrait de cette commande.")).to_have_count(0)
    settle(desktop)
    dialog.get_by_role("button", name="Remettre au client").click()
    expect(desktop.locator(".st-key-order_header").get_by_text("Reçue")).to_be_visible()
    expect(desktop.get_by_text("avec son code de retrait")).to_be_visible()
    expect(desktop.locator(".st-key-order_parcels").get_by_text("Remise en main propre")).to_be_visible()
