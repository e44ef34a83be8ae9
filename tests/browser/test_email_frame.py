"""An e-mail in the mailbox: shown as the customer sees it, and nothing written in it can run."""

import datetime as dt

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.engine import make_engine
from db.models import OutboxMessage
from tests.browser.conftest import RunningApp, settle

_HOSTILE = """<html><head><title>x</title></head><body style="font-family: serif">
<p id="said">Bonjour Zoé</p>
<script>document.getElementById("said").textContent = "run"; parent.document.title = "run";</script>
<img src="x" onerror="document.getElementById('said').textContent = 'run'">
<form action="https://example.org/"><button id="send">Envoyer</button></form>
<a id="away" href="https://example.org/">lien</a>
</body></html>"""


def add_hostile_mail(database_url: str) -> int:
    engine = make_engine(database_url)
    with Session(engine) as session, session.begin():
        now = dt.datetime.now(dt.UTC)
        mail = OutboxMessage(
            event=f"test:{now.timestamp()}", template=EmailTemplate.MESSAGE, recipient_kind=RecipientKind.CUSTOMER,
            recipient="zoe@example.org", state=OutboxState.SENT, subject="Un <b>sujet</b>", html=_HOSTILE,
            text="Bonjour Zoé", created_at=now, due_at=now, sent_at=now,
        )  # fmt: skip
        session.add(mail)
        session.flush()
        mail_id = mail.id
    engine.dispose()
    return mail_id


def test_nothing_written_in_an_email_can_run_or_leave_its_frame(app: RunningApp, desktop: Page) -> None:
    desktop.goto(f"{app.url}/boite-envoi?etat=tous&message={add_hostile_mail(app.database_url)}")
    expect(desktop.get_by_role("heading", name="Un <b>sujet</b>")).to_be_visible()
    settle(desktop)
    frame = desktop.locator("iframe")
    expect(frame).to_have_attribute("title", "E-mail\u00a0: Un <b>sujet</b>")
    expect(frame).to_have_attribute("sandbox", "allow-popups allow-popups-to-escape-sandbox")
    inside = frame.content_frame
    expect(inside.locator("#said")).to_have_text("Bonjour Zoé")
    inside.locator("#send").click()
    expect(inside.locator("#said")).to_have_text("Bonjour Zoé")
    assert desktop.title() != "run"
    assert inside.locator("base").get_attribute("target") == "_blank"


def test_the_mailbox_is_read_beside_its_list(app: RunningApp, desktop: Page) -> None:
    desktop.goto(f"{app.url}/boite-envoi")
    expect(desktop.get_by_role("radio", name="À traiter")).to_be_visible()
    settle(desktop)
    desktop.get_by_test_id("stDataFrame").click(position={"x": 16, "y": 50})
    expect(desktop.get_by_text("Comme le destinataire le voit")).to_be_visible()
    settle(desktop)
    expect(desktop).to_have_url(f"{app.url}/boite-envoi?message=" + desktop.url.rpartition("=")[2])
    desktop.get_by_role("button", name="Fermer").click()
    expect(desktop.get_by_text("Comme le destinataire le voit")).to_be_hidden()
    expect(desktop).to_have_url(f"{app.url}/boite-envoi")
