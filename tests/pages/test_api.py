"""Réglages › API, as an administrator uses it."""

import re

import pytest
import sqlalchemy as sa

from db.domain.api import Scope, TokenState
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import ApiToken
from db.queries.api_tokens import api_tokens
from db.services.api_tokens import client_of_token, create_api_token
from tests.dashboard.apptest import open_page
from tests.factories import ADMIN, create_seller


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN, name="Ada Admin", email="ada@example.org")


def make(at, name, **choices):
    at.button(key="api_token_new").click().run()
    at.text_input(key="api_token_name").set_value(name)
    for field, value in choices.items():
        at.selectbox(key=f"api_token_{field}").set_value(value)
    return at.button(key="api_token_create").click().run()


def shown_token(at):
    return next(code.value for code in at.code if re.fullmatch(r"mkt_[\w-]{43}", code.value))


def client_of(token):
    with reading() as session:
        found = client_of_token(session, token, utc_now())
        return found and found.client


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_nobody_but_administrators_gets_to_the_page(signed_up, role):
    at = open_page("/api", person_id=signed_up(role))
    assert "API" not in [header.value for header in at.header]
    assert "api_token_new" not in [button.key for button in at.button]


def test_a_token_is_made_and_shown_once(ada):
    with transaction() as session:
        tea = create_seller(session, "Maison du thé").id
    at = open_page("/api", person_id=ada)
    assert at.info[0].value.startswith("Aucun jeton pour l’instant")
    make(at, "Boutique en ligne", seller=tea)
    assert not at.exception
    token = shown_token(at)
    client = client_of(token)
    assert (client.name, client.scopes, client.seller_id) == ("Boutique en ligne", frozenset(Scope), tea)
    at.button(key="api_token_copied").click().run()
    assert token not in [code.value for code in at.code]
    assert token not in str(at.main)
    (shown,) = [each.value for each in at.markdown if "Boutique en ligne" in each.value]
    assert "Maison du thé · envoyer des commandes, lire l’état des commandes, annoncer des paiements" in shown
    assert "dernière utilisation\u00a0: jamais" in shown
    assert "par Ada Admin" in shown


def test_a_refused_token_keeps_what_was_typed(ada):
    at = make(open_page("/api", person_id=ada), "  ")
    assert at.error[0].value.startswith("Donnez le nom de la boutique")
    at.text_input(key="api_token_name").set_value("Boutique")
    at.pills(key="api_token_scopes").set_value([]).run()
    at.button(key="api_token_create").click().run()
    assert at.error[0].value.startswith("Cochez au moins une chose")
    assert at.text_input(key="api_token_name").value == "Boutique"


def test_a_revoked_token_opens_nothing_and_says_so(ada):
    with transaction() as session:
        made = create_api_token(
            session,
            ADMIN,
            name="*Boutique*",
            scopes=[Scope.READ_ORDERS],
            seller_id=None,
            expires_at=None,
            now=utc_now(),
        )
    at = open_page("/api", person_id=ada)
    at.button(key=f"api_token_revoke_{made.id}").click().run()
    assert [toast.value for toast in at.toast] == [r"Le jeton de \*Boutique\* est révoqué."]
    assert client_of(made.token) is None
    assert not [button for button in at.button if (button.key or "").startswith("api_token_revoke")]
    assert any("Révoqué" in each.value for each in at.markdown)
    with reading() as session:
        assert [row.state for row in api_tokens(session, ADMIN, utc_now())] == [TokenState.REVOKED]
        assert made.token not in str(session.execute(sa.select(ApiToken.__table__)).all())
