"""Sign in, one-time links, and what keeps them from being guessed, replayed or led astray."""

import json
import re

import pytest

from dashboard.web.cookies import cookie_name
from db.domain.access import ATTEMPT_WINDOW, ATTEMPTS_PER_ACCOUNT, ATTEMPTS_PER_ADDRESS, INVITATION_LIFETIME
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import transaction
from db.models import Person, Session, SignInAttempt
from db.services import access
from db.services.links import create_first_admin_link, create_link
from db.services.passwords import hash_password

EMAIL, PASSWORD = "zoe@example.org", "le thé du matin est vert"
REFUSED = "Adresse e-mail ou mot de passe incorrect."
UNUSABLE = "Ce lien ne fonctionne plus"


@pytest.fixture
def zoe(signed_up):
    return signed_up(Role.SUPPORT, email=EMAIL, name="Zoé Test", password_hash=hash_password(PASSWORD))


def sign_in(client, email=EMAIL, password=PASSWORD, **fields):
    return client.post("/connexion", data={"email": email, "password": password} | fields)


def alert_in(page):
    found = re.search(r'role="alert">(.*?)<', page.text)
    return found.group(1) if found else None


def is_signed_in(client):
    return client.get("/_stcore/health").status_code == 200


# Signing in.


def test_the_right_password_opens_a_session(site, zoe):
    with site.client(**{"User-Agent": "Test 1.0"}) as client:
        answer = sign_in(client)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        assert is_signed_in(client)
    with transaction() as session:
        opened = session.query(Session).one()
        assert (opened.person_id, opened.ip_address, opened.user_agent) == (zoe, "127.0.0.1", "Test 1.0")
        assert session.get_one(Person, zoe).last_sign_in_at == opened.created_at


def test_the_address_may_be_typed_in_any_case_and_with_spaces(site, zoe):
    with site.client() as client:
        assert sign_in(client, email="  ZOE@Example.org ").status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong"),
        (EMAIL, ""),
        (EMAIL, PASSWORD + " "),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("zoe@example.org\x00", PASSWORD + "\x00"),
    ],
)
def test_anything_else_gets_one_and_the_same_answer(site, zoe, email, password):
    with site.client() as client:
        answer = sign_in(client, email, password)
        assert answer.status_code == 401
        assert alert_in(answer) == REFUSED
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("columns", [{"is_active": False}, {"password_hash": None}])
def test_a_deactivated_person_and_one_without_a_password_get_that_answer_too(site, zoe, columns):
    with transaction() as session:
        for name, value in columns.items():
            setattr(session.get_one(Person, zoe), name, value)
    with site.client() as client:
        assert alert_in(sign_in(client)) == REFUSED


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(site, zoe):
    with site.client() as client:
        cookie = sign_in(client).headers["set-cookie"]
    assert cookie.startswith("session=")
    assert re.sub(r"^session=[\w-]{43}; ", "", cookie) == "HttpOnly; Max-Age=604800; Path=/; SameSite=lax"


def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(site, zoe, behind_https):
    with site.client(Host="commandes.exemple.fr", Origin="https://commandes.exemple.fr") as client:
        answer = sign_in(client)
    assert re.sub(r"=[\w-]{43}; ", "=…; ", answer.headers["set-cookie"]) == (
        "__Host-session=…; HttpOnly; Max-Age=604800; Path=/; SameSite=lax; Secure"
    )
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_every_sign_in_gets_a_token_of_its_own_and_only_its_hash_is_kept(site, zoe):
    tokens = []
    for _ in range(2):
        with site.client() as client:
            sign_in(client)
            tokens.append(client.cookies[cookie_name()])
    with transaction() as session:
        kept = {opened.token_hash for opened in session.query(Session)}
    assert len(set(tokens)) == 2
    assert kept == {access.hash_token(token) for token in tokens}


def test_who_is_signed_in_already_goes_on(site, zoe):
    with site.client() as client:
        sign_in(client)
        answer = client.get("/connexion?next=/commandes")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/commandes"


# Where one goes next.


@pytest.mark.parametrize("wanted", ["/", "/commandes?statut=paid&q=th%C3%A9", "/commande?n=A-1#lignes"])
def test_one_arrives_where_one_wanted_to_go(site, zoe, wanted):
    with site.client() as client:
        shown = client.get("/connexion", params={"next": wanted})
        assert f'value="{wanted.replace("&", "&amp;")}"' in shown.text
        assert sign_in(client, next=wanted).headers["location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "/\n/evil.example",
        "\x00//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "",
    ],
)
def test_one_never_arrives_at_another_site(site, zoe, wanted):
    with site.client() as client:
        assert sign_in(client, next=wanted).headers["location"] == "/"
        assert 'name="next" value="/"' in client.get("/connexion", params={"next": wanted}).text or is_signed_in(client)


