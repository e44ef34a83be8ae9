"""One-time links."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from db.domain.access import INVITATION_LIFETIME, TERMINAL_LINK_LIFETIME
from db.domain.permissions import Role
from db.engine import transaction
from db.models import Person, SignInLink
from db.queries.access import live_session_of_token
from db.services.access import Browser, hash_token, open_session
from db.services.links import (
    FIRST_ADMIN_EMAIL,
    LinkUnusableError,
    choose_password_by_link,
    create_first_admin_link,
    create_link,
    follow_terminal_link,
    link_owner,
)
from db.services.passwords import NewPassword, password_matches
from tests.conftest import NOW
from tests.factories import create_person
from tests.hashing import quick_hashing  # noqa: F401  autouse: every test here

SECOND = dt.timedelta(seconds=1)
PASSWORD = "du thé vert au petit matin"
CHOSEN = NewPassword(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))
HERE = Browser("192.0.2.1", "Test 1.0")


def admins(session):
    return session.scalars(sa.select(Person).where(Person.role == Role.ADMIN).order_by(Person.id)).all()


def test_the_first_start_makes_an_administrator_without_a_password(session):
    token = create_first_admin_link(session, NOW)
    opened = follow_terminal_link(session, token, HERE, NOW)
    (admin,) = admins(session)
    assert (admin.email, admin.name, admin.password_hash) == (FIRST_ADMIN_EMAIL, "Administration", None)
    assert live_session_of_token(session, hash_token(opened), NOW).viewer.role is Role.ADMIN


def test_later_starts_let_the_first_active_administrator_in_and_make_nobody(session):
    create_person(session, Role.ADMIN, is_active=False)
    first = create_person(session, Role.ADMIN)
    create_person(session, Role.ADMIN)
    token = create_first_admin_link(session, NOW)
    assert link_owner(session, token, NOW).person_id == first.id
    assert len(admins(session)) == 3


def test_where_no_administrator_is_left_the_first_one_is_restored(session):
    create_first_admin_link(session, NOW)
    (admin,) = admins(session)
    admin.role, admin.is_active = Role.SUPPORT, False
    session.flush()
    assert link_owner(session, create_first_admin_link(session, NOW), NOW).person_id == admin.id
    assert (admin.role, admin.is_active) == (Role.ADMIN, True)


def test_each_start_ends_the_link_of_the_one_before_but_no_invitation(session):
    before = create_first_admin_link(session, NOW)
    (admin,) = admins(session)
    invitation = create_link(session, admin, INVITATION_LIFETIME, NOW).token
    after = create_first_admin_link(session, NOW)
    with pytest.raises(LinkUnusableError):
        link_owner(session, before, NOW)
    assert link_owner(session, invitation, NOW).asks_password
    assert not link_owner(session, after, NOW).asks_password


def test_a_link_works_until_its_last_second_and_once(session):
    token = create_first_admin_link(session, NOW)
    with pytest.raises(LinkUnusableError):
        follow_terminal_link(session, token, HERE, NOW + TERMINAL_LINK_LIFETIME)
    follow_terminal_link(session, token, HERE, NOW + TERMINAL_LINK_LIFETIME - SECOND)
    with pytest.raises(LinkUnusableError):
        follow_terminal_link(session, token, HERE, NOW)


def test_a_link_that_asks_for_a_password_opens_nothing_without_one_and_the_other_way_round(session):
    person = create_person(session)
    invitation = create_link(session, person, INVITATION_LIFETIME, NOW).token
    terminal = create_link(session, person, INVITATION_LIFETIME, NOW, asks_password=False).token
    with pytest.raises(LinkUnusableError):
        follow_terminal_link(session, invitation, HERE, NOW)
    with pytest.raises(LinkUnusableError):
        choose_password_by_link(session, terminal, CHOSEN, HERE, NOW)
    assert link_owner(session, invitation, NOW).person_id == link_owner(session, terminal, NOW).person_id == person.id


def test_only_the_hash_of_a_link_is_kept(session):
    token = create_link(session, create_person(session), INVITATION_LIFETIME, NOW).token
    assert session.scalars(sa.select(SignInLink.token_hash)).one() == hash_token(token)


def test_choosing_a_password_ends_the_sessions_of_before(session):
    person = create_person(session)
    before = open_session(session, person, HERE, NOW)
    token = create_link(session, person, INVITATION_LIFETIME, NOW).token
    opened = choose_password_by_link(session, token, CHOSEN, HERE, NOW)
    assert password_matches(PASSWORD, person.password_hash)
    assert live_session_of_token(session, hash_token(before), NOW) is None
    assert live_session_of_token(session, hash_token(opened), NOW).viewer.person_id == person.id


@pytest.mark.parametrize(
    ("asks_password", "use"),
    [
        (True, lambda session, token: choose_password_by_link(session, token, CHOSEN, HERE, NOW)),
        (False, lambda session, token: follow_terminal_link(session, token, HERE, NOW)),
    ],
    ids=["invitation", "terminal"],
)
def test_a_deactivated_persons_link_opens_nothing(session, asks_password, use):
    person = create_person(session)
    token = create_link(session, person, INVITATION_LIFETIME, NOW, asks_password=asks_password).token
    person.is_active = False
    session.flush()
    with pytest.raises(LinkUnusableError):
        link_owner(session, token, NOW)
    with pytest.raises(LinkUnusableError):
        use(session, token)


def test_of_two_clicks_at_the_same_moment_one_gets_in(engine):
    with transaction(engine) as session:
        token = create_first_admin_link(session, NOW)

    def follow(_number):
        try:
            with transaction(engine) as session:
                return follow_terminal_link(session, token, HERE, NOW)
        except LinkUnusableError:
            return None

    with ThreadPoolExecutor(4) as clicks:
        opened = [token for token in clicks.map(follow, range(4)) if token]
    assert len(opened) == 1
