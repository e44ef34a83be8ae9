"""Coming in, staying in and going out, in a real browser."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from sqlalchemy.engine import make_url

from dashboard.navigation import SCREENS
from tests.browser.conftest import PHONE, RunningApp, new_page, running_app
from tests.postgres import ThrowAwayPostgres
from tests.relay import Relay

PASSWORD = "du thé vert au petit matin"
#: Streamlit looks for its own address below the page's first, and finds it one level up.
_STREAMLITS_PROBE = re.compile(r"/_stcore/(health|host-config)$")


def complaints(page: Page) -> list[str]:
    """Return what the browser complains about from now on: blocked, missing, failing."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not _STREAMLITS_PROBE.search(message.location["url"]):
            heard.append(f"{message.text} ({message.location['url']})")

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.mark.parametrize("screen", [screen for screen in SCREENS if screen.is_listed], ids=lambda each: each.script)
def test_a_screen_opens_with_nothing_blocked_and_nothing_from_elsewhere(desktop: Page, app: RunningApp, screen) -> None:
    heard, asked = complaints(desktop), []
    desktop.on("request", lambda request: asked.append(request.url))
    desktop.goto(f"{app.url}/{screen.url_path}")
    expect(desktop.get_by_test_id("stSidebar").get_by_role("link", name=screen.title, exact=True)).to_be_visible()
    expect(desktop.locator('[data-test-script-state="notRunning"]')).to_be_attached()
    assert heard == []
    assert [url for url in asked if not url.startswith((app.url, "data:", "blob:"))] == []
    assert desktop.evaluate("document.documentElement.lang") == "fr"


@pytest.fixture
def invited(desktop: Page, app: RunningApp, browser: Browser) -> Iterator[Page]:
    """Somebody the administrator has just invited, with the link open on a phone."""
    desktop.goto(f"{app.url}/equipe")
    desktop.get_by_role("button", name="Inviter une personne").click()
    dialog = desktop.get_by_role("dialog")
    dialog.get_by_label("Adresse e-mail").fill("zoe@example.org")
    dialog.get_by_label("Nom").fill("Zoé Test")
    dialog.get_by_role("button", name="Créer l’invitation").click()
    link = desktop.get_by_test_id("stCode")
    expect(link).to_contain_text("/lien/")
    page = new_page(browser, {}, PHONE)
    page.goto(link.inner_text().strip())
    yield page
    page.context.close()


def test_an_invited_person_comes_in_and_is_out_seconds_after_being_deactivated(
    invited: Page, desktop: Page, app: RunningApp
) -> None:
    heard = complaints(invited)
    expect(invited.get_by_label("Nouveau mot de passe")).to_be_focused()
    invited.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    invited.get_by_label("Encore une fois").fill(PASSWORD)
    invited.get_by_role("button", name="Enregistrer et entrer").click()
    invited.goto(f"{app.url}/compte")
    expect(invited.get_by_role("heading", name="Mon compte")).to_be_visible()
    assert heard == []

    desktop.get_by_role("button", name="Désactiver le compte").click()
    desktop.get_by_role("button", name="Désactiver", exact=True).click()
    expect(desktop.get_by_role("button", name="Réactiver le compte")).to_be_visible()
    invited.wait_for_url("**/connexion?next=%2Fcompte")
    invited.get_by_label("Adresse e-mail").fill("zoe@example.org")
    invited.get_by_label("Mot de passe").fill(PASSWORD)
    invited.get_by_role("button", name="Se connecter").click()
    expect(invited.get_by_role("alert")).to_have_text("Adresse e-mail ou mot de passe incorrect.")

    desktop.get_by_role("button", name="Réactiver le compte").click()
    expect(desktop.get_by_role("button", name="Désactiver le compte")).to_be_visible()
    invited.get_by_label("Mot de passe").fill(PASSWORD)
    invited.get_by_role("button", name="Se connecter").click()
    expect(invited.get_by_role("heading", name="Mon compte")).to_be_visible()

    invited.get_by_test_id("stExpandSidebarButton").click()
    invited.get_by_role("button", name="Se déconnecter").click()
    invited.wait_for_url("**/connexion?next=%2Fcompte")


def test_a_lost_database_is_said_in_a_sentence_and_the_page_comes_back_by_itself(browser: Browser) -> None:
    postgres = ThrowAwayPostgres()
    relay = Relay(postgres.port)
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE lost")
    url = make_url(postgres.url("lost")).set(port=relay.port).render_as_string(hide_password=False)
    try:
        with running_app(url) as app:
            page = new_page(browser, {}, PHONE)
            page.goto(app.sign_in_link)
            page.goto(f"{app.url}/compte")
            expect(page.get_by_role("heading", name="Mon compte")).to_be_visible()
            loading = page.context.new_page()

            relay.cut()
            page.get_by_role("button", name="Choisir le mot de passe").click()
            expect(page.get_by_text("La base de données ne répond pas.")).to_be_visible()
            loading.goto(f"{app.url}/compte")
            expect(loading.get_by_text("La base de données ne répond pas.")).to_be_visible()

            relay.mend()
            expect(page.get_by_role("heading", name="Mon compte")).to_be_visible()
            expect(loading.get_by_role("heading", name="Mon compte")).to_be_visible()
            page.context.close()
    finally:
        relay.cut()
        postgres.stop()