# How often one may try.


def test_after_ten_failures_the_account_waits_and_is_told_how_long(site, zoe):
    with site.client() as client:
        for _ in range(ATTEMPTS_PER_ACCOUNT):
            assert sign_in(client, password="wrong").status_code == 401
        answer = sign_in(client)  # Even with the right password: else the limit would tell it is right.
    assert answer.status_code == 429
    assert re.fullmatch(
        r"Trop d’essais de connexion\. Réessayez dans 15\xa0minutes, ou demandez un nouveau lien d’accès\.",
        alert_in(answer),
    )


def test_after_the_wait_the_right_password_opens_again(site, zoe):
    past = utc_now() - ATTEMPT_WINDOW
    with transaction() as session:
        session.add_all(SignInAttempt(at=past, email=EMAIL, ip_address="192.0.2.9") for _ in range(30))
    with site.client() as client:
        assert sign_in(client).status_code == 303


def test_a_success_forgets_the_failures_of_the_account(site, zoe):
    with site.client() as client:
        for _ in range(ATTEMPTS_PER_ACCOUNT - 1):
            sign_in(client, password="wrong")
        assert sign_in(client).status_code == 303
    with transaction() as session:
        assert session.query(SignInAttempt).count() == 0


def test_one_address_may_not_try_many_accounts(site, zoe):
    now = utc_now()
    with transaction() as session:
        session.add_all(
            SignInAttempt(at=now, email=f"{number}@example.org", ip_address="127.0.0.1")
            for number in range(ATTEMPTS_PER_ADDRESS)
        )
    with site.client() as client:
        assert sign_in(client).status_code == 429


def test_the_address_is_the_one_that_connects_whatever_a_header_says(site, zoe):
    with site.client(**{"X-Forwarded-For": "203.0.113.7", "X-Real-Ip": "203.0.113.7"}) as client:
        sign_in(client, password="wrong")
    with transaction() as session:
        assert session.query(SignInAttempt).one().ip_address == "127.0.0.1"


# One-time links.


def invitation_for(person_id, *, asks_password=True, made_at=None):
    with transaction() as session:
        person = session.get_one(Person, person_id)
        return create_link(
            session, person, INVITATION_LIFETIME, made_at or utc_now(), asks_password=asks_password
        ).token


def choose(client, token, password=PASSWORD, again=None):
    return client.post(f"/lien/{token}", data={"password": password, "again": password if again is None else again})


def test_an_invitation_is_not_used_by_being_looked_at(site, zoe):
    token = invitation_for(zoe)
    with site.client() as client:
        for _ in range(3):
            assert client.get(f"/lien/{token}").status_code == 200
            assert client.head(f"/lien/{token}").status_code == 200
        assert not is_signed_in(client)
        assert choose(client, token).status_code == 303
        assert is_signed_in(client)


def test_an_invitation_serves_once(site, zoe):
    token = invitation_for(zoe)
    with site.client() as first, site.client() as second:
        assert choose(first, token).status_code == 303
        replayed = choose(second, token)
        assert replayed.status_code == 410
        assert UNUSABLE in replayed.text
        assert not is_signed_in(second)


def test_wrong_used_expired_and_foreign_links_get_one_and_the_same_answer(site, zoe, signed_up):
    used = invitation_for(zoe)
    gone = signed_up(Role.SUPPORT)
    with site.client() as client:
        choose(client, used)
    expired = invitation_for(zoe, made_at=utc_now() - INVITATION_LIFETIME)
    foreign = invitation_for(gone)
    with transaction() as session:
        session.get_one(Person, gone).is_active = False
    with site.client() as client:
        answers = [client.get(f"/lien/{token}") for token in ("wrong", "é", used, expired, foreign)]
    assert {answer.status_code for answer in answers} == {410}
    assert len({answer.text for answer in answers}) == 1


def test_a_newer_invitation_ends_the_older(site, zoe):
    older, newer = invitation_for(zoe), invitation_for(zoe)
    with site.client() as client:
        assert client.get(f"/lien/{older}").status_code == 410
        assert client.get(f"/lien/{newer}").status_code == 200


def test_a_new_password_by_link_ends_the_sessions_of_before(site, zoe):
    with site.client() as before, site.client() as client:
        sign_in(before)
        assert choose(client, invitation_for(zoe), "une autre phrase entière").status_code == 303
        assert not is_signed_in(before)
        assert is_signed_in(client)


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("court", None, "Choisissez au moins 12 caractères."),
        ("x" * 300, None, "Choisissez au plus 256 caractères."),
        ("zoe test 2026!", None, "Ce mot de passe se devine trop facilement"),
        (PASSWORD, "autre chose", "Les deux saisies diffèrent. Recommencez."),
    ],
)
def test_a_refused_password_says_why_and_leaves_the_link_usable(site, zoe, password, again, sentence):
    token = invitation_for(zoe)
    with site.client() as client:
        answer = choose(client, token, password, again)
        assert answer.status_code == 422
        assert alert_in(answer).startswith(sentence)
        assert choose(client, token).status_code == 303


