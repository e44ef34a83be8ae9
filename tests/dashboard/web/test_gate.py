"""Who may ask for what: every route there is, over HTTP and WebSocket, without a session and with each role."""

import datetime as dt
import re

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dashboard.navigation import SCREENS
from dashboard.web import live_socket
from dashboard.web.proof import PROOF_HEADER, SESSION_HEADER, user_of
from db.domain.permissions import Permission, Role
from db.domain.time import utc_now
from db.engine import transaction
from db.models import Person, Session
from db.services.access import end_sessions
from tests.dashboard.apptest import open_session

ANY = "any method"
NOBODY = 404  # What we closed: Streamlit's own sign-in and its interface for agents.

#: Every route: what it answers to somebody without a session, and to somebody with one who may use it.
#: A route that is not here fails the test below: say first who may use it.
ROUTES: dict[tuple[str, str], tuple[int, int]] = {
    ("GET", "/healthz"): (200, 200),
    ("GET", "/readyz"): (200, 200),
    ("GET", "/connexion"): (200, 303),
    ("POST", "/connexion"): (401, 401),
    ("GET", "/lien/{token}"): (410, 410),
    ("POST", "/lien/{token}"): (410, 410),
    ("GET", "/suivi/{token}"): (404, 404),
    ("GET", "/suivi/{token}/reception"): (404, 404),
    ("POST", "/suivi/{token}/reception"): (404, 404),
    ("GET", "/suivi/{token}/documents/{document_id}"): (404, 404),
    ("GET", "/suivi/{token}/retour"): (404, 404),
    ("POST", "/suivi/{token}/retour"): (404, 404),
    ("GET", "/suivi/{token}/retours/{return_id}"): (404, 404),
    ("POST", "/suivi/{token}/retours/{return_id}/messages"): (404, 404),
    ("GET", "/suivi/{token}/retours/{return_id}/photos/{photo_id}"): (404, 404),
    ("GET", "/suivi/{token}/retours/{return_id}/bon"): (404, 404),
    ("GET", "/api/v1"): (401, 200),  # Below it a token is asked for; this itself is nothing.
    ("POST", "/webhooks/sendgrid"): (404, 404),  # Until a key is set; then a signature is asked for.
    ("GET", "/fichiers/{file_id}"): (401, 404),
    ("GET", "/photos-retours/{photo_id}"): (401, 404),
    ("GET", "/app/static/{path:path}"): (404, 404),
    ("OPTIONS", "/app/static/{path:path}"): (204, 204),
    ("GET", "/_stcore/health"): (401, 200),
    ("OPTIONS", "/_stcore/health"): (401, 204),
    ("GET", "/_stcore/metrics"): (401, 200),
    ("OPTIONS", "/_stcore/metrics"): (401, 204),
    ("GET", "/_stcore/host-config"): (401, 200),
    ("GET", "/media/{file_id:path}"): (401, 404),
    ("OPTIONS", "/media/{file_id:path}"): (401, 204),
    ("PUT", "/_stcore/upload_file/{session_id}/{file_id}"): (401, 403),  # Streamlit also asks for its own token.
    ("DELETE", "/_stcore/upload_file/{session_id}/{file_id}"): (401, 403),
    ("OPTIONS", "/_stcore/upload_file/{session_id}/{file_id}"): (401, 204),
    ("GET", "/component/{path:path}"): (401, 404),
    ("OPTIONS", "/component/{path:path}"): (401, 204),
    ("GET", "/_stcore/bidi-components/{path:path}"): (401, 404),
    ("OPTIONS", "/_stcore/bidi-components/{path:path}"): (401, 204),
    ("GET", "/auth/login"): (401, NOBODY),
    ("GET", "/auth/logout"): (401, NOBODY),
    ("GET", "/oauth2callback"): (401, NOBODY),
    (ANY, "/_stcore/agent/interact"): (401, NOBODY),
    (ANY, "/_stcore/agent/openapi.json"): (401, NOBODY),
    (ANY, "/_stcore/agent/mcp"): (401, NOBODY),
    ("GET", ""): (401, 200),  # Everything else: Streamlit's document and files.
    ("GET", "/_stcore/stream"): (401, 200),  # Asked for without a WebSocket it is one of those.
}
RESTRICTED = {"/_stcore/metrics": Permission.READ_METRICS}
#: Refused in the handshake itself.
HANDSHAKE_REFUSED = 403


