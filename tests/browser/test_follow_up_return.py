"""A customer sends something back from their phone: no account, no JavaScript, a photo, a message, the slip."""

import io
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.orders import OrderStatus, ReturnStatus
from db.domain.permissions import Role
from db.domain.returns import ReturnMove
from db.domain.time import utc_now
from db.emails.links import follow_up_url
from db.engine import make_engine
from db.models import Order, OrderLine, Return, ReturnLine, ReturnPhoto
from db.services.returns.moves import move_return
from db.services.returns.thread import write_message
from db.settings import settings
from tests.browser.conftest import PHONE, RunningApp
from tests.factories import create_customer, create_issuer, create_line, create_order, create_person, viewer_for


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


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=False)
    yield context.new_page()
    context.close()


def add_order(database: sa.Engine) -> int:
    with Session(database) as session:
        lines = [
            create_line("Théière en fonte", 59_90, quantity_shipped=1),
            create_line("Tasse en grès", 32_00, 4, quantity_shipped=4),
        ]
        seller, customer = create_issuer(session), create_customer(session)
        columns = {"status": OrderStatus.RECEIVED, "received_at": utc_now(), "lines": lines, "total_cents": 91_90}
        order_id = create_order(session, seller, customer, **columns).id  # type: ignore[arg-type]
        session.commit()
    return order_id


def photo() -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "peru").save(out, "JPEG")
    return {"name": "bec.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def answer_and_accept(database: sa.Engine, order_id: int) -> None:
    with Session(database) as session:
        staff = Actor.person(viewer_for(create_person(session, Role.SUPPORT)))
        wanted = session.scalars(sa.select(Return).where(Return.order_id == order_id)).one()
        write_message(session, staff, wanted.id, "Oui, nous la reprenons.", utc_now())
        move = ReturnMove(ReturnStatus.AWAITING_PARCEL)
        move_return(session, staff, wanted.id, wanted.version, move, utc_now())
        session.commit()


def test_a_customer_asks_writes_and_is_told_how_to_send_it(page: Page, database: sa.Engine) -> None:
    order_id = add_order(database)
    page.goto(follow_up_url(order_id))
    page.get_by_role("link", name="Demander un retour").click()
    expect(page.get_by_role("heading", name="Que voulez-vous renvoyer ?")).to_be_visible()

    # Forgotten to tick: nothing of the rest is lost.
    page.get_by_label("Article abîmé à l’arrivée").check()
    page.get_by_label("Votre explication").fill("Le bec est fêlé.")
    page.get_by_role("button", name="Demander le retour").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez au moins un article")
    expect(page.get_by_label("Article abîmé à l’arrivée")).to_be_checked()
    expect(page.get_by_label("Votre explication")).to_have_value("Le bec est fêlé.")

    page.get_by_label("Théière en fonte").check()
    page.get_by_label("Tasse en grès", exact=True).check()
    page.get_by_label("Tasse en grès, quantité").select_option("2")
    page.get_by_label("Photos").set_input_files([photo()])
    page.get_by_role("button", name="Demander le retour").click()

    expect(page.get_by_role("heading", name="Votre demande de retour est enregistrée")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("2 × Tasse en grès")
    expect(page.get_by_role("img", name="Photo 1 sur 1")).to_be_visible()
    page.get_by_label("Votre message").fill("Puis-je la déposer en magasin ?")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    thread = page.get_by_role("region", name="Vos échanges avec nous")
    expect(thread).to_contain_text("Puis-je la déposer en magasin ?")

    answer_and_accept(database, order_id)
    page.goto(follow_up_url(order_id))
    page.get_by_role("region", name="Votre retour").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Votre retour est accepté")).to_be_visible()
    expect(thread).to_contain_text("Oui, nous la reprenons.")
    sending = page.get_by_role("region", name="Envoyer votre colis")
    expect(sending).to_contain_text("35000 Rennes")
    sending.get_by_role("link", name="Télécharger le bon de retour").click()
    expect(page.get_by_role("heading", name="Un instant…")).to_be_visible()  # The worker makes it.

    with Session(database) as session:
        units = sa.select(OrderLine.name, ReturnLine.quantity).join(ReturnLine).join(Return)
        assert dict(session.execute(units.where(Return.order_id == order_id)).all()) == {  # type: ignore[arg-type]
            "Théière en fonte": 1,
            "Tasse en grès": 2,
        }
        shown = sa.select(sa.func.count()).select_from(ReturnPhoto).join(Return).where(Return.order_id == order_id)
        assert session.scalar(shown) == 1
        assert session.get_one(Order, order_id).status is OrderStatus.RECEIVED


def test_the_form_fits_at_twice_the_size_and_is_filled_in_with_the_keyboard(
    browser: Browser, database: sa.Engine
) -> None:
    order_id = add_order(database)
    # What a phone of 390 pixels has left at 200 %. A script measures it; the page itself has none.
    context = browser.new_context(viewport={"width": 195, "height": 422}, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{follow_up_url(order_id)}/retour")
    expect(page.get_by_role("heading", name="Que voulez-vous renvoyer ?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 195
    page.keyboard.press("Tab")
    expect(page.get_by_label("Théière en fonte")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("Théière en fonte")).to_be_checked()
    context.close()
