"""A bulk action as a person does it: tick across two pages, dry run, confirm, read the e-mail, take it back."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from db.domain.orders import OrderStatus
from db.engine import make_engine, transaction
from db.models import Marketplace, Order
from db.services.derived import complete_orders
from jobs.run import Run
from jobs.tasks import run_tasks
from tests.browser.conftest import RunningApp, settle
from tests.browser.test_order_list import click_cell, counter, first_number
from tests.factories import create_customer, create_order, create_seller

_HEADER, _TICKS = 0, 16
_LONG_AGO = dt.datetime(2025, 3, 3, 9, tzinfo=dt.UTC)


@contextmanager
def writing(app: RunningApp) -> Iterator[Session]:
    engine = make_engine(app.database_url)
    with transaction(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def patient(app: RunningApp) -> Iterator[None]:
    """An undo window that a slow machine does not miss."""
    seconds = 3_600
    for chosen in (seconds, 60):
        with writing(app) as session:
            session.execute(sa.update(Marketplace).values(undo_window_s=chosen))
        if chosen == seconds:
            yield


def a_seller_with(app: RunningApp, orders: int) -> int:
    """A seller of the test's own with paid orders of long ago, which no other test looks at."""
    with writing(app) as session:
        seller, customer = create_seller(session, "Vendeur groupé"), create_customer(session, "Léa Groupée")
        made = [create_order(session, seller, customer, placed_at=_LONG_AGO).id for _ in range(orders)]
        complete_orders(session, made)
        return seller.id


def statuses_of(app: RunningApp, seller_id: int) -> set[OrderStatus]:
    with writing(app) as session:
        return set(session.scalars(sa.select(Order.status).where(Order.seller_id == seller_id)))


def bar_of(page: Page) -> Locator:
    return page.locator(".st-key-grid_selection")


def open_list(page: Page, app: RunningApp, seller_id: int) -> None:
    page.goto(f"{app.url}/commandes?statut=tous&vendeur={seller_id}&lignes=25")
    expect(counter(page)).to_be_visible()
    settle(page)


