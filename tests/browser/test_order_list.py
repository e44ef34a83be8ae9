"""The main flow as a person clicks it: month → day → list → filters → ticks → order → back."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import RunningApp, settle

HEADER_HEIGHT = ROW_HEIGHT = 35


def open_list(page: Page, app: RunningApp, query: str = "") -> None:
    page.goto(f"{app.url}/commandes{query}")
    expect(counter(page)).to_be_visible()
    settle(page)


def counter(page: Page):
    return page.locator(".st-key-grid_count p").first


def first_number(page: Page) -> Locator:
    """The first order's number, in the table that the canvas holds for screen readers."""
    return page.get_by_test_id("glide-cell-1-0")


def click_cell(page: Page, x: int, row: int) -> None:
    """Click into the canvas of the table: row 0 is the header."""
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()  # A new page of the list is a new table: there is none for a moment.
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x, box["y"] + HEADER_HEIGHT * min(row, 1) + ROW_HEIGHT * max(row - 1, 0) + 17)


def test_filters_stand_in_the_url_and_back_undoes_them_one_by_one(desktop: Page, app: RunningApp) -> None:
    open_list(desktop, app)
    everything = counter(desktop).inner_text()
    desktop.get_by_role("radio", name=re.compile("^À préparer")).click()
    expect(desktop).to_have_url(re.compile(r"statut=paid%2Cconfirming$"))
    to_prepare = counter(desktop)
    expect(to_prepare).not_to_have_text(everything)
    settle(desktop)
    shown = to_prepare.inner_text()
    desktop.get_by_role("button", name="Paiement").click()
    desktop.get_by_test_id("stPopoverBody").get_by_text("Virement", exact=True).click()
    expect(desktop).to_have_url(re.compile(r"paiement=transfer"))
    settle(desktop)
    desktop.keyboard.press("Escape")
    desktop.go_back()
    expect(counter(desktop)).to_have_text(shown)
    settle(desktop)
    # What the closed filter still remembers in the browser must not come back with the next action.
    desktop.get_by_placeholder("Produit, référence").fill("savon")
    desktop.keyboard.press("Enter")
    expect(desktop).to_have_url(re.compile(r"statut=paid%2Cconfirming&produit=savon$"))
    settle(desktop)
    desktop.go_back()
    expect(desktop).to_have_url(re.compile(r"statut=paid%2Cconfirming$"))
    expect(counter(desktop)).to_have_text(shown)
    settle(desktop)
    desktop.go_back()
    expect(counter(desktop)).to_have_text(everything)
    settle(desktop)
    expect(desktop.get_by_placeholder("Produit, référence")).to_have_value("")


def test_ticks_survive_paging_and_sorting_and_all_results_can_be_taken(desktop: Page, app: RunningApp) -> None:
    open_list(desktop, app, "?statut=tous&periode=annee&lignes=25")
    bar = desktop.locator(".st-key-grid_selection")
    click_cell(desktop, 16, 1)
    expect(bar).to_contain_text(re.compile(r"1\ssélectionnée"))
    click_cell(desktop, 16, 2)
    expect(bar).to_contain_text(re.compile(r"2\ssélectionnées"))
    on_page_one = first_number(desktop).text_content() or ""
    desktop.get_by_test_id("stPagination").get_by_text("2", exact=True).click()
    expect(desktop).to_have_url(re.compile("page=2"))
    expect(first_number(desktop)).not_to_have_text(on_page_one)
    settle(desktop)
    expect(bar).to_contain_text(re.compile(r"2\ssélectionnées"))
    click_cell(desktop, 16, 1)
    expect(bar).to_contain_text(re.compile(r"3\ssélectionnées"))
    click_cell(desktop, 200, 0)  # The header of « Date ».
    expect(desktop).to_have_url(re.compile("tri=date"))
    expect(bar).to_contain_text(re.compile(r"3\ssélectionnées"))
    total = re.match(r"[\d\s]+", counter(desktop).inner_text())
    assert total is not None
    bar.get_by_role("button", name=re.compile("^Tout sélectionner")).click()
    expect(bar).to_contain_text(f"{total[0].strip()}\u00a0sélectionnées")
    bar.get_by_role("button", name="Désélectionner").click()
    expect(bar).to_have_count(0)


def test_a_number_opens_the_order_and_back_returns_to_the_same_list(desktop: Page, app: RunningApp) -> None:
    open_list(desktop, app, "?statut=completed&tri=total")
    shown = counter(desktop).inner_text()
    click_cell(desktop, 90, 1)
    expect(desktop).to_have_url(re.compile(r"/commande\?n="))
    expect(desktop.get_by_text("Terminée").first).to_be_visible()
    desktop.go_back()
    expect(counter(desktop)).to_have_text(shown)


def test_the_calendar_leads_to_the_orders_of_a_day_and_from_there_to_an_order(desktop: Page, app: RunningApp) -> None:
    desktop.goto(app.url)
    day = desktop.get_by_role("button", name=re.compile(r"\d{4}, \d+\scommandes?,")).first
    day.click()
    expect(desktop).to_have_url(re.compile(r"jour=\d{4}-\d{2}-\d{2}"))
    desktop.locator("a[href*='/commande?n=']").first.click()
    expect(desktop).to_have_url(re.compile(r"/commande\?n="))


def test_on_a_phone_the_list_and_its_filters_fit_the_screen(phone: Page, app: RunningApp) -> None:
    open_list(phone, app)
    overflow = phone.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0
    phone.get_by_role("button", name="Période").click()
    phone.get_by_test_id("stPopoverBody").get_by_text("Cette année").click()
    expect(phone).to_have_url(re.compile("periode=annee"))
