"""Mon compte, as its owner uses it."""

import datetime as dt
import json

import pytest

from db.domain.access import ATTEMPTS_PER_ACCOUNT
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Person
from db.queries.access import live_session
from db.services import access
from db.services.passwords import hash_password, password_matches
from tests.dashboard.apptest import open_page, open_session

PASSWORD, OTHER = "du thé vert au petit matin", "une autre phrase entière"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def zoe(signed_up):
    return signed_up(Role.SUPPORT, name="Zoé Test", email="zoe@example.org", password_hash=hash_password(PASSWORD))


def password_of(person_id):
    with reading() as session:
        return session.get_one(Person, person_id).password_hash


def is_live(session_id):
    with reading() as session:
        return live_session(session, session_id, utc_now()) is not None


def submit(at, label="Changer le mot de passe"):
    return next(button for button in at.button if button.label == label).click().run()


def fill(at, **fields):
    for name, value in fields.items():
        at.text_input(key=f"password_{name}").set_value(value)
    return at


def test_the_page_says_who_one_is(zoe):
    at = open_page("/compte", person_id=zoe)
    assert not at.exception
    assert r"**Zoé Test** · zoe\@example\.org · Service client" in [each.value for each in at.markdown]


def test_a_changed_password_is_said_and_closes_the_other_sessions(zoe):
    elsewhere = open_session(zoe)
    at = open_page("/compte", person_id=zoe)
    submit(fill(at, current=PASSWORD, new=OTHER, again=OTHER))
    assert [toast.value for toast in at.toast] == ["Mot de passe enregistré. 1\u00a0autre session fermée."]
    assert password_matches(OTHER, password_of(zoe))
    assert not is_live(elsewhere.id)


@pytest.mark.parametrize(
    ("current", "new", "again", "sentence"),
    [
        ("faux", OTHER, OTHER, "Le mot de passe actuel est incorrect\\."),
        (PASSWORD, OTHER, OTHER + "x", "Les deux saisies du nouveau mot de passe diffèrent\\. Recommencez\\."),
        (PASSWORD, "court", "court", "Choisissez au moins 12 caractères\\."),
        ("", "", "", "Le mot de passe actuel est incorrect\\."),
    ],
)
def test_a_refused_password_says_why_and_changes_nothing(zoe, current, new, again, sentence):
    before = password_of(zoe)
    at = submit(fill(open_page("/compte", person_id=zoe), current=current, new=new, again=again))
    assert [error.value for error in at.error] == [sentence]
    assert password_of(zoe) == before


def test_guessing_the_current_password_ends_in_a_wait(zoe):
    at = open_page("/compte", person_id=zoe)
    for _ in range(ATTEMPTS_PER_ACCOUNT):
        submit(fill(at, current="faux", new=OTHER, again=OTHER))
    submit(fill(at, current=PASSWORD, new=OTHER, again=OTHER))
    assert at.error[0].value.startswith("Trop d’essais de connexion")
    assert password_matches(PASSWORD, password_of(zoe))


def test_who_has_no_password_yet_chooses_one_without_a_current_one(signed_up):
    admin = signed_up(Role.ADMIN)
    at = open_page("/compte", person_id=admin)
    assert "pas encore de mot de passe" in at.info[0].value
    assert "password_current" not in [field.key for field in at.text_input]
    submit(fill(at, new=PASSWORD, again=PASSWORD), "Choisir le mot de passe")
    assert password_matches(PASSWORD, password_of(admin))
    assert not at.info


def test_sessions_are_listed_and_the_others_can_be_closed(zoe):
    here = open_session(zoe, user_agent=FIREFOX)
    there = open_session(zoe, utc_now() - dt.timedelta(hours=3))
    at = open_page("/compte", person_id=zoe, session_id=here.id)
    shown = [each.value for each in at.markdown]
    assert "**Firefox sur Windows** :green-badge[Ce navigateur]" in shown
    assert "**Navigateur inconnu**" in shown
    assert f"close_{here.id}" not in [button.key for button in at.button]
    at.button(key=f"close_{there.id}").click().run()
    assert [toast.value for toast in at.toast] == ["Session fermée."]
    assert is_live(here.id)
    assert not is_live(there.id)


def test_a_session_closed_meanwhile_is_said_to_be_closed(zoe):
    there = open_session(zoe)
    at = open_page("/compte", person_id=zoe)
    with transaction() as session:
        access.end_sessions(session, zoe, utc_now(), only=there.id)
    at.button(key=f"close_{there.id}").click().run()
    assert [error.value for error in at.error] == ["Cette session est déjà fermée\\."]


def test_all_the_others_close_at_once(zoe):
    others = [open_session(zoe) for _ in range(2)]
    at = open_page("/compte", person_id=zoe)
    at.button(key="close_others").click().run()
    assert [toast.value for toast in at.toast] == ["2\u00a0sessions fermées."]
    assert not any(is_live(other.id) for other in others)
    assert "close_others" not in [button.key for button in at.button]


def test_signing_out_ends_the_session_and_shows_nothing_more(zoe):
    here = open_session(zoe)
    at = open_page("/compte", person_id=zoe, session_id=here.id)
    at.button(key="sign_out").click().run()
    assert not is_live(here.id)
    assert not at.header


def test_any_text_is_answered_in_the_password_fields(zoe, shared_data, monkeypatch):
    monkeypatch.setattr(access, "ATTEMPTS_PER_ACCOUNT", 10**6)
    texts = json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8"))
    at = open_page("/compte", person_id=zoe)
    for text in texts[::10]:  # A run takes its time: the services' tests try every one.
        submit(fill(at, current=text, new=text, again=text))
        assert not at.exception, text
        assert [error.value for error in at.error] == ["Le mot de passe actuel est incorrect\\."], text
