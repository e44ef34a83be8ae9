"""Réglages › Modèles d’e-mails and the customer's page, in a real browser."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import RunningApp, settle


def test_a_text_is_edited_with_its_variables_previewed_and_saved(desktop: Page, app: RunningApp) -> None:
    desktop.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desktop.goto(f"{app.url}/modeles-emails?modele=order_ready")
    expect(desktop.get_by_role("textbox", name="Objet")).to_have_value(re.compile("est prête"))
    settle(desktop)

    desktop.get_by_text("Variables", exact=True).click()
    desktop.get_by_role("button", name=re.compile(r"^\{\{ total \}\}")).click()
    expect(desktop.get_by_text("copié ✓")).to_be_visible()
    assert desktop.evaluate("navigator.clipboard.readText()") == "{{ total }}"

    preview = desktop.frame_locator("iframe[title='Aperçu de l’e-mail']")
    expect(preview.get_by_role("link", name="Suivre ma commande").first).to_be_visible()
    text = desktop.get_by_role("textbox", name="Texte")
    text.fill("Elle vous attend, {{ clien }}.")
    text.blur()
    expect(desktop.get_by_text("Vouliez-vous dire « client » ?")).to_be_visible()
    expect(desktop.get_by_role("button", name="Enregistrer")).to_be_disabled()
    settle(desktop)
    text.fill("**Elle vous attend**, {{ client }}.")
    text.blur()
    expect(preview.locator("strong", has_text="Elle vous attend")).to_be_visible()
    settle(desktop)
    desktop.get_by_role("button", name="Enregistrer").click()
    expect(desktop.get_by_text("est enregistré. Les prochains e-mails l’utilisent.")).to_be_visible()

    settle(desktop)
    desktop.get_by_text("Versions · 1").click()
    settle(desktop)
    open_popover(desktop, "Revenir au modèle d’origine")
    desktop.get_by_test_id("stPopoverBody").get_by_role("button", name="Revenir au modèle d’origine").click()
    expect(desktop.get_by_text("a retrouvé ce texte.")).to_be_visible()
    expect(text).to_have_value(re.compile("Où la retirer"))


def open_popover(page: Page, name: str) -> None:
    """Open a popover; a click that a redraw has swallowed is made again, as a person would."""
    button, body = page.get_by_role("button", name=name), page.get_by_test_id("stPopoverBody")
    button.click()
    try:
        expect(body).to_be_visible(timeout=5_000)
    except AssertionError:
        button.click()
        expect(body).to_be_visible()


def test_the_link_of_an_email_opens_without_a_session_on_a_phone(desktop: Page, app: RunningApp, phone: Page) -> None:
    desktop.goto(f"{app.url}/modeles-emails?modele=order_confirmation")
    preview = desktop.frame_locator("iframe[title='Aperçu de l’e-mail']")
    address = preview.get_by_role("link", name="Suivre ma commande", exact=True).get_attribute("href")
    assert address is not None
    phone.context.clear_cookies()
    phone.goto(address)
    expect(phone.get_by_role("heading", level=1)).to_have_text(re.compile(r"(Votre|Nous) "))
    expect(phone.locator("[aria-current=step]")).to_have_count(1)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
