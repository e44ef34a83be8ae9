"""Acting on one order as a person does: the next step and back again, a payment, a cancellation."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from db.domain.orders import OrderStatus, PaymentState
from db.engine import make_engine
from db.models import Order
from tests.browser.conftest import RunningApp, settle


@pytest.fixture
def orders(app: RunningApp) -> Iterator[sa.Connection]:
    engine = make_engine(app.database_url)
    with engine.connect().execution_options(readonly=True) as connection:
        yield connection
    engine.dispose()


def an_order(orders: sa.Connection, status: OrderStatus, payment: PaymentState) -> str:
    """The number of an order that nobody else works on: one in the middle of the demo's."""
    found = orders.scalar(
        sa.select(Order.number)
        .where(Order.status == status, Order.payment_state == payment, Order.customer_email != "")
        .order_by(Order.id)
        .limit(1)
    )
    assert found is not None
    return found


def open_order(page: Page, app: RunningApp, number: str) -> None:
    page.goto(f"{app.url}/commande?n={number}")
    expect(page.get_by_role("heading", name=f"Commande {number}")).to_be_visible()
    expect(page.get_by_text("Historique")).to_be_visible()
    settle(page)


def dialog_of(page: Page, question: str) -> Locator:
    """The open dialog, once it is whole."""
    dialog = page.get_by_role("dialog", name=question)
    expect(dialog).to_be_visible()
    settle(page)
    return dialog


def choose_other(page: Page, label: str) -> None:
    page.get_by_role("button", name="Autres actions").click()
    page.get_by_role("menu").get_by_text(label, exact=True).click()


def test_an_order_is_prepared_and_the_step_taken_back(desktop: Page, app: RunningApp, orders: sa.Connection) -> None:
    open_order(desktop, app, an_order(orders, OrderStatus.PAID, PaymentState.PAID))
    header = desktop.locator(".st-key-order_header")
    expect(header.get_by_text("Payée")).to_be_visible()

    desktop.locator(".st-key-order_next button").click()
    dialog = dialog_of(desktop, "Mettre cette commande en préparation ?")
    expect(dialog.get_by_text("E-mail « En préparation »")).to_be_visible()
    expect(dialog.get_by_label("Message au client")).to_be_focused()
    dialog.get_by_role("button", name="Mettre en préparation").click()

    expect(header.get_by_text("En cours de traitement")).to_be_visible()
    bar = desktop.locator(".st-key-order_undo")
    expect(bar).to_contain_text("Commande passée à « En cours de traitement » · il reste")
    before = bar.inner_text()
    expect(bar).not_to_have_text(before)  # The seconds go down by themselves.
    expect(desktop.get_by_text("Retenu").first).to_be_visible()

    bar.get_by_role("button", name="Annuler").click()
    expect(header.get_by_text("Payée")).to_be_visible()
    expect(bar).to_have_count(0)
    expect(desktop.get_by_text("Action annulée", exact=True)).to_be_visible()


def test_a_payment_in_two_parts_pays_the_order(desktop: Page, app: RunningApp, orders: sa.Connection) -> None:
    open_order(desktop, app, an_order(orders, OrderStatus.AWAITING_PAYMENT, PaymentState.UNPAID))
    header = desktop.locator(".st-key-order_header")

    desktop.locator(".st-key-order_next button").click()
    dialog = dialog_of(desktop, "Quel paiement avez-vous reçu ?")
    amount = dialog.get_by_label("Montant")
    amount.fill("1,50")
    amount.press("Enter")
    expect(dialog.get_by_text("Il restera")).to_be_visible()
    settle(desktop)
    dialog.get_by_role("button", name="Enregistrer le paiement").click()
    expect(header.get_by_text("Réglée en partie")).to_be_visible()
    settle(desktop)

    desktop.locator(".st-key-order_next button").click()
    dialog = dialog_of(desktop, "Quel paiement avez-vous reçu ?")
    expect(dialog.get_by_text("La commande sera payée.")).to_be_visible()
    dialog.get_by_role("button", name="Enregistrer le paiement").click()
    expect(header.get_by_text("Payée")).to_be_visible()
    expect(header.get_by_text("Réglée en partie")).to_have_count(0)


def test_a_cancellation_asks_why(desktop: Page, app: RunningApp, orders: sa.Connection) -> None:
    open_order(desktop, app, an_order(orders, OrderStatus.PREPARING, PaymentState.PAID))
    choose_other(desktop, "Annuler la commande")
    dialog = dialog_of(desktop, "Annuler cette commande ?")
    expect(dialog.get_by_text("Remboursement à faire")).to_be_visible()
    dialog.get_by_role("button", name="Annuler la commande").click()
    expect(dialog.get_by_text("Indiquez la raison")).to_be_visible()
    settle(desktop)

    dialog.get_by_label("Raison").click()
    desktop.get_by_role("option", name="Rupture de stock").click()
    expect(dialog.get_by_text("Indiquez la raison")).to_have_count(0)
    settle(desktop)
    dialog.get_by_role("button", name="Annuler la commande").click()
    expect(desktop.locator(".st-key-order_header").get_by_text("Annulée")).to_be_visible()
    expect(desktop.get_by_text("· Rupture de stock")).to_be_visible()


def test_what_was_typed_is_there_again_after_a_slip(desktop: Page, app: RunningApp, orders: sa.Connection) -> None:
    open_order(desktop, app, an_order(orders, OrderStatus.PREPARING, PaymentState.PAID))
    choose_other(desktop, "Ajouter une note")
    dialog = dialog_of(desktop, "Que faut-il retenir de cette commande ?")
    note = dialog.get_by_label("Note")
    note.fill("Rappeler lundi")
    note.press("Tab")
    settle(desktop)
    desktop.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settle(desktop)

    choose_other(desktop, "Ajouter une note")
    dialog = dialog_of(desktop, "Que faut-il retenir de cette commande ?")
    expect(dialog.get_by_label("Note")).to_have_value("Rappeler lundi")
    dialog.get_by_role("button", name="Ajouter la note").click()
    expect(desktop.get_by_text("Note interne")).to_be_visible()


@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.AWAITING_PAYMENT])
def test_on_a_phone_the_dialog_fits(phone: Page, app: RunningApp, orders: sa.Connection, status: OrderStatus) -> None:
    payment = PaymentState.PAID if status is OrderStatus.PAID else PaymentState.UNPAID
    open_order(phone, app, an_order(orders, status, payment))
    phone.locator(".st-key-order_next button").click()
    expect(phone.get_by_role("dialog")).to_be_visible()
    settle(phone)
    place = phone.get_by_role("dialog").bounding_box()
    assert place is not None
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= 390
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
