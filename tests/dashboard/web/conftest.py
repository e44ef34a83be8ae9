"""The real server, in a thread of the test process: requests travel over TCP, the database is the test's own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
import streamlit as st
from starlette.routing import BaseRoute
from streamlit.runtime import Runtime
from websockets.sync.client import ClientConnection, connect

from dashboard.app import make_app
from dashboard.options import flat_options
from dashboard.web.cookies import cookie_name
from dashboard.web.rate_limits import forget_all
from dashboard.web.server import make_server
from db.settings import settings


@dataclass(frozen=True, slots=True)
class Site:
    """The running server, as browsers see it."""

    host: str
    app: st.App

    @property
    def routes(self) -> list[BaseRoute]:
        """Return every route, Streamlit's and ours, in the order they are tried."""
        return self.app._starlette_app.routes

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def client(self, token: str | None = None, **headers: str) -> httpx.Client:
        """Return a browser, with a session's token or without; it sends the origin its own pages would."""
        cookies = {cookie_name(): token} if token else {}
        return httpx.Client(base_url=self.origin, cookies=cookies, headers={"Origin": self.origin} | headers)

    @contextmanager
    def socket(self, token: str | None = None, **headers: str) -> Iterator[ClientConnection]:
        """Open Streamlit's WebSocket."""
        cookie = {"Cookie": f"{cookie_name()}={token}"} if token else {}
        origin = headers.pop("Origin", self.origin)
        with connect(
            f"ws://{self.host}/_stcore/stream",
            origin=origin or None,
            additional_headers=cookie | headers,
            subprotocols=["streamlit"],
            max_size=None,
        ) as opened:
            yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    Runtime._instance = None  # Tests of pages leave theirs behind; there can be one in a process.
    app = make_app()
    server = make_server(app, flat_options() | {"server.address": "127.0.0.1", "server.port": 0})
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Site(f"127.0.0.1:{port}", app)
    server.should_exit = True
    thread.join(10)
    Runtime._instance = None


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    """Forget how often other tests asked: to the server they are all one address."""
    forget_all()


@pytest.fixture
def behind_https(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say that people reach us at an https address of our own."""
    monkeypatch.setenv("PUBLIC_URL", "https://commandes.exemple.fr")
    settings.cache_clear()
