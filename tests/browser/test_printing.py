"""Printing in number as a person does it: tick, choose, follow, reload, find the file again; or give it up."""

import datetime as dt
import re
import secrets
from threading import Event

from playwright.sync_api import Page, expect

from db.domain.actor import SYSTEM
from db.domain.orders import OrderStatus
from db.engine import make_engine
from db.services.derived import complete_orders
from db.services.documents.issue import issue_invoice
from db.storage import storage_at
from jobs.files import make_files
from jobs.run import Run
from tests.browser.conftest import RunningApp, settle
from tests.browser.test_bulk import bar_of, dialog_for, open_list, writing
from tests.browser.test_order_list import click_cell
from tests.factories import create_customer, create_issuer, create_order

_HEADER, _TICKS = 0, 16
_LONG_AGO = dt.datetime(2024, 5, 13, 9, tzinfo=dt.UTC)


def a_seller_with_invoices(app: RunningApp) -> int:
    """A seller of the test's own with three orders of long ago, two of which are invoiced."""
    with writing(app) as session:
        code = f"P{secrets.token_hex(3).upper()}"
        seller, customer = (
            create_issuer(session, f"Vendeur {code}", code=code),
            create_customer(session, "Léa Facturée"),
        )
        made = [
            create_order(session, seller, customer, placed_at=_LONG_AGO, status=OrderStatus.PREPARING).id
            for _ in range(3)
        ]
        complete_orders(session, made)
        for order_id in made[:2]:
            issue_invoice(session, SYSTEM, order_id, _LONG_AGO)
        return seller.id


def work(app: RunningApp) -> None:
    """What the worker does once it is woken."""
    engine = make_engine(app.database_url)
    make_files(Run(engine, "test", Event()), place=storage_at(app.files_url))
    engine.dispose()


def test_invoices_of_ticked_orders_are_printed_followed_and_found_again(desktop: Page, app: RunningApp) -> None:
    open_list(desktop, app, a_seller_with_invoices(app))
    click_cell(desktop, _TICKS, _HEADER)
    expect(bar_of(desktop)).to_contain_text(re.compile(r"3\ssélectionnées"))
    settle(desktop)
    dialog = dialog_for(desktop, "Imprimer", "Factures")
    expect(dialog).to_contain_text(re.compile(r"2\sfactures pour 2\scommandes"))
    expect(dialog).to_contain_text(re.compile(r"1\scommande n’a pas de facture"))
    settle(desktop)
    dialog.get_by_role("button", name=re.compile(r"Imprimer 2\sfactures")).click()

    bar = desktop.locator(".st-key-file_bar")
    expect(bar).to_contain_text("en attente du travail de fond")
    expect(dialog).to_have_count(0)
    settle(desktop)
    desktop.reload()
    expect(bar).to_contain_text("en attente du travail de fond")
    work(app)
    expect(bar).to_contain_text("fichier prêt")
    opened = bar.get_by_role("link", name="Ouvrir").get_attribute("href")
    assert opened is not None
    answer = desktop.request.get(f"{app.url}{opened}")
    assert answer.body().startswith(b"%PDF")
    assert answer.headers["content-disposition"].startswith("inline")

    desktop.get_by_role("link", name="Fichiers").click()
    expect(desktop.get_by_test_id("glide-cell-2-0")).to_have_text(re.compile(r"^2\sfactures de 2\scommandes choisies$"))
    expect(desktop.get_by_test_id("glide-cell-1-0")).to_contain_text("Prêt")


def test_a_whole_list_is_printed_without_a_selection_and_given_up(desktop: Page, app: RunningApp) -> None:
    open_list(desktop, app, a_seller_with_invoices(app))
    desktop.get_by_role("button", name="Imprimer en nombre").click()
    dialog = desktop.get_by_role("dialog")
    expect(dialog.get_by_role("combobox", name="Documents")).to_be_focused()
    confirm = dialog.get_by_role("button", name=re.compile(r"Imprimer 2\sfactures"))
    expect(confirm).to_be_enabled()
    settle(desktop)
    confirm.click()

    bar = desktop.locator(".st-key-file_bar")
    expect(bar).to_contain_text(re.compile(r"2\sfactures de 2\scommandes filtrées"))
    settle(desktop)
    bar.get_by_role("button", name="Annuler").click()
    expect(bar).to_have_count(0)
    settle(desktop)
    desktop.get_by_role("link", name="Fichiers").click()
    expect(desktop.get_by_test_id("glide-cell-1-0")).to_contain_text("Abandonné")
