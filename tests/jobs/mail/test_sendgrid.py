"""The sender against a local server that answers as SendGrid does: what travels, and what each answer means."""

import base64
import datetime as dt
from collections.abc import Iterator
from email.utils import format_datetime

import pytest

from db.domain.time import utc_now
from db.emails.types import AttachmentRef
from jobs.mail.senders import AnswerLostError, RefusedError, SendingError, TryLaterError
from jobs.mail.sendgrid import SendGrid
from tests.jobs.mail.fake_sendgrid import Answer, FakeSendGrid, errors
from tests.jobs.mail.letters import CONTENT, outgoing

#: A port of this machine at which nobody listens.
NOBODY = "http://127.0.0.1:1"


@pytest.fixture
def fake() -> Iterator[FakeSendGrid]:
    with FakeSendGrid().serving() as serving:
        yield serving


def sender(fake: FakeSendGrid, **options: object) -> SendGrid:
    return SendGrid("SG.key", lambda each: each.name.encode(), host=fake.url, **{"timeout_s": 0.5} | options)


def refusal(fake: FakeSendGrid, answer: Answer) -> SendingError:
    fake.script = lambda _body: answer
    with pytest.raises(SendingError) as raised:
        sender(fake).send(outgoing())
    return raised.value


def sent_body(fake: FakeSendGrid) -> dict[str, object]:
    ((path, headers, body),) = fake.requests
    assert path == "/v3/mail/send"
    assert headers["Authorization"] == "Bearer SG.key"
    return body


def test_an_email_travels_with_all_that_identifies_it(fake: FakeSendGrid) -> None:
    assert sender(fake).send(outgoing()) == "fake-12"
    assert sent_body(fake) == {
        "personalizations": [
            {
                "to": [{"email": "helene@example.org", "name": "Hélène Dupont"}],
                "custom_args": {"outbox_id": "12"},
            }
        ],
        "from": {"email": "no-reply@place.example", "name": "Place du Marché"},
        "reply_to": {"email": "support@place.example", "name": "Place du Marché"},
        "subject": "Votre commande n° 12 est expédiée",
        "content": [
            {"type": "text/plain", "value": CONTENT.text},
            {"type": "text/html", "value": CONTENT.html},
        ],
        "headers": {"Message-ID": "<outbox-12.20261121093000@place.example>"},
        "categories": ["order_shipped", "customer"],
        "mail_settings": {"sandbox_mode": {"enable": False}},
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": True},
        },
    }


def test_a_picture_that_the_text_shows_is_inline_under_its_content_id(fake: FakeSendGrid) -> None:
    sender(fake).send(outgoing(attachments=(AttachmentRef("a/2", "ventes.png", content_id="graphique-9@resume"),)))
    (picture,) = sent_body(fake)["attachments"]
    assert (picture["disposition"], picture["content_id"]) == ("inline", "graphique-9@resume")
    assert picture["type"] == "image/png"


def test_attachments_travel_whole_with_their_name_and_type(fake: FakeSendGrid) -> None:
    sender(fake).send(outgoing(attachments=(AttachmentRef("a/1", "Facture.pdf"), AttachmentRef("a/2", "sans-type"))))
    assert sent_body(fake)["attachments"] == [
        {
            "content": base64.b64encode(b"Facture.pdf").decode(),
            "filename": "Facture.pdf",
            "type": "application/pdf",
            "disposition": "attachment",
        },
        {
            "content": base64.b64encode(b"sans-type").decode(),
            "filename": "sans-type",
            "type": "application/octet-stream",
            "disposition": "attachment",
        },
    ]


def test_names_and_subjects_stay_on_one_line(fake: FakeSendGrid) -> None:
    sender(fake).send(outgoing(recipient_name="Hélène\r\nBcc: all@example.org"))
    to = sent_body(fake)["personalizations"][0]["to"][0]
    assert to == {"email": "helene@example.org", "name": "Hélène Bcc: all@example.org"}


