"""A local server that answers as SendGrid's v3 API does, and as it does on a bad day. It counts what it accepted."""

import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """How one request is answered."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    #: Whether the e-mail counts as taken; None for « if the status says so ».
    accepts: bool | None = None
    #: Seconds before the answer.
    slow: float = 0
    #: Cut the connection instead of answering.
    resets: bool = False

    @property
    def is_accepted(self) -> bool:
        return self.status == 202 if self.accepts is None else self.accepts


def errors(status: int, message: str, **headers: str) -> Answer:
    """Return a refusal in SendGrid's words."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, json.dumps({"errors": [{"message": message, "field": None}]}).encode())


ACCEPTED = Answer()
Script = Callable[[dict[str, Any]], Answer]


class FakeSendGrid:
    def __init__(self, script: Script | None = None) -> None:
        #: Decides on each e-mail; replaced by tests.
        self.script: Script = script or (lambda _body: ACCEPTED)
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        #: By the e-mail's outbox id.
        self.accepted: Counter[int] = Counter()
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def decide(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Answer:
        with self.lock:
            self.requests.append((path, headers, body))
            answer = self.script(body)
            if answer.is_accepted:
                self.accepted[outbox_id_of(body)] += 1
        return answer

    @contextmanager
    def serving(self) -> Iterator["FakeSendGrid"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def outbox_id_of(body: dict[str, Any]) -> int:
    return int(body["personalizations"][0]["custom_args"]["outbox_id"])


class _Server(ThreadingHTTPServer):
    fake: FakeSendGrid
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Clients that were killed are no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.server.fake.decide(self.path, dict(self.headers), body)
        if answer.slow:
            time.sleep(answer.slow)
        if answer.resets:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        self.send_response(answer.status)
        headers = {"X-Message-Id": f"fake-{outbox_id_of(body)}"} if answer.is_accepted else {}
        for name, value in (headers | answer.headers | {"Content-Length": str(len(answer.body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
