"""The customer's page of an order on a phone and on a desk, without JavaScript and without an account."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.moves import Move
from db.domain.orders import DeliveryMode, OrderStatus, PaymentState
from db.emails.links import follow_up_url
from db.engine import make_engine
from db.models import Order, OrderLine, OutboxMessage, Shipment
from db.services.moves import move_order
from db.settings import settings
from tests.browser.conftest import DESKTOP, PHONE, RunningApp
from tests.factories import create_customer, create_line, create_order, create_seller

S = OrderStatus


@pytest.fixture
def database(app: RunningApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    """The server's database, and the key that its links are signed with; never held while the server writes."""
    monkeypatch.setenv("DATABASE_URL", app.database_url)
    monkeypatch.setenv("PUBLIC_URL", app.url)
    settings.cache_clear()
    engine = make_engine(app.database_url)
    yield engine
    engine.dispose()
    settings.cache_clear()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    size: ViewportSize = request.param
    context = browser.new_context(viewport=size, locale="fr-FR", java_script_enabled=False)
    yield context.new_page()
    context.close()


def add_order(database: sa.Engine, status: OrderStatus = S.PREPARING, **columns: object) -> int:
    with Session(database) as session:
        seller = create_seller(session, "Maison du thé", email="vendeur@example.org")
        lines = [create_line("Thé vert bio", 25_00, 2), create_line("Théière en fonte", 15_90)]
        columns |= {"status": status, "total_cents": 40_90, "lines": lines}
        order_id = create_order(session, seller, create_customer(session), **columns).id  # type: ignore[arg-type]
        session.commit()
    return order_id


def send_in_two_parcels(database: sa.Engine) -> int:
    """The tea left yesterday, the teapot today."""
    order_id, now = add_order(database), dt.datetime.now(dt.UTC)
    with Session(database) as session:
        tea = sa.select(OrderLine.id).where(OrderLine.order_id == order_id, OrderLine.name == "Thé vert bio")
        units = {session.scalars(tea).one(): 2}
        first = Move(S.SHIPPED, carrier="Colissimo", tracking_number="6A12345678901", units=units)
        rest = Move(S.SHIPPED, carrier="Mondial Relay", tracking_number="12345678")
        move_order(session, SYSTEM, order_id, first, now - dt.timedelta(days=1))
        move_order(session, SYSTEM, order_id, rest, now)
        session.commit()
    return order_id


def test_the_customer_confirms_one_parcel_of_two_and_the_seller_is_told_once(page: Page, database: sa.Engine) -> None:
    order_id = send_in_two_parcels(database)
    page.goto(follow_up_url(order_id))
    expect(page.get_by_role("heading", name="Votre commande est en route")).to_be_visible()
    first, second = (page.get_by_role("region", name=f"Colis {place} sur 2") for place in (1, 2))
    expect(first).to_contain_text("2 × Thé vert bio")
    expect(first.get_by_role("link", name="Suivre ce colis")).to_have_attribute("href", re.compile("6A12345678901$"))
    expect(second).to_contain_text("1 × Théière en fonte")
    first.get_by_role("link", name="J’ai bien reçu ce colis").click()

    expect(page.get_by_role("heading", name="Avez-vous bien reçu ce colis ?")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Colissimo")
    asked = page.url
    page.get_by_role("button", name="Oui, je l’ai bien reçu").click()

    expect(first).to_contain_text("Vous avez confirmé sa réception")
    expect(first.get_by_role("link", name="J’ai bien reçu ce colis")).to_have_count(0)
    expect(second.get_by_role("link", name="J’ai bien reçu ce colis")).to_be_visible()
    page.goto(asked)  # « Back », or the same link on another device: thanked alike, nothing asked again.
    expect(first).to_contain_text("Vous avez confirmé sa réception")

    of_the_parcels = sa.select(Shipment).where(Shipment.order_id == order_id).order_by(Shipment.id)
    to_the_seller = sa.select(OutboxMessage).where(
        OutboxMessage.order_id == order_id, OutboxMessage.template == EmailTemplate.SELLER_RECEIPT_CONFIRMED
    )
    with Session(database) as session:
        parcels = session.scalars(of_the_parcels).all()
        assert [bool(parcel.received_at) for parcel in parcels] == [True, False]
        assert parcels[0].received_from == "127.0.0.1"
        (letter,) = session.scalars(to_the_seller)
        assert (letter.recipient, letter.state) == ("vendeur@example.org", OutboxState.QUEUED)


def test_who_did_not_get_it_goes_back_and_nothing_happened(page: Page, database: sa.Engine) -> None:
    order_id = add_order(database, S.DELIVERED)
    page.goto(follow_up_url(order_id))
    page.get_by_role("link", name="J’ai bien reçu ma commande").click()
    expect(page.get_by_role("heading", name="Avez-vous bien reçu votre commande ?")).to_be_visible()
    page.get_by_role("link", name="Non, pas encore").click()
    expect(page.get_by_role("heading", name="Votre commande est livrée")).to_be_visible()
    with Session(database) as session:
        assert session.get_one(Order, order_id).status is S.DELIVERED


@pytest.mark.parametrize(
    ("columns", "title"),
    [
        ({"status": S.AWAITING_PAYMENT, "payment_state": PaymentState.UNPAID}, "Nous attendons votre règlement"),
        ({"status": S.PREPARING}, "Votre commande est en préparation"),
        (
            {"status": S.READY, "delivery_mode": DeliveryMode.CLICK_AND_COLLECT, "pickup_code": "482913"},
            "Votre commande vous attend",
        ),
        ({"status": S.CANCELLED}, "Votre commande est annulée"),
    ],
)
def test_every_state_is_told_by_its_first_heading(
    page: Page, database: sa.Engine, columns: dict[str, object], title: str
) -> None:
    order_id = add_order(database, **columns)  # type: ignore[arg-type]
    page.goto(follow_up_url(order_id))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("contentinfo")).to_contain_text("Une question sur cette commande")
    assert page.title().startswith("Commande T-")
    assert page.locator("html").get_attribute("lang") == "fr"


def test_at_twice_the_size_nothing_sticks_out(browser: Browser, database: sa.Engine) -> None:
    order_id = send_in_two_parcels(database)
    # What a phone of 390 pixels has left at 200 %. A script measures it; the page itself has none.
    context = browser.new_context(viewport={"width": 195, "height": 422}, locale="fr-FR")
    page = context.new_page()
    page.goto(follow_up_url(order_id))
    expect(page.get_by_role("heading", name="Votre commande est en route")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 195
    context.close()


def test_the_page_is_walked_through_with_the_keyboard(page: Page, database: sa.Engine) -> None:
    order_id = send_in_two_parcels(database)
    page.goto(follow_up_url(order_id))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="J’ai bien reçu ce colis").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Avez-vous bien reçu ce colis ?")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Oui, je l’ai bien reçu")).to_be_focused()


def test_a_link_that_opens_nothing_says_what_to_do(page: Page, app: RunningApp) -> None:
    answer = page.goto(f"{app.url}/suivi/{'x' * 40}")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien n’ouvre aucune commande")
    expect(page.get_by_role("main")).to_contain_text("nous vous enverrons un nouveau lien")
