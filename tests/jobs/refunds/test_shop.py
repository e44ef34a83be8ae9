"""The shop as a payment provider, against a local server: what travels, and what each answer means."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from db.domain.orders import PaymentMethod
from db.services.refund_claims import Answer, Outcome, RefundOrder
from db.settings import Settings
from jobs.refunds.providers import Manual, Shop, chosen_provider

ORDER = RefundOrder(812, "refund-812-1", "A-1", PaymentMethod.CARD, 17_40, "EUR", "CB-42")


class FakeShop(ThreadingHTTPServer):
    """Remembers each request, then answers as it is told; ``answer`` None cuts the connection."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.answer: tuple[int, bytes] | None = (200, b'{"status": "done", "reference": "re_1"}')
        self.slow_s = 0.0


class _Handler(BaseHTTPRequestHandler):
    server: FakeShop

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((dict(self.headers), body))
        time.sleep(self.server.slow_s)
        if self.server.answer is None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        status, said = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)


@pytest.fixture
def fake() -> Iterator[FakeShop]:
    server = FakeShop()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ask(fake: FakeShop) -> Outcome:
    return Shop(f"http://127.0.0.1:{fake.server_port}/refunds", "jeton", timeout_s=0.5).refund(ORDER)


def test_the_shop_is_asked_with_its_token_and_a_key_for_this_refund(fake: FakeShop) -> None:
    assert ask(fake) == Outcome(Answer.DONE, "re_1")
    ((headers, body),) = fake.requests
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer jeton", "refund-812-1")
    assert body == {
        "key": "refund-812-1",
        "refund_id": 812,
        "order": "A-1",
        "method": "card",
        "amount_cents": 1740,
        "currency": "EUR",
        "payment_reference": "CB-42",
    }


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (b'{"status": "taken", "reference": "re_2"}', Outcome(Answer.TAKEN, "re_2")),
        (b'{"status": "refused", "reason": "Carte  expir\\u00e9e"}', Outcome(Answer.REFUSED, "", "Carte expirée")),
        (b'{"status": "refused"}', Outcome(Answer.REFUSED, "", "La boutique a refusé sans dire pourquoi.")),
    ],
)
def test_each_answer_means_what_was_agreed_on(fake: FakeShop, said: bytes, outcome: Outcome) -> None:
    fake.answer = (200, said)
    assert ask(fake) == outcome


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"boom"),
        (401, b"{}"),
        (404, b"not here"),
        (302, b""),
        (200, b"<html>"),
        (200, b'{"status": "perhaps"}'),
        (200, b'["done"]'),
        (201, b'{"status": "done"}'),
        None,
    ],
)
def test_anything_else_is_not_known(fake: FakeShop, answer: tuple[int, bytes] | None) -> None:
    fake.answer = answer
    outcome = ask(fake)
    assert outcome.answer is Answer.UNKNOWN
    assert outcome.reason.startswith("La boutique")


def test_a_shop_that_is_slow_or_away_is_not_known_either(fake: FakeShop) -> None:
    fake.slow_s = 2
    assert ask(fake).answer is Answer.UNKNOWN
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert Shop(f"http://127.0.0.1:{port}/", "jeton").refund(ORDER).answer is Answer.UNKNOWN


def test_the_settings_choose_who_gives_money_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(chosen_provider(Settings(_env_file=None)), Manual)  # type: ignore[call-arg]
    monkeypatch.setenv("REFUND_PROVIDER", "shop")
    with pytest.raises(ValueError, match="REFUND_URL"):
        Settings(_env_file=None)  # type: ignore[call-arg]
    monkeypatch.setenv("REFUND_URL", "https://boutique.example.fr/remboursements")
    monkeypatch.setenv("REFUND_TOKEN", "jeton")
    assert isinstance(chosen_provider(Settings(_env_file=None)), Shop)  # type: ignore[call-arg]


def test_by_hand_takes_nothing() -> None:
    assert (Manual().methods, Manual().refund(ORDER).answer) == (frozenset(), Answer.REFUSED)
