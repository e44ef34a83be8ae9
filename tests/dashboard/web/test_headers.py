"""What every answer carries."""

import re

import pytest

from dashboard.web.headers import ALWAYS, in_french, streamlit_policy
from db.settings import settings
from tests.dashboard.apptest import open_session


@pytest.mark.parametrize(
    "path", ["/healthz", "/connexion", "/lien/x", "/", "/_stcore/metrics", "/nowhere", "/app/static/logo.svg"]
)
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_every_answer_has_the_security_headers(site, signed_up, path, is_signed_in):
    token = open_session(signed_up()).token if is_signed_in else None
    with site.client(token) as client:
        answer = client.get(path)
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in answer.headers
    assert "server" not in answer.headers


def test_behind_https_every_answer_asks_for_https_from_now_on(site, use_database, behind_https):
    with site.client() as client:
        assert client.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"


def test_streamlits_policy_allows_scripts_of_ours_only():
    directives = dict(directive.split(" ", 1) for directive in streamlit_policy().split("; "))
    assert re.fullmatch(r"'self' blob:( 'sha256-[\w+/]{43}=')+", directives["script-src"])
    assert directives["default-src"] == "'self'"
    assert directives["object-src"] == "'none'"
    assert directives["connect-src"] == "'self'"
    assert not [source for source in streamlit_policy().split() if source.startswith("http")]


def test_the_document_is_french_and_carries_our_name(site, signed_up):
    with site.client(open_session(signed_up()).token, Accept="text/html") as client:
        text = client.get("/").text
    assert '<html lang="fr"' in text
    assert "Activez JavaScript" in text
    assert "You need to enable" not in text


def test_a_name_with_markup_stays_a_name(use_database, monkeypatch):
    monkeypatch.setenv("MARKETPLACE_NAME", "<script>&co")
    settings.cache_clear()
    assert in_french(b"<title>Streamlit</title>") == b"<title>&lt;script&gt;&amp;co</title>"
