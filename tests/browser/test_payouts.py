"""Sellers are paid by two people: one prepares, the other approves, the first exports; one transfer comes back."""

import secrets
from collections.abc import Iterator
from threading import Event

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from db.domain.access import TERMINAL_LINK_LIFETIME
from db.domain.ledger import LedgerKind
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import make_engine
from db.models import PayoutSettings
from db.services.links import create_link
from jobs.payouts.prepare import prepare_payouts
from jobs.run import Run
from tests.browser.conftest import DESKTOP, RunningApp, new_page, settle
from tests.browser.test_order_actions import dialog_of
from tests.browser.test_parcels import writing
from tests.factories import IBAN, book, create_payee, create_person


@pytest.fixture
def word(app: RunningApp) -> str:
    """What finds two sellers alone, who are owed 31,90 − 0,93 = 30,97 € and 20,00 € today."""
    name = f"Halles{secrets.token_hex(3)}"
    with writing(app) as session:
        for place, amounts in enumerate(((31_90, -93), (20_00,)), start=1):
            seller = create_payee(session, f"{name} {place}", code=f"{name}{place}".upper())
            for cents in amounts:
                kind = LedgerKind.SALE if cents > 0 else LedgerKind.FEE
                book(session, seller, cents, local_day(utc_now()), kind)
        session.execute(sa.update(PayoutSettings).values(debtor_name="Marché", debtor_iban=IBAN))
    return name


@pytest.fixture
def second(app: RunningApp, browser: Browser) -> Iterator[Page]:
    """The browser of somebody of finance, who is not the administrator."""
    with writing(app) as session:
        address = f"fay-{secrets.token_hex(3)}@example.org"
        person = create_person(session, Role.FINANCE, name="Fay Finance", email=address)
        link = create_link(session, person, TERMINAL_LINK_LIFETIME, utc_now(), asks_password=False)
    page = new_page(browser, {}, DESKTOP)
    page.goto(f"{app.url}/lien/{link.token}")
    expect(page.get_by_role("link", name="Reversements")).to_be_visible()
    yield page
    page.context.close()


def prepare(app: RunningApp) -> None:
    """Do what the worker does."""
    engine = make_engine(app.database_url)
    prepare_payouts(Run(engine, "browser-test", Event()))
    engine.dispose()


def open_list(page: Page, app: RunningApp, tab: str, word: str) -> None:
    page.goto(f"{app.url}/reversements?liste={tab}&q={word}")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    settle(page)


def tick(page: Page, *rows: int) -> None:
    """Tick rows of the list, one after the other: the grid is a canvas."""
    for count, row in enumerate(rows, start=1):
        box = page.get_by_test_id("stDataFrame").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 17, box["y"] + 52 + 35 * row)
        expect(page.locator(".st-key-payouts_selection").get_by_text(f"{count} sélectionné")).to_be_visible()
        settle(page)


def start(page: Page, verb: str) -> None:
    page.locator(".st-key-payouts_selection").get_by_role("button", name=verb).click()


def prepare_now(page: Page, app: RunningApp) -> None:
    """Ask for a preparation, reload the page while it is under way, and have the worker do it."""
    act = page.get_by_role("button", name="Préparer maintenant")
    expect(act).to_be_enabled()
    settle(page)
    act.click()
    progress = page.get_by_text("Préparation en cours")
    expect(progress).to_be_visible()
    page.reload()
    expect(progress).to_be_visible()
    prepare(app)
    expect(progress).to_have_count(0)


def approve_both(page: Page, app: RunningApp, word: str) -> None:
    """Look at both amounts, the first ones of these sellers, and approve them."""
    open_list(page, app, "a-approuver", word)
    tick(page, 0, 1)
    start(page, "Approuver")
    dialog = dialog_of(page, "Approuver ces reversements ?")
    for amount in ("20,00 €", "30,97 €"):
        dialog.get_by_test_id("stCheckbox").filter(has_text=amount).click()
        settle(page)
    act = dialog.get_by_role("button", name="Approuver · 2 reversements · 50,97 €")
    expect(act).to_be_enabled()
    settle(page)
    act.click()
    expect(page.get_by_text("2 reversements approuvés.")).to_be_visible()


def export_both(page: Page, app: RunningApp, word: str) -> None:
    open_list(page, app, "approuves", word)
    tick(page, 0, 1)
    start(page, "Exporter")
    dialog = dialog_of(page, "Exporter ces virements ?")
    expect(dialog.get_by_text("Un fichier de 2 virements SEPA est préparé")).to_be_visible()
    dialog.get_by_role("button", name="Exporter · 2 reversements · 50,97 €").click()
    expect(page.get_by_text("2 virements transmis.")).to_be_visible()


def reject_newer(page: Page, app: RunningApp, word: str) -> None:
    open_list(page, app, "transmis", word)
    tick(page, 0)
    start(page, "Rejeté par la banque")
    dialog = dialog_of(page, "Ce virement est-il rejeté par la banque ?")
    dialog.get_by_role("combobox").click()
    page.get_by_role("option", name="AC04 – Compte clos").click()
    expect(page.get_by_role("option")).to_have_count(0)
    settle(page)
    dialog.get_by_role("button", name="Rejeté par la banque · 20,00 €").click()
    expect(page.get_by_text("1 virement rejeté, de nouveau dû.")).to_be_visible()


def test_prepared_approved_by_a_second_person_exported_and_one_is_rejected(
    desktop: Page, second: Page, app: RunningApp, word: str
) -> None:
    desktop.goto(f"{app.url}/reversements?q={word}")
    prepare_now(desktop, app)
    # 31,90 + 20,00 − 0,93 = 50,97.
    expect(desktop.get_by_text("2 reversements · ventes 51,90 € · commissions −0,93 € · net 50,97 €")).to_be_visible()

    # Who prepared cannot approve.
    open_list(desktop, app, "a-approuver", word)
    tick(desktop, 0)
    start(desktop, "Approuver")
    dialog = dialog_of(desktop, "Approuver ce reversement ?")
    expect(dialog.get_by_text("une autre personne doit s’en charger")).to_be_visible()
    expect(dialog.get_by_role("button", name="Approuver")).to_have_count(0)

    approve_both(second, app, word)
    export_both(desktop, app, word)
    reject_newer(desktop, app, word)
    open_list(desktop, app, "rejetes", word)
    expect(desktop.get_by_text("1 reversement · ventes 20,00 € · net 20,00 €")).to_be_visible()

    # What came back is due, and the next preparation takes it up: held, until there is another account.
    prepare_now(desktop, app)
    open_list(desktop, app, "retenus", word)
    expect(desktop.get_by_text("1 reversement · autres 20,00 € · net 20,00 €")).to_be_visible()
