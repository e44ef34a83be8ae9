import hashlib
from pathlib import Path

import pytest

from db.emails.types import AttachmentRef
from db.settings import Settings
from jobs.mail import attachments
from jobs.mail.attachments import reader_of
from jobs.mail.choice import chosen_sender
from jobs.mail.mailbox import LocalMailbox
from jobs.mail.senders import RefusedError, TryLaterError
from jobs.mail.sendgrid import EU_HOST, GLOBAL_HOST, SendGrid
from jobs.mail.smtp import Smtp
from tests.jobs.mail.letters import outgoing


def chosen(**variables: object) -> object:
    return chosen_sender(Settings(_env_file=None, **variables))


def test_unless_told_otherwise_nothing_leaves_the_machine() -> None:
    sender = chosen()
    assert isinstance(sender, LocalMailbox)
    assert (sender.name, sender.send(outgoing())) == ("boîte locale", "<outbox-12.20261121093000@place.example>")


@pytest.mark.parametrize(
    ("variables", "host"),
    [
        ({}, GLOBAL_HOST),
        ({"sendgrid_eu": True}, EU_HOST),
        ({"sendgrid_eu": True, "sendgrid_host": "http://127.0.0.1:9/"}, "http://127.0.0.1:9"),
    ],
)
def test_sendgrid_is_spoken_to_where_the_settings_say(variables: dict[str, object], host: str) -> None:
    sender = chosen(mail_sender="sendgrid", sendgrid_api_key="SG.key", **variables)
    assert isinstance(sender, SendGrid)
    assert (sender.url, sender._timeout_s) == (f"{host}/v3/mail/send", 10)


@pytest.mark.parametrize(
    ("url", "port", "is_tls"),
    [
        ("smtp://relay.example", 587, False),
        ("smtps://relay.example", 465, True),
        ("smtp://relay.example:25", 25, False),
    ],
)
def test_an_smtp_server_is_spoken_to_at_its_port(url: str, port: int, is_tls: bool) -> None:  # noqa: FBT001  a column
    sender = chosen(mail_sender="smtp", smtp_url=url)
    assert isinstance(sender, Smtp)
    assert (sender._host, sender._port, sender._is_tls) == ("relay.example", port, is_tls)


def test_the_password_of_an_smtp_url_is_decoded() -> None:
    sender = chosen(mail_sender="smtp", smtp_url="smtps://me%40shop:p%3Aw@relay.example")
    assert (sender._user, sender._password) == ("me@shop", "p:w")


def test_a_stored_file_is_read_from_the_folder_of_files(tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "F1.pdf").write_bytes(b"%PDF")
    assert reader_of(f"file://{tmp_path}")(AttachmentRef("2026/F1.pdf", "Facture.pdf")) == b"%PDF"


@pytest.mark.parametrize("ref", ["missing.pdf", "../secret_key", "/etc/passwd", "."])
def test_a_file_that_is_not_there_keeps_the_email_back(tmp_path: Path, ref: str) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (tmp_path / "secret_key").write_bytes(b"secret")
    with pytest.raises(RefusedError, match="est introuvable"):
        reader_of(f"file://{folder}")(AttachmentRef(ref, "Facture.pdf"))


def test_an_email_waits_while_stored_files_cannot_be_read() -> None:
    with pytest.raises(TryLaterError, match="ne peut pas être lue"):
        reader_of("nowhere://bucket/folder")(AttachmentRef("F1.pdf", "Facture.pdf"))


def test_a_file_too_large_for_an_email_keeps_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MAX_BYTES", 3)
    (tmp_path / "F1.pdf").write_bytes(b"%PDF")
    with pytest.raises(RefusedError, match="trop lourde"):
        reader_of(f"file://{tmp_path}")(AttachmentRef("F1.pdf", "Facture.pdf"))


def test_a_document_is_sent_only_as_it_was_made(tmp_path: Path) -> None:
    told: list[AttachmentRef] = []
    read = reader_of(f"file://{tmp_path}", told.append)
    made = AttachmentRef("F1.pdf", "Facture.pdf", hashlib.sha256(b"%PDF").hexdigest(), 7)
    (tmp_path / "F1.pdf").write_bytes(b"%PDF")
    assert (read(made), told) == (b"%PDF", [])

    (tmp_path / "F1.pdf").write_bytes(b"%PDG")
    with pytest.raises(TryLaterError, match="n’est plus celle qui a été faite"):
        read(made)
    (tmp_path / "F1.pdf").unlink()
    with pytest.raises(TryLaterError):
        read(made)
    assert told == [made, made]
