"""The home page as a person uses it: days by mouse and keyboard, orders, Back, a phone."""

import datetime as dt
import re

from playwright.sync_api import Locator, Page, expect

from db.domain import formats
from db.domain.months import add_months, month_of
from db.domain.time import local_day, utc_now
from tests.browser.conftest import RunningApp, settle

MONTH = add_months(month_of(local_day(utc_now())), -1)  # Whole, and full of demo orders.
TENTH = MONTH.replace(day=10)


def open_month(page: Page, app: RunningApp) -> None:
    page.goto(f"{app.url}/?mois={MONTH:%Y-%m}")
    expect(title(page, MONTH)).to_be_visible()


def title(page: Page, month: dt.date) -> Locator:
    return page.get_by_role("heading", name=formats.month(month.year, month.month).capitalize(), exact=True)


def cell(page: Page, day: dt.date) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{formats.long_date(day)},"))


def list_title(page: Page, day: dt.date) -> Locator:
    return page.get_by_role("heading", name=formats.long_date(day).capitalize(), exact=True)


def test_a_day_lists_its_orders_and_back_from_an_order_returns_to_it(desktop: Page, app: RunningApp) -> None:
    open_month(desktop, app)
    cell(desktop, TENTH).click()
    expect(list_title(desktop, TENTH)).to_be_visible()
    expect(desktop).to_have_url(re.compile(f"mois={MONTH:%Y-%m}&.*jour={TENTH.isoformat()}"))
    row = desktop.get_by_role("row").filter(has=desktop.get_by_role("link")).first
    number = row.get_by_role("cell").first.get_attribute("title")
    row.get_by_role("cell").nth(2).click()
    expect(desktop).to_have_url(re.compile(rf"/commande\?n={number}"))
    desktop.go_back()
    expect(list_title(desktop, TENTH)).to_be_visible()
    settle(desktop)
    desktop.go_back()
    expect(list_title(desktop, TENTH)).to_be_hidden()


def test_the_keyboard_walks_over_days_and_months_and_keeps_its_place(desktop: Page, app: RunningApp) -> None:
    open_month(desktop, app)
    first = MONTH
    cell(desktop, first).focus()
    desktop.keyboard.press("ArrowDown")
    expect(cell(desktop, first + dt.timedelta(days=7))).to_be_focused()
    desktop.keyboard.press("End")
    sunday = first + dt.timedelta(days=7 + 6 - first.weekday())
    expect(cell(desktop, sunday)).to_be_focused()
    desktop.keyboard.press("PageUp")
    expect(title(desktop, add_months(MONTH, -1))).to_be_visible()
    expect(
        cell(desktop, sunday.replace(year=add_months(MONTH, -1).year, month=add_months(MONTH, -1).month))
    ).to_be_focused()
    desktop.keyboard.press("PageDown")
    expect(cell(desktop, sunday)).to_be_focused()
    desktop.keyboard.press("Enter")
    expect(list_title(desktop, sunday)).to_be_visible()
    expect(cell(desktop, sunday)).to_be_focused()


def test_back_undoes_a_filter_and_it_does_not_return_with_the_next_click(desktop: Page, app: RunningApp) -> None:
    open_month(desktop, app)
    desktop.get_by_label("Vendeur").click()
    desktop.get_by_role("option").first.click()
    expect(desktop).to_have_url(re.compile("vendeur=[0-9]+"))
    settle(desktop)
    desktop.go_back()
    expect(desktop).not_to_have_url(re.compile("vendeur="))
    settle(desktop)
    cell(desktop, TENTH).click()
    expect(list_title(desktop, TENTH)).to_be_visible()
    expect(desktop).not_to_have_url(re.compile("vendeur="))


def test_a_counter_leads_to_the_orders_it_counts_and_back(desktop: Page, app: RunningApp) -> None:
    open_month(desktop, app)
    counter = desktop.get_by_role("link", name=re.compile("à préparer"))
    count = re.search(r"(\d+)\s+à préparer", counter.inner_text())[1]
    counter.click()
    expect(desktop).to_have_url(re.compile("/commandes.statut=paid%2Cconfirming$"))
    expect(desktop.locator(".st-key-grid_count p").first).to_contain_text(re.compile(rf"^{count}\s"))
    desktop.go_back()
    expect(title(desktop, MONTH)).to_be_visible()


def test_on_a_phone_nothing_overflows_and_a_chosen_day_comes_into_sight(phone: Page, app: RunningApp) -> None:
    open_month(phone, app)
    cell(phone, TENTH).click()
    expect(list_title(phone, TENTH)).to_be_visible()
    cell(phone, TENTH + dt.timedelta(days=1)).click()
    expect(list_title(phone, TENTH + dt.timedelta(days=1))).to_be_in_viewport()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    for amount in phone.locator("td .amount").all():
        assert amount.evaluate("span => span.getBoundingClientRect().width <= span.closest('td').clientWidth - 8")
