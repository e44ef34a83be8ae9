"""Équipe, as an administrator uses it."""

import json
import re

import pytest

from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Person
from db.queries.access import live_session
from db.services.links import link_owner
from db.services.passwords import hash_password
from tests.dashboard.apptest import open_page, open_session
from tests.factories import create_seller


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN, name="Ada Admin", email="ada@example.org")


@pytest.fixture
def zoe(signed_up):
    return signed_up(Role.SUPPORT, name="Zoé Test", email="zoe@example.org", password_hash=hash_password("x"))


def person_with(**columns):
    with reading() as session:
        return session.query(Person).filter_by(**columns).one()


def open_person(ada, person_id):
    at = open_page("/equipe", person_id=ada, query={"personne": str(person_id)})
    assert not at.exception
    return at


def shown_link(at):
    (link,) = [code.value for code in at.code]
    return re.fullmatch(r"http://127\.0\.0\.1:8501/lien/([\w-]{43})", link).group(1)


def invite(at, email, name, **choices):
    at.button(key="invite").click().run()
    at.text_input(key="invite_email").set_value(email)
    at.text_input(key="invite_name").set_value(name)
    for field, value in choices.items():
        at.selectbox(key=f"invite_{field}").set_value(value).run()
    return at.button(key="invite_submit").click().run()


# Who may.


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_nobody_but_administrators_gets_to_the_page(signed_up, role):
    at = open_page("/equipe", person_id=signed_up(role))
    assert "Équipe" not in [header.value for header in at.header]
    assert "invite" not in [button.key for button in at.button]


# The list.


def test_everybody_is_listed_with_role_and_state(ada, zoe, signed_up):
    lost = signed_up(Role.FINANCE, name="Invitée", email="i@example.org")
    signed_up(Role.MANAGER, name="Partie", email="p@example.org", is_active=False)
    at = open_page("/equipe", person_id=ada)
    table = at.dataframe[0].value
    assert list(table["Nom"]) == ["Ada Admin", "Invitée", "Zoé Test", "Partie"]
    assert list(table["Rôle"]) == ["Administration", "Finance", "Service client", "Direction"]
    assert [list(state) for state in table["État"]] == [["Actif"], ["Invitation expirée"], ["Actif"], ["Désactivé"]]
    at = open_person(ada, lost)
    at.button(key=f"person_{lost}_link").click().run()
    assert [list(state) for state in at.dataframe[0].value["État"]][1] == ["Invitation en attente"]


def test_a_search_finds_by_name_or_address_whatever_the_accents(ada, zoe):
    at = open_page("/equipe", person_id=ada, query={"q": "ZOE"})
    assert list(at.dataframe[0].value["Nom"]) == ["Zoé Test"]
    at = open_page("/equipe", person_id=ada, query={"q": "personne d'autre"})
    assert not at.dataframe
    assert "Effacez la recherche" in at.info[0].value


@pytest.mark.parametrize("wanted", ["999999", "abc", "-1", "1e9", "' OR 1=1"])
def test_an_unknown_person_in_the_address_is_said_to_be_unknown(ada, wanted):
    at = open_page("/equipe", person_id=ada, query={"personne": wanted})
    assert not at.exception
    assert at.info[0].value.startswith("La personne demandée n’existe pas")


# Inviting.


def test_an_invitation_gives_a_link_that_works_and_is_shown_once(ada):
    at = invite(open_page("/equipe", person_id=ada), "Zoe@Example.org", "Zoé Test", role=Role.FINANCE)
    assert not at.exception
    zoe = person_with(email="zoe@example.org")
    assert (zoe.name, zoe.role) == ("Zoé Test", Role.FINANCE)
    token = shown_link(at)
    with reading() as session:
        assert link_owner(session, token, utc_now()).person_id == zoe.id
    at.button(key="link_copied").click().run()
    assert not at.code
    assert at.subheader[0].value == "Zoé Test"


def test_a_seller_is_invited_with_a_seller(ada):
    with transaction() as session:
        shop = create_seller(session, name="Maison du thé").id
    at = open_page("/equipe", person_id=ada)
    invite(at, "t@example.org", "Théo", role=Role.SELLER)
    assert at.error[0].value.startswith("Choisissez le point d’activité")
    at.selectbox(key="invite_seller").set_value(shop)
    at.button(key="invite_submit").click().run()
    assert person_with(email="t@example.org").seller_id == shop


def test_a_refused_invitation_keeps_what_was_typed(ada, zoe):
    at = invite(open_page("/equipe", person_id=ada), "zoe@example.org", "Autre Zoé")
    assert "a déjà l’adresse" in at.error[0].value
    assert at.text_input(key="invite_name").value == "Autre Zoé"
    assert not at.code


# One person.


def test_a_name_and_a_role_are_changed(ada, zoe):
    at = open_person(ada, zoe)
    at.text_input(key=f"person_{zoe}_name").set_value("Zoé Changée")
    at.selectbox(key=f"person_{zoe}_role").set_value(Role.MANAGER)
    at.button(key=f"person_{zoe}_save").click().run()
    assert [toast.value for toast in at.toast] == ["Modifications enregistrées."]
    changed = person_with(id=zoe)
    assert (changed.name, changed.role) == ("Zoé Changée", Role.MANAGER)


def test_a_deactivated_account_says_so_and_can_be_reactivated(ada, zoe):
    opened = open_session(zoe)
    at = open_person(ada, zoe)
    at.button(key=f"person_{zoe}_deactivate").click().run()
    assert [toast.value for toast in at.toast] == ["Le compte de Zoé Test est désactivé."]
    with reading() as session:
        assert live_session(session, opened.id, utc_now()) is None
    at.button(key=f"person_{zoe}_reactivate").click().run()
    assert person_with(id=zoe).is_active


def test_the_sessions_of_a_person_are_closed(ada, zoe):
    opened = open_session(zoe)
    at = open_person(ada, zoe)
    button = at.button(key=f"person_{zoe}_end")
    assert button.label == "Fermer 1\u00a0session"
    button.click().run()
    assert [toast.value for toast in at.toast] == ["1\u00a0session fermée."]
    with reading() as session:
        assert live_session(session, opened.id, utc_now()) is None


def test_a_forgotten_password_gets_a_new_link(ada, zoe):
    at = open_person(ada, zoe)
    at.button(key=f"person_{zoe}_link").click().run()
    with reading() as session:
        assert link_owner(session, shown_link(at), utc_now()).person_id == zoe


def test_the_last_administrator_is_kept(ada):
    at = open_person(ada, ada)
    at.button(key=f"person_{ada}_deactivate").click().run()
    assert at.error[0].value.startswith("C’est la dernière personne qui administre ce tableau de bord")
    assert person_with(id=ada).is_active


def test_any_text_is_answered_in_every_field_and_shown_as_it_is(ada, zoe, shared_data):
    texts = json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8"))
    at = open_person(ada, zoe)
    at.button(key="invite").click().run()
    for text in texts[::20]:  # A run takes its time: the services' tests try every one.
        at.text_input(key="q").set_value("")
        at.text_input(key="invite_email").set_value(text)
        at.text_input(key="invite_name").set_value(text)
        at.button(key="invite_submit").click().run()
        assert not at.exception, text
        assert at.error, text
        at.text_input(key=f"person_{zoe}_name").set_value(text)
        at.button(key=f"person_{zoe}_save").click().run()
        assert not at.exception, text
        at.text_input(key="q").set_value(text).run()
        assert not at.exception, text
