"""SendGrid's Event Webhook over HTTP: who is believed, what is taken in, and that no body whatever breaks it."""

import base64
import datetime as dt
import json
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dashboard.web import webhooks
from dashboard.web.sendgrid_events import MAX_AGE, is_signed, read_events
from db.domain.mail import OutboxState
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import MailEvent, OutboxMessage
from db.settings import settings
from tests.jobs.mail.letters import queue_emails

KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC_KEY = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
#: No point of the curve, though it looks like one.
NO_KEY = PUBLIC_KEY[:36] + "A" * 86 + "=="
PATH = "/webhooks/sendgrid"
DELIVERED = {
    "email": "helene@example.org",
    "event": "delivered",
    "sg_event_id": "evt-1",
    "sg_message_id": "abc.filter0001.16648.5515E0B88.0",
    "timestamp": 1795253400,
    "outbox_id": "1",
}


@pytest.fixture
def with_key(use_database, monkeypatch):
    monkeypatch.setenv("SENDGRID_WEBHOOK_KEY", PUBLIC_KEY)
    settings.cache_clear()


def signed(body: bytes, at: dt.datetime | None = None, key: ec.EllipticCurvePrivateKey = KEY) -> dict[str, str]:
    timestamp = str(int((at or utc_now()).timestamp()))
    signature = key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
    return {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
    }


def post(site, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    """Post as SendGrid does: no cookie, no origin."""
    return httpx.post(f"{site.origin}{PATH}", content=body, headers=signed(body) if headers is None else headers)


def as_body(*events: object) -> bytes:
    return json.dumps(events).encode() + b"\r\n"


def queue_uncertain() -> None:
    with transaction() as session:
        queue_emails(session, 1, state=OutboxState.UNCERTAIN)


def outbox_state() -> OutboxState:
    with reading() as session:
        return session.scalars(sa.select(OutboxMessage.state)).one()


def kept_events() -> list[MailEvent]:
    with reading() as session:
        return list(session.scalars(sa.select(MailEvent)))


def test_a_signed_event_settles_its_email(site, with_key):
    queue_uncertain()
    answer = post(site, as_body(DELIVERED))
    assert (answer.status_code, answer.content) == (204, b"")
    assert outbox_state() is OutboxState.DELIVERED


def test_a_request_played_again_changes_nothing(site, with_key):
    queue_uncertain()
    body = as_body(DELIVERED)
    headers = signed(body)
    assert [post(site, body, headers).status_code for _ in range(3)] == [204, 204, 204]
    assert len(kept_events()) == 1


def test_a_body_that_was_touched_is_refused(site, with_key):
    queue_uncertain()
    body = as_body(DELIVERED)
    for touched in (body.replace(b"delivered", b"bounce"), body.removesuffix(b"\r\n"), body + b" ", b"", b"\xff"):
        assert post(site, touched, signed(body)).status_code == 403
    assert outbox_state() is OutboxState.UNCERTAIN


@pytest.mark.parametrize(
    "changed",
    [
        {"X-Twilio-Email-Event-Webhook-Signature": ""},
        {"X-Twilio-Email-Event-Webhook-Signature": "AAAA"},
        {"X-Twilio-Email-Event-Webhook-Signature": "é".encode()},
        {"X-Twilio-Email-Event-Webhook-Signature": "not base64!"},
        {"X-Twilio-Email-Event-Webhook-Timestamp": ""},
        {"X-Twilio-Email-Event-Webhook-Timestamp": "soon"},
        {"X-Twilio-Email-Event-Webhook-Timestamp": "9" * 40},
        {"X-Twilio-Email-Event-Webhook-Timestamp": "1795253400"},
    ],
    ids=str,
)
def test_a_bad_signature_or_time_is_refused(site, with_key, changed):
    body = as_body(DELIVERED)
    assert post(site, body, signed(body) | changed).status_code == 403


def test_somebody_elses_signature_is_refused(site, with_key):
    body = as_body(DELIVERED)
    assert post(site, body, signed(body, key=ec.generate_private_key(ec.SECP256R1()))).status_code == 403


@pytest.mark.parametrize("away", [MAX_AGE + dt.timedelta(minutes=1), -MAX_AGE - dt.timedelta(minutes=1)])
def test_a_recording_of_long_ago_is_refused_though_its_signature_is_right(site, with_key, away):
    body = as_body(DELIVERED)
    assert post(site, body, signed(body, utc_now() - away)).status_code == 403
    assert post(site, body, signed(body, utc_now() - away / 2)).status_code == 204


def test_without_a_key_there_is_no_such_address(site, use_database):
    assert post(site, as_body(DELIVERED)).status_code == 404


def test_a_key_that_is_none_lets_nobody_in_and_is_written_down(site, with_key, monkeypatch, caplog):
    monkeypatch.setenv("SENDGRID_WEBHOOK_KEY", NO_KEY)
    settings.cache_clear()
    assert post(site, as_body(DELIVERED)).status_code == 403
    assert "SENDGRID_WEBHOOK_KEY" in caplog.text


def test_a_body_far_too_long_is_refused(site, with_key, monkeypatch):
    monkeypatch.setattr(webhooks, "MAX_BYTES", 1000)
    body = as_body(*[DELIVERED] * 10)
    assert post(site, body).status_code == 413


def test_while_the_database_is_away_sendgrid_is_asked_to_come_again(site, with_key, lose_database):
    lose_database()
    assert post(site, as_body(DELIVERED)).status_code == 503


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_only_what_is_posted_to_this_very_address_needs_no_session(site, with_key, method):
    assert httpx.request(method, f"{site.origin}{PATH}").status_code in {401, 403}
    assert httpx.post(f"{site.origin}{PATH}x", content=b"").status_code == 403


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"null", b"[" * 200_000, b"1" * 5000, b'"\\ud800"'])
def test_a_signed_body_that_is_no_list_of_events_is_refused(site, with_key, body):
    assert post(site, body).status_code == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