def methods_of(route):
    methods = getattr(route, "methods", None) or {"GET"}
    return [ANY] if len(methods) > 3 else sorted(methods - {"HEAD"})


def address_of(path):
    return re.sub(r"\{[^}]*\}", "x", path) or "/"


def test_every_route_there_is_has_its_line_here(site):
    assert {(method, route.path) for route in site.routes for method in methods_of(route)} == set(ROUTES)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_an_address_that_nobody_thought_of_needs_a_session(site, use_database, method):
    with site.client() as client:
        assert client.request(method, "/quelque/chose.json").status_code == 401


def test_without_a_session_every_route_is_closed_but_the_public_ones(site, use_database):
    with site.client() as client:
        answers = {
            (method, path): client.request("POST" if method == ANY else method, address_of(path)).status_code
            for method, path in ROUTES
        }
    assert answers == {route: anonymous for route, (anonymous, _) in ROUTES.items()}


@pytest.mark.parametrize("role", list(Role))
def test_with_a_session_a_role_gets_what_it_may(site, signed_up, role):
    token = open_session(signed_up(role)).token
    with site.client(token) as client:
        answers = {
            (method, path): client.request("POST" if method == ANY else method, address_of(path)).status_code
            for method, path in ROUTES
        }
    expected = {
        (method, path): 403 if path in RESTRICTED and not role.may(RESTRICTED[path]) else signed_in
        for (method, path), (_, signed_in) in ROUTES.items()
    }
    assert answers == expected


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.script)
def test_a_screen_opens_for_the_roles_that_may_see_it(site, signed_up, role, screen):
    allowed = screen.permission is None or role.may(screen.permission)
    with site.client(open_session(signed_up(role)).token, Accept="text/html") as client:
        answer = client.get(f"/{screen.url_path}")
    assert answer.status_code == (200 if allowed else 403)
    assert '<html lang="fr"' in answer.text


def test_a_browser_without_a_session_is_sent_to_sign_in_and_back(site, use_database):
    with site.client(Accept="text/html") as client:
        answer = client.get("/commandes?statut=paid&q=th%C3%A9")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/connexion?next=%2Fcommandes%3Fstatut%3Dpaid%26q%3Dth%25C3%25A9"


def test_an_unknown_screen_is_said_to_be_unknown_in_french(site, signed_up):
    with site.client(open_session(signed_up()).token, Accept="text/html") as client:
        answer = client.get("/inconnue")
    assert answer.status_code == 404
    assert "Cette adresse ne mène nulle part" in answer.text


def test_streamlits_document_comes_in_french_under_our_name(site, signed_up):
    with site.client(open_session(signed_up()).token, Accept="text/html", **{"Accept-Encoding": "gzip"}) as client:
        for path in ("/", "/commandes"):
            answer = client.get(path)
            assert '<html lang="fr"' in answer.text
            assert "<title>Marché d’ici</title>" in answer.text
            assert answer.headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize("path", ["/%2e%2e/etc/passwd", "//evil.example/", "/static/../_stcore/metrics", "/\\evil"])
def test_a_path_that_plays_tricks_reaches_nothing(site, use_database, path):
    with site.client(Accept="text/html") as client:
        answer = client.get(path)
    assert answer.status_code in {303, 400, 401, 404}
    assert "location" not in answer.headers or answer.headers["location"].startswith("/connexion")


# Who one claims to be.


@pytest.mark.parametrize(
    "token", ["", "x", "' OR 1=1 --", "é", "a" * 5000, "0" * 43], ids=["empty", "x", "sql", "accent", "long", "zeros"]
)
def test_a_cookie_that_is_no_token_opens_nothing(site, signed_up, token):
    open_session(signed_up())
    with site.client() as client:
        assert client.get("/_stcore/health", headers={"Cookie": f"session={token}".encode()}).status_code == 401