def test_the_terminals_link_opens_the_dashboard_at_once_on_this_machine_and_serves_once(site, use_database):
    with transaction() as session:
        token = create_first_admin_link(session, utc_now())
    with site.client() as client, site.client() as other:
        answer = client.get(f"/lien/{token}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert is_signed_in(client)
        assert other.get(f"/lien/{token}").status_code == 410


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose"])
def test_fetching_the_terminals_link_ahead_does_not_use_it(site, use_database, header):
    with transaction() as session:
        token = create_first_admin_link(session, utc_now())
    with site.client() as client:
        shown = client.get(f"/lien/{token}", headers={header: "prefetch"})
        assert shown.status_code == 200
        assert "Entrer" in shown.text
        assert client.post(f"/lien/{token}").status_code == 303
        assert is_signed_in(client)


def test_at_another_address_the_terminals_link_asks_for_a_click(site, use_database, behind_https):
    with transaction() as session:
        token = create_first_admin_link(session, utc_now())
    with site.client(Host="commandes.exemple.fr", Origin="https://commandes.exemple.fr") as client:
        assert client.get(f"/lien/{token}").status_code == 200
        assert client.post(f"/lien/{token}").status_code == 303


# What people type.


def test_any_text_in_any_field_is_answered_and_never_run(site, zoe, shared_data, monkeypatch):
    monkeypatch.setattr(access, "ATTEMPTS_PER_ADDRESS", 10**6)
    monkeypatch.setattr(access, "ATTEMPTS_PER_ACCOUNT", 10**6)
    token = invitation_for(zoe)
    texts = json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8"))
    with site.client() as client:
        for text in (typed.encode(errors="replace").decode() for typed in texts):
            answer = sign_in(client, email=text, password=text, next=text)
            assert answer.status_code == 401, text
            check_markup(answer.text)
            shown = client.get("/connexion", params={"next": text})
            assert shown.status_code == 200, text
            check_markup(shown.text)
            refused = client.post(f"/lien/{token}", data={"password": text, "again": "différent"})
            assert refused.status_code == 422, text
            check_markup(refused.text)


def check_markup(page):
    """Only our own elements and attributes are in the page, whatever was typed."""
    tags = set(re.findall(r"<([a-z][a-z0-9]*)", page, re.IGNORECASE))
    assert tags <= {
        "html", "head", "meta", "title", "link", "body", "main", "p", "img", "h1", "strong", "form", "input", "label",
        "button",
    }  # fmt: skip
    assert not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'"[^"]*"', '""', page))


def test_half_a_character_and_broken_encodings_are_refused_like_anything_else(site, zoe):
    with site.client(**{"Content-Type": "application/x-www-form-urlencoded"}) as client:
        for body in (
            b"email=%ff%fe&password=%c3",
            b"email=%ED%A0%80&password=%ED%A0%80",
            b"\xff\xfe=\x80",
            b"&&&=",
            b"",
        ):
            assert client.post("/connexion", content=body).status_code == 401


def test_a_form_that_is_far_too_long_is_refused(site, use_database):
    with site.client(Accept="text/html") as client:
        answer = client.post("/connexion", content=b"email=" + b"a" * 20_000)
    assert answer.status_code == 413
    assert "Recommencez plus court" in answer.text


def test_the_pages_are_whole_without_javascript(site, zoe):
    with site.client() as client:
        for path in ("/connexion", f"/lien/{invitation_for(zoe)}", "/lien/faux"):
            shown = client.get(path)
            assert "<script" not in shown.text
            assert shown.headers["content-security-policy"].startswith("default-src 'none';")
            assert shown.headers["cache-control"] == "no-store"


def test_every_field_has_a_label_and_says_what_it_is_to_password_managers(site, zoe):
    with site.client() as client:
        pages = client.get("/connexion").text + client.get(f"/lien/{invitation_for(zoe)}").text
    fields = re.findall(r'<input id="(\w+)" name="\w+" type="(\w+)"[^>]*autocomplete="([\w-]+)"', pages)
    assert fields == [
        ("email", "email", "username"),
        ("password", "password", "current-password"),
        ("password", "password", "new-password"),
        ("again", "password", "new-password"),
    ]
    assert all(f'<label for="{name}">' in pages for name, _, _ in fields)
