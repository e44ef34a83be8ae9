"""The sender against a local SMTP server: what travels, and what is known after each way it can go wrong."""

from email import message_from_bytes
from email.policy import default

import pytest

from db.emails.types import AttachmentRef
from jobs.mail.senders import AnswerLostError, RefusedError, SendingError, TryLaterError
from jobs.mail.smtp import Smtp
from tests.jobs.mail.fake_smtp import HANG_UP, FakeSmtp
from tests.jobs.mail.letters import CONTENT, outgoing


def send(fake: FakeSmtp, **columns: object) -> str:
    with fake.serving():
        return Smtp(fake.url, lambda each: each.name.encode(), timeout_s=2).send(outgoing(**columns))


def test_an_email_travels_as_text_and_html_with_its_headers() -> None:
    fake = FakeSmtp()
    assert send(fake) == "<outbox-12.20261121093000@place.example>"
    assert [each for each in fake.commands if each.startswith(("mail", "rcpt"))] == [
        "mail FROM:<no-reply@place.example>",
        "rcpt TO:<helene@example.org>",
    ]
    message = message_from_bytes(fake.texts[0], policy=default)
    assert message["From"] == "Place du Marché <no-reply@place.example>"
    assert message["To"] == "Hélène Dupont <helene@example.org>"
    assert message["Reply-To"] == "Place du Marché <support@place.example>"
    assert message["Subject"] == "Votre commande n° 12 est expédiée"
    assert message["Message-ID"] == "<outbox-12.20261121093000@place.example>"
    assert message.get_body(["plain"]).get_content().strip() == CONTENT.text
    assert message.get_body(["html"]).get_content().strip() == CONTENT.html


def test_an_attachment_travels_whole() -> None:
    fake = FakeSmtp()
    send(fake, attachments=(AttachmentRef("a/1", "Facture n° 1.pdf"),))
    (attached,) = message_from_bytes(fake.texts[0], policy=default).iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("Facture n° 1.pdf", "application/pdf")
    assert attached.get_content() == "Facture n° 1.pdf".encode()


def test_a_picture_that_the_text_shows_travels_beside_the_html_by_its_content_id() -> None:
    fake = FakeSmtp()
    picture = AttachmentRef("a/2", "ventes.png", content_id="graphique-9@resume")
    send(fake, attachments=(AttachmentRef("a/1", "Facture.pdf"), picture))
    message = message_from_bytes(fake.texts[0], policy=default)
    assert message.get_content_type() == "multipart/mixed"
    assert [each.get_filename() for each in message.iter_attachments()] == ["Facture.pdf"]
    related = next(part for part in message.walk() if part.get_content_type() == "multipart/related")
    html, shown = related.iter_parts()
    assert html.get_content_type() == "text/html"
    assert (shown["Content-ID"], shown.get_content_type()) == ("<graphique-9@resume>", "image/png")
    assert shown.get_content_disposition() == "inline"
    assert shown.get_content() == b"ventes.png"


def test_a_name_cannot_add_a_header() -> None:
    fake = FakeSmtp()
    send(fake, recipient_name="Hélène\r\nBcc: all@example.org")
    message = message_from_bytes(fake.texts[0], policy=default)
    assert message["Bcc"] is None
    assert message["To"].addresses[0].display_name == "Hélène Bcc: all@example.org"


@pytest.mark.parametrize(
    "address", [" ", "@", "nobody", "a@b@c", "hélène@example.org", "a b@example.org", "x@y\r\nBcc: z"]
)
def test_an_unusable_address_is_refused_before_anything_leaves(address: str) -> None:
    fake = FakeSmtp()
    with pytest.raises(RefusedError, match="L’adresse e-mail est inutilisable"):
        send(fake, recipient=address)
    assert fake.commands == []


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ({"MAIL": b"451 later\r\n"}, TryLaterError),
        ({"RCPT": b"550 no such user\r\n"}, RefusedError),
        ({"RCPT": b"450 mailbox busy\r\n"}, TryLaterError),
        ({"RCPT": HANG_UP}, TryLaterError),
        ({"DATA": b"554 no\r\n"}, RefusedError),
        ({"DATA": b"451 later\r\n"}, TryLaterError),
        ({".": b"250 taken\r\n", "QUIT": HANG_UP}, None),
        ({".": b"552 too large\r\n"}, RefusedError),
        ({".": b"452 disk full\r\n"}, TryLaterError),
        ({".": HANG_UP}, AnswerLostError),
        ({"EHLO": HANG_UP}, TryLaterError),
    ],
    ids=str,
)
def test_each_step_that_fails_says_what_is_known(
    replies: dict[str, bytes], expected: type[SendingError] | None
) -> None:
    if expected is None:
        assert send(FakeSmtp(replies))
        return
    with pytest.raises(SendingError) as raised:
        send(FakeSmtp(replies))
    assert type(raised.value) is expected


def test_a_refusal_is_told_in_the_servers_words() -> None:
    with pytest.raises(RefusedError) as raised:
        send(FakeSmtp({"RCPT": b"550 5.1.1 no such user\r\n"}))
    assert raised.value.words == "SMTP\u00a0: 5.1.1 no such user (550)"


def test_a_server_that_is_not_there_is_tried_later() -> None:
    with pytest.raises(TryLaterError, match="injoignable"):
        Smtp("smtp://127.0.0.1:1", lambda _: b"").send(outgoing())


def test_a_password_never_travels_to_a_server_without_encryption() -> None:
    fake = FakeSmtp()
    with fake.serving(), pytest.raises(TryLaterError, match="STARTTLS"):
        Smtp(fake.url.replace("smtp://", "smtp://me:secret@"), lambda _: b"", timeout_s=2).send(outgoing())
    assert not [command for command in fake.commands if command.upper().startswith("AUTH")]