def test_a_tampered_token_opens_nothing(site, signed_up):
    token = open_session(signed_up()).token
    flipped = ("B" if token[0] == "A" else "A") + token[1:]
    with site.client(flipped) as client:
        assert client.get("/_stcore/health").status_code == 401


def test_the_hash_the_database_keeps_opens_nothing(site, signed_up):
    opened = open_session(signed_up())
    with transaction() as session:
        token_hash = session.get_one(Session, opened.id).token_hash
    with site.client(token_hash) as client:
        assert client.get("/_stcore/health").status_code == 401


def test_identity_headers_of_a_client_open_nothing(site, signed_up):
    opened = open_session(signed_up())
    forged = {PROOF_HEADER: "guess", SESSION_HEADER: str(opened.id)}
    with site.client(**forged) as client:
        assert client.get("/_stcore/health").status_code == 401
    with pytest.raises(InvalidStatus), site.socket(**forged):
        pass


def test_a_client_cannot_pass_for_somebody_else_beside_its_own_session(site, signed_up):
    admin = open_session(signed_up(Role.ADMIN, name="Ada Admin"))
    support = open_session(signed_up(Role.SUPPORT, name="Sam Support"))
    forged = {SESSION_HEADER: str(admin.id), PROOF_HEADER: user_of(admin.id)["proof"]}
    shown = run_page(site, support.token, **forged)
    assert "Sam Support" in shown
    assert "Ada Admin" not in shown


@pytest.mark.parametrize("since", [dt.timedelta(hours=12), dt.timedelta(days=7)])
def test_a_session_unused_for_twelve_hours_opens_nothing(site, signed_up, since):
    token = open_session(signed_up(), utc_now() - since).token
    with site.client(token) as client:
        assert client.get("/_stcore/health").status_code == 401


def test_a_session_ends_after_seven_days_however_much_it_is_used(site, signed_up):
    opened = open_session(signed_up(), utc_now() - dt.timedelta(days=7))
    with transaction() as session:
        session.get_one(Session, opened.id).last_seen_at = utc_now()
    with site.client(opened.token) as client:
        assert client.get("/_stcore/health").status_code == 401


def test_being_seen_is_written_once_a_minute_at_most(site, signed_up):
    now = utc_now()
    opened = open_session(signed_up(), now - dt.timedelta(minutes=10))
    with site.client(opened.token) as client:
        client.get("/_stcore/health")
        with transaction() as session:
            first = session.get_one(Session, opened.id).last_seen_at
        client.get("/_stcore/health")
    with transaction() as session:
        again = session.get_one(Session, opened.id).last_seen_at
    assert first >= now
    assert again == first


def test_a_deactivated_person_is_out_at_once(site, signed_up):
    person_id = signed_up(Role.FINANCE)
    token = open_session(person_id).token
    with site.client(token) as client:
        assert client.get("/_stcore/health").status_code == 200
        with transaction() as session:
            session.get_one(Person, person_id).is_active = False
        assert client.get("/_stcore/health").status_code == 401


# Where a request comes from.

EVIL = [
    "https://evil.example",
    "null",
    "http://127.0.0.1.evil.example",
    "http://localhost",
    "http://127.0.0.1",
    "javascript:",
]


@pytest.mark.parametrize("origin", EVIL)
def test_another_site_cannot_change_anything(site, signed_up, origin):
    with site.client(open_session(signed_up()).token, Origin=origin) as client:
        assert client.post("/connexion", data={"email": "a", "password": "b"}).status_code == 403
        assert client.put("/_stcore/upload_file/x/x").status_code == 403
        assert client.get("/_stcore/health").status_code == 200


@pytest.mark.parametrize("origin", [*EVIL, ""])
def test_another_site_cannot_open_the_socket(site, signed_up, origin):
    token = open_session(signed_up()).token
    with pytest.raises(InvalidStatus) as refused, site.socket(token, Origin=origin):
        pass
    assert refused.value.response.status_code == HANDSHAKE_REFUSED


def test_a_form_without_an_origin_needs_the_browser_to_say_it_is_ours(site, use_database):
    with site.client() as client:
        del client.headers["Origin"]
        assert client.post("/connexion").status_code == 403
        assert client.post("/connexion", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert client.post("/connexion", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "127.0.0.1.nip.io", "[", ""])