#: Events in which any field may be anything: numbers beyond every column, halves of characters, NUL.
ODD_EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "sg_event_id": st.text(min_size=1) | JSON,
        "event": st.sampled_from(["delivered", "bounce", "\x00"]) | JSON,
        "timestamp": st.integers() | st.sampled_from([1795253400, "1795253400", 1e400, True, -1, 10**30]) | JSON,
        "outbox_id": st.sampled_from(["1", "0", "-1", "9" * 18, "9" * 19, "9" * 5000, "²", "1\x00"]) | JSON,
        "email": st.just("helene@example.org") | JSON,
        "reason": st.just("\ud800\x00" * 2000) | JSON,
        "sg_message_id": st.text() | JSON,
    },
)


@given(body=st.lists(ODD_EVENTS | JSON, max_size=4) | JSON)
@hypothesis_settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_whatever_is_posted_the_answer_is_never_a_fault_of_ours(site, with_key, body):
    answer = post(site, json.dumps(body).encode())
    assert answer.status_code == (204 if isinstance(body, list) else 400)


@given(body=st.lists(ODD_EVENTS, max_size=4))
@hypothesis_settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_read_postgresql_takes_it_too(session, body):
    from db.services.mail_events import apply_events  # noqa: PLC0415  only here beside the route

    apply_events(session, read_events(json.dumps(body).encode()), utc_now())


# What SendGrid itself publishes.


def test_sendgrids_own_vectors_are_judged_as_it_says(shared_data: Path):
    vectors = json.loads((shared_data / "sendgrid" / "signature_vectors.json").read_text(encoding="utf-8"))
    assert len(vectors["cases"]) == 5
    for case in vectors["cases"]:
        signed_at = dt.datetime.fromtimestamp(1600112502, dt.UTC)
        body = case["payload"].encode()
        judged = is_signed(body, case["signature"], case["timestamp"], case["public_key"], signed_at)
        assert judged is case["expect"], case["name"]


def test_sendgrids_own_examples_of_every_event_are_read(shared_data: Path):
    events = read_events((shared_data / "sendgrid" / "events_all_types.json").read_bytes())
    assert [event.kind for event in events] == [
        "processed", "deferred", "delivered", "open", "click", "bounce", "dropped",
        "spamreport", "unsubscribe", "group_unsubscribe", "group_resubscribe",
    ]  # fmt: skip
    bounce = events[5]
    assert (bounce.id, bounce.reason, bounce.provider_id) == (
        "evt-bounce==",
        "500 unknown recipient",
        "14c5d75ce93.dfd.64b469",
    )
    assert (bounce.recipient, bounce.outbox_id) == ("alex@example.com", None)
    assert bounce.at == dt.datetime(2017, 12, 15, 0, 59, 29, tzinfo=dt.UTC)
    assert events[1].reason == "400 try again later"
