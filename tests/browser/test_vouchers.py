"""Finance's way through « Bons d’achat »: give one after an order, look at it, cancel it."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from db.engine import make_engine
from db.models import Order, Voucher
from tests.browser.conftest import RunningApp, settle


@pytest.fixture
def vouchers(desktop: Page, app: RunningApp) -> Page:
    desktop.goto(f"{app.url}/bons-achat")
    expect(desktop.get_by_role("heading", name="Bons d’achat")).to_be_visible()
    settle(desktop)
    return desktop


def scalar(app: RunningApp, wanted: sa.Select[*tuple[str]]) -> str:
    """Ask the server's database one thing, and let go of it at once."""
    engine = make_engine(app.database_url)
    with engine.connect() as connection:
        found = connection.execute(wanted).scalar_one()
    engine.dispose()
    return str(found)


def test_one_is_given_shown_and_cancelled(vouchers: Page, app: RunningApp) -> None:
    number = scalar(app, sa.select(Order.number).order_by(Order.id.desc()).limit(1))
    vouchers.get_by_role("button", name="Donner un bon d’achat").click()
    dialog = vouchers.get_by_role("dialog")
    who = dialog.get_by_role("textbox", name="Pour qui")
    expect(who).to_be_focused()
    settle(vouchers)
    who.fill(number)
    who.press("Enter")
    expect(dialog).to_contain_text(f"à la suite de la commande {number}")
    settle(vouchers)
    amount = dialog.get_by_role("textbox", name="Montant")
    amount.fill("12,50")
    amount.press("Enter")
    settle(vouchers)
    dialog.get_by_role("button", name="Donner le bon d’achat").click()

    expect(dialog).to_have_count(0)
    voucher = vouchers.locator(".st-key-voucher_detail")
    expect(voucher).to_contain_text("12,50\u00a0€")
    code = scalar(app, sa.select(Voucher.code).order_by(Voucher.id.desc()).limit(1))
    expect(voucher.get_by_role("heading", name=code)).to_be_visible()
    expect(vouchers).to_have_url(re.compile(r"/bons-achat\?n=\d+$"))
    settle(vouchers)

    voucher.get_by_role("button", name="Annuler").click()
    expect(dialog).to_contain_text("12,50\u00a0€ ne pourront plus être dépensés")
    settle(vouchers)
    why = dialog.get_by_role("textbox", name="Pourquoi")
    why.fill("Donné par erreur")
    why.press("Enter")
    settle(vouchers)
    dialog.get_by_role("button", name="Annuler le bon d’achat").click()
    expect(dialog).to_have_count(0)
    expect(voucher).to_contain_text("Annulé")
    expect(voucher).to_contain_text("Donné par erreur")
    settle(vouchers)
    vouchers.get_by_role("radio", name="Annulés").click()
    expect(vouchers).to_have_url(re.compile(r"liste=annules$"))
    expect(vouchers.get_by_test_id("glide-cell-1-0")).to_have_text(code)