def test_a_name_that_is_not_ours_is_answered_nothing(site, signed_up, host):
    with site.client(open_session(signed_up()).token, Host=host) as client:
        answer = client.get("/healthz")
    assert answer.status_code in {400, 421}
    assert "ok" not in answer.text


def test_the_public_address_is_ours_with_its_https_origin(site, use_database, monkeypatch, request):
    request.getfixturevalue("behind_https")
    with site.client(Host="commandes.exemple.fr", Origin="https://commandes.exemple.fr") as client:
        assert client.post("/connexion").status_code == 401
    with site.client(Host="commandes.exemple.fr", Origin="https://evil.example") as client:
        assert client.post("/connexion").status_code == 403


# The WebSocket.


def run_page(site, token, **headers):
    """Run the account page over the WebSocket and return all the text the server sent for it."""
    shown = b""
    with site.socket(token, **headers) as socket:
        message = BackMsg()
        message.rerun_script.page_name = "compte"
        socket.send(message.SerializeToString())
        while True:
            received = ForwardMsg.FromString(socket.recv(timeout=20))
            shown += received.SerializeToString()
            if received.WhichOneof("type") == "script_finished":
                return shown.decode(errors="replace")


def test_without_a_session_the_socket_does_not_open(site, use_database):
    with pytest.raises(InvalidStatus) as refused, site.socket():
        pass
    assert refused.value.response.status_code == HANDSHAKE_REFUSED


@pytest.mark.parametrize("role", list(Role))
def test_the_socket_runs_the_page_for_whoever_it_was_opened_by(site, signed_up, role):
    token = open_session(signed_up(role, name="Zoé Test", email="zoe@example.org")).token
    shown = run_page(site, token)
    assert "zoe@example" in shown.replace("\\", "")
    assert role.label in shown
    assert ("Équipe" in shown) is (role is Role.ADMIN)


@pytest.fixture
def quick_recheck(monkeypatch):
    monkeypatch.setattr(live_socket, "RECHECK_SECONDS", 0.05)


def is_told_to_load_again_and_closed(socket):
    told = False
    try:
        while True:
            received = ForwardMsg.FromString(socket.recv(timeout=20))
            told = told or received.WhichOneof("type") == "auth_redirect"
    except ConnectionClosed:
        return told


def test_an_open_socket_is_closed_when_its_session_ends(site, signed_up, quick_recheck):
    person_id = signed_up(Role.SUPPORT)
    with site.socket(open_session(person_id).token) as socket:
        with transaction() as session:
            end_sessions(session, person_id, utc_now())
        assert is_told_to_load_again_and_closed(socket)


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.FINANCE}, {"name": "Autre nom"}])
def test_an_open_socket_is_closed_when_its_person_changes(site, signed_up, quick_recheck, change):
    person_id = signed_up(Role.SUPPORT)
    with site.socket(open_session(person_id).token) as socket:
        with transaction() as session:
            person = session.get_one(Person, person_id)
            for name, value in change.items():
                setattr(person, name, value)
        assert is_told_to_load_again_and_closed(socket)


def test_an_open_socket_stays_open_while_its_session_holds(site, signed_up, quick_recheck):
    with site.socket(open_session(signed_up(Role.SUPPORT)).token) as socket, pytest.raises(TimeoutError):
        socket.recv(timeout=0.4)


def test_what_is_clicked_in_an_open_socket_is_written_as_seen(site, signed_up):
    opened = open_session(signed_up(), utc_now() - dt.timedelta(minutes=10))
    with site.socket(opened.token) as socket:
        with transaction() as session:
            session.get_one(Session, opened.id).last_seen_at = seen = utc_now() - dt.timedelta(minutes=5)
        message = BackMsg()
        message.rerun_script.page_name = "compte"
        socket.send(message.SerializeToString())
        while ForwardMsg.FromString(socket.recv(timeout=20)).WhichOneof("type") != "script_finished":
            pass
    with transaction() as session:
        assert session.get_one(Session, opened.id).last_seen_at > seen
