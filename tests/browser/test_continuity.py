"""Finances › Continuité and the logo of documents, in a real browser."""

import io
import re
from threading import Event

from PIL import Image
from playwright.sync_api import Page, expect

from db.engine import make_engine
from db.storage import storage_at
from jobs.files import make_files
from jobs.run import Run
from tests.browser.conftest import RunningApp, settle


def test_a_check_is_asked_for_survives_a_reload_and_shows_its_verdict(desktop: Page, app: RunningApp) -> None:
    desktop.goto(f"{app.url}/continuite")
    expect(desktop.get_by_role("heading", name="Continuité")).to_be_visible()
    settle(desktop)
    desktop.get_by_role("button", name="Vérifier maintenant").click()
    waiting = desktop.get_by_text("Contrôle de continuité · en attente du travail de fond")
    expect(waiting).to_be_visible()
    desktop.reload()
    expect(waiting).to_be_visible()

    engine = make_engine(app.database_url)
    make_files(Run(engine, "test", Event()), place=storage_at(app.files_url))
    engine.dispose()

    expect(desktop.get_by_text("aucun numéro ne manque")).to_be_visible()
    expect(desktop.get_by_role("link", name="Télécharger")).to_be_visible()


def test_a_logo_is_uploaded_used_and_taken_off_again(desktop: Page, app: RunningApp) -> None:
    picture = io.BytesIO()
    Image.new("RGBA", (320, 80), (15, 92, 77, 128)).save(picture, "PNG")
    desktop.goto(f"{app.url}/reglages-documents")
    expect(desktop.get_by_text("Sans logo, les documents portent le nom")).to_be_visible()
    settle(desktop)

    upload = {"name": "logo.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    desktop.locator("input[type=file]").set_input_files([upload])
    use = desktop.get_by_role("button", name="Utiliser ce logo")
    expect(use).to_be_visible()
    settle(desktop)
    use.click()
    expect(desktop.get_by_text(re.compile("Les prochains documents porteront ce logo"))).to_be_visible()

    settle(desktop)
    desktop.get_by_role("button", name="Retirer le logo").click()
    expect(desktop.get_by_text("Sans logo, les documents portent le nom")).to_be_visible()
