"""A local SMTP server of a few lines: it takes e-mails, or misbehaves at the step it is told to."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

REPLIES = {
    "EHLO": b"250 fake\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go on\r\n",
    ".": b"250 taken\r\n",
    "QUIT": b"221 bye\r\n",
}
#: Close the connection instead of answering.
HANG_UP = b""


class FakeSmtp:
    """``replies`` replaces the answer to a command; « . » is the end of the text."""

    def __init__(self, replies: Mapping[str, bytes] | None = None) -> None:
        self.replies = REPLIES | dict(replies or {})
        self.commands: list[str] = []
        self.texts: list[bytes] = []
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.fake = self

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def serving(self) -> Iterator["FakeSmtp"]:
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    fake: FakeSmtp
    daemon_threads = True
    allow_reuse_address = True


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.wfile.write(b"220 fake\r\n")
        while line := self.rfile.readline():
            command = line.decode().strip()
            self.server.fake.commands.append(command)
            if not self._answer(command[:4].upper()):
                return
            if command.upper() == "DATA" and self.server.fake.replies["DATA"].startswith(b"354"):
                self.server.fake.texts.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                if not self._answer("."):
                    return

    def _answer(self, step: str) -> bool:
        reply = self.server.fake.replies.get(step, b"500 unknown\r\n")
        self.wfile.write(reply)
        return reply != HANG_UP and step != "QUIT"