def dialog_for(page: Page, button: str, entry: str | None = None) -> Locator:
    bar_of(page).get_by_role("button", name=button).click()
    if entry:
        page.get_by_role("menu").get_by_text(entry, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    settle(page)
    return dialog


def test_thirty_orders_are_moved_told_and_taken_back(desktop: Page, app: RunningApp, patient: None) -> None:
    seller_id = a_seller_with(app, 30)
    open_list(desktop, app, seller_id)
    click_cell(desktop, _TICKS, _HEADER)
    expect(bar_of(desktop)).to_contain_text(re.compile(r"25\ssélectionnées"))
    settle(desktop)
    on_page_one = first_number(desktop).text_content() or ""
    desktop.get_by_test_id("stPagination").get_by_text("2", exact=True).click()
    expect(first_number(desktop)).not_to_have_text(on_page_one)
    settle(desktop)
    click_cell(desktop, _TICKS, _HEADER)
    expect(bar_of(desktop)).to_contain_text(re.compile(r"30\ssélectionnées"))
    settle(desktop)

    dialog = dialog_for(desktop, "Changer le statut", "Mettre en préparation")
    expect(dialog).to_contain_text(re.compile(r"30\scommandes passeront en préparation"))
    expect(dialog).to_contain_text(re.compile(r"30\se-mails"))
    dialog.get_by_label("Message ajouté à l’e-mail").fill("À bientôt dans votre boîte aux lettres.")
    dialog.get_by_text("Voir un exemple").click()
    example = dialog.locator("iframe").content_frame
    expect(example.get_by_text("Léa Groupée")).to_be_visible()
    expect(example.get_by_text("À bientôt dans votre boîte aux lettres.", exact=True)).to_be_visible()
    settle(desktop)
    assert statuses_of(app, seller_id) == {OrderStatus.PAID}

    dialog.get_by_role("button", name=re.compile(r"^Mettre 30\scommandes en préparation")).click()
    result = desktop.locator(".st-key-bulk_result")
    expect(result).to_contain_text(re.compile(r"30\scommandes passées en préparation"))
    expect(result.get_by_text(re.compile("^encore"))).to_be_visible()
    expect(bar_of(desktop)).to_have_count(0)
    expect(desktop.get_by_test_id("glide-cell-8-0")).to_contain_text("En cours de traitement")
    settle(desktop)
    assert statuses_of(app, seller_id) == {OrderStatus.PREPARING}

    desktop.get_by_role("link", name="Boîte d’envoi").click()
    desktop.get_by_role("radio", name=re.compile("^En attente")).click()
    expect(desktop).to_have_url(re.compile("etat=en-attente"))
    settle(desktop)
    desktop.get_by_test_id("stDataFrame").click(position={"x": 16, "y": 50})
    mail = desktop.locator("iframe").content_frame
    expect(mail.get_by_text("À bientôt dans votre boîte aux lettres.", exact=True)).to_be_visible()
    settle(desktop)

    desktop.get_by_role("link", name="Commandes", exact=True).click()
    expect(result.get_by_text(re.compile("^encore"))).to_be_visible()
    settle(desktop)
    result.get_by_role("button", name="Annuler").click()
    expect(result).to_contain_text(re.compile(r"30\scommandes revenues en arrière"))
    assert statuses_of(app, seller_id) == {OrderStatus.PAID}


def test_what_was_typed_survives_a_slip_and_a_tag_is_made_on_the_fly(desktop: Page, app: RunningApp) -> None:
    open_list(desktop, app, a_seller_with(app, 2))
    click_cell(desktop, _TICKS, _HEADER)
    expect(bar_of(desktop)).to_contain_text(re.compile(r"2\ssélectionnées"))
    settle(desktop)
    dialog = dialog_for(desktop, "Changer le statut", "Expédier")
    carrier = dialog.get_by_role("combobox", name="Transporteur")
    carrier.fill("Colissimo")
    carrier.press("Enter")
    settle(desktop)
    dialog.get_by_text("Coller ou importer").click()
    pasted = dialog.get_by_label(re.compile("^Ou collez"))
    expect(pasted).to_be_visible()
    settle(desktop)
    pasted.fill("X-1000 6A1")
    pasted.press("Control+Enter")
    expect(dialog).to_contain_text(re.compile(r"1\scommande inconnue"))
    settle(desktop)
    desktop.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settle(desktop)
    dialog = dialog_for(desktop, "Changer le statut", "Expédier")
    expect(dialog.get_by_label(re.compile("^Ou collez"))).to_have_value("X-1000 6A1")
    expect(dialog.get_by_role("combobox", name="Transporteur")).to_have_value("Colissimo")
    desktop.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settle(desktop)

    dialog = dialog_for(desktop, "Mot-clé")
    name = dialog.get_by_role("combobox")
    name.fill("Cadeau")
    name.press("Enter")
    expect(dialog).to_contain_text(re.compile(r"2\scommandes recevront le mot-clé"))
    settle(desktop)
    dialog.get_by_role("button", name=re.compile(r"^Ajouter le mot-clé à 2")).click()
    expect(desktop.locator(".st-key-bulk_result")).to_contain_text(re.compile(r"ajouté à 2\scommandes"))
    settle(desktop)
    desktop.get_by_role("button", name="+ filtres").click()
    tags = desktop.get_by_test_id("stPopoverBody").get_by_role("combobox", name="Mot-clé")
    tags.click()
    desktop.get_by_role("option", name="Cadeau").click()
    expect(desktop).to_have_url(re.compile("etiquette="))


def test_a_large_action_goes_on_without_the_person_and_shows_its_progress(desktop: Page, app: RunningApp) -> None:
    seller_id = a_seller_with(app, 120)
    open_list(desktop, app, seller_id)
    click_cell(desktop, _TICKS, 1)
    expect(bar_of(desktop)).to_contain_text(re.compile(r"1\ssélectionnée"))
    settle(desktop)
    bar_of(desktop).get_by_role("button", name=re.compile("^Tout sélectionner")).click()
    expect(bar_of(desktop)).to_contain_text(re.compile(r"120\ssélectionnées"))
    settle(desktop)
    dialog = dialog_for(desktop, "Changer le statut", "Mettre en préparation")
    dialog.get_by_role("button", name=re.compile("^Mettre 120")).click()
    expect(desktop).to_have_url(re.compile(r"/taches\?n=\d+"))
    expect(desktop.get_by_text(re.compile("^0 sur 120"))).to_be_visible()
    desktop.reload()
    expect(desktop.get_by_text(re.compile("en attente du travail de fond"))).to_be_visible()

    work(app)
    expect(desktop.get_by_text(re.compile(r"120\scommandes passées en préparation"))).to_be_visible()
    expect(desktop.get_by_role("button", name="Exporter le résultat")).to_be_visible()
    desktop.get_by_role("button", name="Annuler").click()
    expect(desktop.get_by_text(re.compile("^0 sur 120"))).to_be_visible()
    work(app)
    expect(desktop.get_by_text(re.compile(r"120\scommandes revenues en arrière"))).to_be_visible()
    assert statuses_of(app, seller_id) == {OrderStatus.PAID}


def work(app: RunningApp) -> None:
    """What the worker does beside the dashboard."""
    engine = make_engine(app.database_url)
    assert run_tasks(Run(engine, "browser", Event())) == 120
    engine.dispose()


def test_on_a_phone_the_dialog_and_the_result_fit_the_screen(phone: Page, app: RunningApp) -> None:
    open_list(phone, app, a_seller_with(app, 2))
    phone.get_by_test_id("stDataFrame").scroll_into_view_if_needed()
    click_cell(phone, _TICKS, _HEADER)
    expect(bar_of(phone)).to_contain_text(re.compile(r"2\ssélectionnées"))
    settle(phone)
    dialog = dialog_for(phone, "Changer le statut", "Marquer prête")
    assert phone.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    dialog.get_by_role("button", name=re.compile("^Marquer 2")).click()
    expect(phone.locator(".st-key-bulk_result")).to_contain_text("marquées prêtes")
    assert phone.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
