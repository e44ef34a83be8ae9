import gzip
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from streamlit import file_util

from dashboard.web.assets import Assets, assets

FRONT_END = Path(file_util.get_static_dir()) / "static"
SCRIPT = next(path.relative_to(FRONT_END) for path in sorted((FRONT_END / "js").glob("index.*.js")))
FONT = "/app/static/fonts/inter-4.1-base.woff2"


async def beyond(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("beyond")(scope, receive, send)


@pytest.fixture(scope="module")
def application() -> Assets:
    return Assets(beyond)


@pytest.fixture
def browser(application: Assets) -> TestClient:
    return TestClient(application)


def test_a_script_is_compressed_and_kept_for_ever(browser: TestClient) -> None:
    with browser.stream("GET", f"/static/{SCRIPT}") as answer:
        raw = b"".join(list(answer.iter_raw()))
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "accept-encoding"
    assert int(answer.headers["content-length"]) == len(raw) < (FRONT_END / SCRIPT).stat().st_size / 2
    assert gzip.decompress(raw) == (FRONT_END / SCRIPT).read_bytes()


def test_whoever_cannot_decompress_gets_it_whole(browser: TestClient) -> None:
    browser.get(f"/static/{SCRIPT}")
    answer = browser.get(f"/static/{SCRIPT}", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == (FRONT_END / SCRIPT).read_bytes()


def test_a_font_is_not_compressed_twice(browser: TestClient) -> None:
    answer = browser.get(FONT)
    assert answer.headers["content-type"] == "font/woff2"
    assert "content-encoding" not in answer.headers
    assert answer.content.startswith(b"wOF2")


def test_what_keeps_its_name_is_kept_for_an_hour(browser: TestClient) -> None:
    answer = browser.get("/app/static/logo.svg")
    assert answer.headers["cache-control"] == "public, max-age=3600"


def test_head_has_the_same_headers_and_no_body(browser: TestClient) -> None:
    answer = browser.head(FONT)
    assert (answer.content, int(answer.headers["content-length"]) > 0) == (b"", True)


@pytest.mark.parametrize(
    "path", ["/", "/static/", "/static/nothing.js", "/static/../index.html", "/static/js/%2e%2e/x"]
)
def test_everything_else_is_passed_on(browser: TestClient, path: str) -> None:
    assert (browser.get(path)).text == "beyond"


def test_only_reading_is_answered(browser: TestClient) -> None:
    assert (browser.post(FONT)).text == "beyond"


def test_every_asset_exists() -> None:
    found = assets()
    assert all(asset.path.is_file() for asset in found.values())
    assert FONT in found