def test_in_the_sandbox_a_checked_email_counts_as_sent(fake: FakeSendGrid) -> None:
    fake.script = lambda _body: Answer(status=200)
    assert sender(fake, is_sandbox=True).send(outgoing()) == ""
    assert sent_body(fake)["mail_settings"] == {"sandbox_mode": {"enable": True}}


def test_outside_the_sandbox_200_is_no_promise(fake: FakeSendGrid) -> None:
    assert isinstance(refusal(fake, Answer(status=200)), AnswerLostError)


def test_a_refusal_is_told_in_sendgrids_words(fake: FakeSendGrid) -> None:
    error = refusal(fake, errors(400, "Does not contain a valid address."))
    assert isinstance(error, RefusedError)
    assert error.words == "SendGrid\u00a0: Does not contain a valid address. (400)"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errors": 3}', b'{"errors": [{}]}'])
def test_a_refusal_without_words_is_told_as_http_calls_it(fake: FakeSendGrid, body: bytes) -> None:
    assert refusal(fake, Answer(413, body=body)).words == "SendGrid\u00a0: Request Entity Too Large (413)"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (302, RefusedError),
        (400, RefusedError),
        (401, RefusedError),
        (403, RefusedError),
        (413, RefusedError),
        (429, TryLaterError),
        (500, TryLaterError),
        (502, TryLaterError),
        (503, TryLaterError),
        (504, AnswerLostError),
    ],
)
def test_each_status_means_taken_or_later_or_never_or_unknown(
    fake: FakeSendGrid, status: int, expected: type[SendingError]
) -> None:
    assert type(refusal(fake, errors(status, "no"))) is expected


def test_a_wait_that_is_asked_for_in_seconds_is_kept(fake: FakeSendGrid) -> None:
    error = refusal(fake, errors(429, "slow down", Retry_After="7"))
    assert isinstance(error, TryLaterError)
    assert (error.after, error.is_too_fast) == (dt.timedelta(seconds=7), True)


def test_a_wait_that_is_asked_for_until_a_moment_is_kept(fake: FakeSendGrid) -> None:
    soon = utc_now() + dt.timedelta(seconds=90)
    for headers in ({"Retry-After": format_datetime(soon, usegmt=True)}, {"X-RateLimit-Reset": f"{soon:%s}"}):
        error = refusal(fake, Answer(503, headers))
        assert isinstance(error, TryLaterError)
        assert dt.timedelta(seconds=60) < error.after <= dt.timedelta(seconds=90)
        assert not error.is_too_fast


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Retry-After": "demain"}, None),
        ({"Retry-After": "-5"}, None),
        ({"X-RateLimit-Reset": "x"}, None),
        ({"X-RateLimit-Reset": "9" * 30}, None),
        ({"Retry-After": "9" * 30}, dt.timedelta(hours=1)),
        ({"X-RateLimit-Reset": "9999999999"}, dt.timedelta(hours=1)),
        ({"X-RateLimit-Reset": "1"}, dt.timedelta(0)),
    ],
)
def test_a_wait_that_makes_no_sense_is_none_or_cut_short(
    fake: FakeSendGrid, headers: dict[str, str], expected: dt.timedelta | None
) -> None:
    error = refusal(fake, Answer(429, headers))
    assert isinstance(error, TryLaterError)
    assert error.after == expected


def test_a_redirection_is_not_followed(fake: FakeSendGrid) -> None:
    error = refusal(fake, Answer(302, {"Location": f"{fake.url}/elsewhere"}))
    assert isinstance(error, RefusedError)
    assert len(fake.requests) == 1


@pytest.mark.parametrize("answer", [Answer(slow=1), Answer(resets=True), Answer(resets=True, accepts=False)])
def test_an_answer_that_never_comes_is_lost(fake: FakeSendGrid, answer: Answer) -> None:
    assert isinstance(refusal(fake, answer), AnswerLostError)


@pytest.mark.parametrize("host", [NOBODY, "http://nobody.invalid"])
def test_without_a_connection_the_email_was_surely_not_taken(host: str) -> None:
    with pytest.raises(TryLaterError, match="SendGrid est injoignable"):
        SendGrid("SG.key", lambda _: b"", host=host).send(outgoing())
