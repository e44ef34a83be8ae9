import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.api import USED_EVERY, ApiClient, Scope, TokenState
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import ApiToken
from db.queries.api_tokens import api_tokens
from db.services.api_tokens import (
    MAX_NAME,
    client_of_token,
    create_api_token,
    is_used_again,
    note_use,
    revoke_api_token,
)
from tests.conftest import NOW
from tests.factories import create_person, create_seller, viewer_for


@pytest.fixture
def ada(session: Session) -> Viewer:
    return viewer_for(create_person(session, Role.ADMIN, name="Ada Admin"))


def make(session: Session, viewer: Viewer, **changes: object):
    asked = {"name": "Boutique", "scopes": [Scope.READ_ORDERS], "seller_id": None, "expires_at": None, "now": NOW}
    return create_api_token(session, viewer, **asked | changes)


def client_of(session: Session, token: str, now: dt.datetime = NOW) -> ApiClient | None:
    found = client_of_token(session, token, now)
    return found and found.client


def test_a_token_opens_what_it_was_made_for_and_only_its_hash_is_kept(session: Session, ada: Viewer) -> None:
    seller = create_seller(session)
    made = make(session, ada, name="  La   boutique ", scopes=list(Scope), seller_id=seller.id)
    assert client_of(session, made.token) == ApiClient(made.id, "La boutique", frozenset(Scope), seller.id)
    assert client_of(session, made.token.upper()) is None
    row = session.execute(sa.select(ApiToken.__table__)).one()
    assert made.token not in map(str, row)
    assert made.token.startswith(row.hint)
    assert len(row.hint) == 8


def test_a_token_stops_at_its_expiry_and_when_it_is_revoked(session: Session, ada: Viewer) -> None:
    end = NOW + dt.timedelta(days=1)
    expiring, revoked, lasting = make(session, ada, expires_at=end), make(session, ada), make(session, ada)
    revoke_api_token(session, ada, revoked.id, NOW)
    assert client_of(session, expiring.token, end - dt.timedelta(seconds=1)) is not None
    assert client_of(session, expiring.token, end) is None
    assert client_of(session, revoked.token) is None
    assert [(row.id, row.state) for row in api_tokens(session, ada, end)] == [
        (lasting.id, TokenState.ACTIVE),
        (revoked.id, TokenState.REVOKED),
        (expiring.id, TokenState.EXPIRED),
    ]
    with pytest.raises(NotFoundError):
        revoke_api_token(session, ada, revoked.id, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"name": "x" * (MAX_NAME + 1)},
        {"name": "\x00"},
        {"scopes": []},
        {"expires_at": NOW},
        {"seller_id": 999_999},
    ],
)
def test_what_cannot_be_is_refused(session: Session, ada: Viewer, changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        make(session, ada, **changes)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER])
def test_administrators_alone_make_see_and_revoke_tokens(session: Session, ada: Viewer, role: Role) -> None:
    other, made = viewer_for(create_person(session, role)), make(session, ada)
    for forbidden in (
        lambda: make(session, other),
        lambda: revoke_api_token(session, other, made.id, NOW),
        lambda: api_tokens(session, other, NOW),
    ):
        with pytest.raises(NotAllowedError):
            forbidden()


def test_a_use_is_noted_at_most_once_a_minute(session: Session, ada: Viewer) -> None:
    made = make(session, ada)
    assert is_used_again(None, NOW)
    note_use(session, made.id, NOW)
    found = client_of_token(session, made.token, NOW)
    assert found is not None
    assert found.last_used_at == NOW
    assert not is_used_again(NOW, NOW + USED_EVERY - dt.timedelta(seconds=1))
    assert is_used_again(NOW, NOW + USED_EVERY)
