"""The sender against a local server that answers as Brevo's API does: what travels, and what each answer means."""

import datetime as dt
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa

from db.domain.mail import Channel, EmailTemplate, OutboxState, RecipientKind
from db.emails.types import OutgoingEmail
from db.engine import reading, transaction
from db.models import Marketplace, OutboxMessage
from jobs.mail.deliver import Pace, deliver_emails
from jobs.mail.senders import AnswerLostError, RefusedError, SendingError, TryLaterError
from jobs.run import Run
from jobs.sms.brevo import Brevo
from tests.jobs.mail.letters import CONTENT, outgoing, queue_emails, render

TAKEN = (201, {}, b'{"messageId": 1511882900176220}')


class FakeBrevo(ThreadingHTTPServer):
    """Remembers each request, then answers as it is told; ``answer`` None cuts the connection."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.answer: tuple[int, dict[str, str], bytes] | None = TAKEN
        self.slow_s = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeBrevo

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, dict(self.headers), body))
        time.sleep(self.server.slow_s)
        if self.server.answer is None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        status, headers, said = self.server.answer
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(said))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)


@pytest.fixture
def fake() -> Iterator[FakeBrevo]:
    server = FakeBrevo()
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def sender(fake: FakeBrevo) -> Brevo:
    return Brevo("xkeysib-1", "MARCHEDICI", host=fake.url, timeout_s=0.5)


def text(words: str = "Marché d'ici : commande prête") -> OutgoingEmail:
    return outgoing(recipient="+33612345678", template=EmailTemplate.ORDER_READY, content=replace(CONTENT, text=words))


def refusal(fake: FakeBrevo, status: int, said: bytes = b"", **headers: str) -> SendingError:
    fake.answer = (status, {name.replace("_", "-"): value for name, value in headers.items()}, said)
    with pytest.raises(SendingError) as raised:
        sender(fake).send(text())
    return raised.value


def test_an_sms_travels_as_brevo_documents_it(fake: FakeBrevo) -> None:
    assert sender(fake).send(text()) == "1511882900176220"
    ((path, headers, body),) = fake.requests
    assert path == "/v3/transactionalSMS/send"
    # As ``urllib`` writes them; names of headers have no case.
    assert {name.lower(): value for name, value in headers.items()}["api-key"] == "xkeysib-1"
    assert body == {
        "sender": "MARCHEDICI",
        "recipient": "33612345678",
        "content": "Marché d'ici : commande prête",
        "type": "transactional",
        "tag": ["order_ready", "outbox-12"],
        "unicodeEnabled": True,
    }


def test_a_text_of_the_short_alphabet_is_not_sent_as_unicode(fake: FakeBrevo) -> None:
    sender(fake).send(text("Commande prete, 12 €"))
    assert fake.requests[0][2]["unicodeEnabled"] is False


@pytest.mark.parametrize("said", [b"", b"<html>", b"[]", b'{"reference": "x"}'])
def test_an_sms_that_was_taken_is_sent_whatever_the_answer_says(fake: FakeBrevo, said: bytes) -> None:
    fake.answer = (201, {}, said)
    assert sender(fake).send(text()) == ""


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (302, RefusedError),
        (400, RefusedError),
        (401, RefusedError),
        (402, TryLaterError),
        (403, RefusedError),
        (408, AnswerLostError),
        (429, TryLaterError),
        (500, TryLaterError),
        (503, TryLaterError),
        (504, AnswerLostError),
        (200, AnswerLostError),
    ],
)
def test_each_status_means_taken_or_later_or_never_or_unknown(
    fake: FakeBrevo, status: int, expected: type[SendingError]
) -> None:
    assert type(refusal(fake, status)) is expected


def test_a_refusal_is_told_in_brevos_words(fake: FakeBrevo) -> None:
    said = b'{"code": "invalid_parameter", "message": "Invalid telephone number"}'
    assert refusal(fake, 400, said).words == "Brevo\u00a0: Invalid telephone number (400)"


def test_without_credit_or_too_fast_the_others_wait_too(fake: FakeBrevo) -> None:
    for status in (402, 429):
        error = refusal(fake, status, Retry_After="7")
        assert isinstance(error, TryLaterError)
        assert (error.after, error.is_too_fast) == (dt.timedelta(seconds=7), True)


def test_an_answer_that_never_comes_is_lost(fake: FakeBrevo) -> None:
    fake.slow_s = 1
    with pytest.raises(AnswerLostError):
        sender(fake).send(text())
    fake.slow_s, fake.answer = 0, None
    with pytest.raises(AnswerLostError):
        sender(fake).send(text())


def test_without_a_connection_the_sms_was_surely_not_taken() -> None:
    with pytest.raises(TryLaterError, match="Brevo est injoignable"):
        Brevo("k", "MARCHE", host="http://127.0.0.1:1").send(text())


def test_a_time_out_after_the_request_was_sent_makes_it_uncertain_and_is_never_repeated(
    fake: FakeBrevo, engine: sa.Engine
) -> None:
    with transaction(engine) as session:
        session.add(Marketplace(id=1, name="Marché d’ici", quiet_from=0, quiet_until=0))
        queue_emails(
            session,
            1,
            channel=Channel.SMS,
            template=EmailTemplate.SELLER_NEW_ORDER,
            recipient_kind=RecipientKind.SELLER,
            recipient="+33612345678",
        )
    fake.slow_s = 1
    run = Run(engine, "me", threading.Event())
    for _ in range(2):
        deliver_emails(run, text_sender=sender(fake), render=render, render_text=render, pace=Pace(look_again_s=0.05))
    assert len(fake.requests) == 1
    with reading(engine) as session:
        assert session.scalars(sa.select(OutboxMessage.state)).one() is OutboxState.UNCERTAIN
