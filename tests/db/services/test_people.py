"""The people who may come in."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from db.domain.access import INVITATION_LIFETIME, NAME_MAX_LENGTH, NEW_PASSWORD_LINK_LIFETIME, tidy
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.permissions import Role
from db.engine import transaction
from db.models import Person
from db.queries.access import live_session_of_token, people, seller_choices
from db.services.access import Browser, hash_token, open_session
from db.services.links import LinkUnusableError, choose_password_by_link, link_owner
from db.services.passwords import NewPassword, hash_password, password_matches
from db.services.people import (
    LastAdminError,
    change_password,
    change_person,
    check_password_change,
    deactivate,
    end_sessions_of,
    invite,
    reactivate,
    renew_link,
)
from tests.conftest import NOW
from tests.factories import create_person, create_seller, viewer_for
from tests.hashing import quick_hashing  # noqa: F401  autouse: every test here

PASSWORD, OTHER = "du thé vert au petit matin", "une autre phrase entière"
HERE = Browser("192.0.2.1", "Test 1.0")


@pytest.fixture
def ada(session):
    return create_person(session, Role.ADMIN, name="Ada", email="ada@example.org")


@pytest.fixture
def admin(ada):
    return viewer_for(ada)


def invite_zoe(session, admin, **changed):
    values = {"email": "Zoe@Example.org", "name": " Zoé  Test ", "role": Role.SUPPORT, "seller_id": None}
    return invite(session, admin, now=NOW, **(values | changed))


# Inviting.


def test_an_invited_person_chooses_a_password_and_is_in(session, admin):
    invited = invite_zoe(session, admin)
    zoe = session.get_one(Person, invited.person_id)
    assert (zoe.email, zoe.name, zoe.role, zoe.password_hash) == ("zoe@example.org", "Zoé Test", Role.SUPPORT, None)
    assert invited.link.expires_at == NOW + INVITATION_LIFETIME
    opened = choose_password_by_link(session, invited.link.token, NewPassword("hash"), HERE, NOW)
    assert live_session_of_token(session, hash_token(opened), NOW).viewer == viewer_for(zoe)


def test_an_address_that_is_taken_is_refused_and_the_transaction_goes_on(session, admin):
    invite_zoe(session, admin)
    with pytest.raises(InvalidInputError, match=r"a déjà l’adresse zoe@example\.org"):
        invite_zoe(session, admin, email="ZOE@example.org")
    assert len(people(session, admin, NOW)) == 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"email": "zoe"}, "adresse e-mail complète"),
        ({"name": " "}, "Saisissez un nom"),
        ({"role": Role.SELLER}, "Choisissez le point d’activité"),
        ({"role": Role.SELLER, "seller_id": 999_999}, "Choisissez le point d’activité"),
    ],
)
def test_an_invitation_that_misses_something_says_what(session, admin, changed, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        invite_zoe(session, admin, **changed)


def test_a_seller_gets_a_seller_and_nobody_else_does(session, admin):
    seller = create_seller(session)
    merchant = session.get_one(Person, invite_zoe(session, admin, role=Role.SELLER, seller_id=seller.id).person_id)
    assert merchant.seller_id == seller.id
    staff = invite_zoe(session, admin, email="autre@example.org", role=Role.FINANCE, seller_id=seller.id)
    assert session.get_one(Person, staff.person_id).seller_id is None


# Changing.


def test_a_person_changes_name_and_role(session, admin):
    zoe = create_person(session, Role.SUPPORT)
    seller = create_seller(session)
    change_person(session, admin, zoe.id, name="Zoé", role=Role.SELLER, seller_id=seller.id)
    assert (zoe.name, zoe.role, zoe.seller_id) == ("Zoé", Role.SELLER, seller.id)
    change_person(session, admin, zoe.id, name="Zoé", role=Role.MANAGER, seller_id=seller.id)
    assert (zoe.role, zoe.seller_id) == (Role.MANAGER, None)


def test_a_deactivated_person_is_out_and_comes_back_with_the_same_password(session, admin):
    zoe = create_person(session, password_hash=hash_password(PASSWORD))
    token = open_session(session, zoe, HERE, NOW)
    link = renew_link(session, admin, zoe.id, NOW)
    assert deactivate(session, admin, zoe.id, NOW) == 1
    assert live_session_of_token(session, hash_token(token), NOW) is None
    reactivate(session, admin, zoe.id)
    assert password_matches(PASSWORD, zoe.password_hash)
    assert live_session_of_token(session, hash_token(token), NOW) is None
    with pytest.raises(LinkUnusableError):
        link_owner(session, link.token, NOW)


def test_an_administrator_signs_a_person_out_everywhere(session, admin):
    zoe = create_person(session)
    tokens = [open_session(session, zoe, HERE, NOW) for _ in range(2)]
    assert end_sessions_of(session, admin, zoe.id, NOW) == 2
    assert [live_session_of_token(session, hash_token(token), NOW) for token in tokens] == [None, None]


def test_a_forgotten_password_gets_a_link_for_a_day_and_a_lost_invitation_one_for_a_week(session, admin):
    with_password = create_person(session, password_hash=hash_password(PASSWORD))
    without = create_person(session)
    assert renew_link(session, admin, with_password.id, NOW).expires_at == NOW + NEW_PASSWORD_LINK_LIFETIME
    assert renew_link(session, admin, without.id, NOW).expires_at == NOW + INVITATION_LIFETIME


def test_a_deactivated_person_gets_no_link(session, admin):
    gone = create_person(session, name="Zoé", is_active=False)
    with pytest.raises(InvalidInputError, match="Le compte de Zoé est désactivé"):
        renew_link(session, admin, gone.id, NOW)


# The last administrator.


def test_the_last_active_administrator_can_neither_leave_nor_change_role(session, ada, admin):
    create_person(session, Role.ADMIN, is_active=False)
    with pytest.raises(LastAdminError, match="dernière personne qui administre"):
        deactivate(session, admin, ada.id, NOW)
    with pytest.raises(LastAdminError):
        change_person(session, admin, ada.id, name="Ada", role=Role.SUPPORT, seller_id=None)
    change_person(session, admin, ada.id, name="Ada Lovelace", role=Role.ADMIN, seller_id=None)
    assert (ada.name, ada.role, ada.is_active) == ("Ada Lovelace", Role.ADMIN, True)


def test_with_two_administrators_one_may_leave(session, ada, admin):
    other = create_person(session, Role.ADMIN)
    deactivate(session, admin, other.id, NOW)
    reactivate(session, admin, other.id)
    change_person(session, admin, ada.id, name="Ada", role=Role.SUPPORT, seller_id=None)
    with pytest.raises(LastAdminError):
        deactivate(session, viewer_for(other), other.id, NOW)


def test_two_administrators_who_remove_each_other_at_once_leave_one(engine):
    with transaction(engine) as session:
        both = [viewer_for(create_person(session, Role.ADMIN)) for _ in range(2)]

    def remove(number):
        try:
            with transaction(engine) as session:
                deactivate(session, both[number], both[1 - number].person_id, NOW)
        except LastAdminError:
            return False
        return True

    with ThreadPoolExecutor(2) as hands:
        outcomes = list(hands.map(remove, range(2)))
    assert sorted(outcomes) == [False, True]


# Who may.


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_nobody_but_administrators_manages_people(session, ada, role):
    seller = create_seller(session)
    viewer = viewer_for(create_person(session, role, seller_id=seller.id if role is Role.SELLER else None))
    for attempt in (
        lambda: people(session, viewer, NOW),
        lambda: seller_choices(session, viewer),
        lambda: invite_zoe(session, viewer),
        lambda: change_person(session, viewer, ada.id, name="x", role=Role.ADMIN, seller_id=None),
        lambda: deactivate(session, viewer, ada.id, NOW),
        lambda: reactivate(session, viewer, ada.id),
        lambda: end_sessions_of(session, viewer, ada.id, NOW),
        lambda: renew_link(session, viewer, ada.id, NOW),
    ):
        with pytest.raises(NotAllowedError):
            attempt()
    assert (ada.name, ada.is_active) == ("Ada", True)


def test_what_is_done_to_nobody_is_refused(session, admin):
    for attempt in (
        lambda: change_person(session, admin, 999_999, name="x", role=Role.ADMIN, seller_id=None),
        lambda: deactivate(session, admin, 999_999, NOW),
        lambda: reactivate(session, admin, 999_999),
        lambda: end_sessions_of(session, admin, 999_999, NOW),
        lambda: renew_link(session, admin, 999_999, NOW),
    ):
        with pytest.raises(NotFoundError):
            attempt()


# The list.


def test_the_list_tells_who_is_in_who_was_invited_and_who_is_out(session, ada, admin):
    seller = create_seller(session, name="Maison du thé")
    create_person(session, Role.SELLER, name="zoé", seller_id=seller.id, password_hash="x")
    create_person(session, name="Bob", is_active=False)
    invite_zoe(session, admin, name="Carl")
    open_session(session, ada, HERE, NOW)
    rows = people(session, admin, NOW)
    assert [(row.name, row.is_active, row.has_password, row.has_open_link, row.sessions) for row in rows] == [
        ("Ada", True, False, False, 1),
        ("Carl", True, False, True, 0),
        ("zoé", True, True, False, 0),
        ("Bob", False, False, False, 0),
    ]
    assert [row.seller_name for row in rows] == [None, None, "Maison du thé", None]
    assert rows[0].last_sign_in_at == NOW


# One's own password.


def change(session, person, here_id, current, new):
    viewer = viewer_for(person)
    return change_password(session, viewer, here_id, check_password_change(session, viewer, current, new), NOW)


def test_changing_ones_password_ends_ones_other_sessions(session):
    zoe = create_person(session, password_hash=hash_password(PASSWORD))
    here, there = (open_session(session, zoe, HERE, NOW) for _ in range(2))
    here_id = live_session_of_token(session, hash_token(here), NOW).session_id
    assert change(session, zoe, here_id, PASSWORD, OTHER) == 1
    assert password_matches(OTHER, zoe.password_hash)
    assert live_session_of_token(session, hash_token(here), NOW) is not None
    assert live_session_of_token(session, hash_token(there), NOW) is None


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("wrong", OTHER, "Le mot de passe actuel est incorrect"),
        ("", OTHER, "Le mot de passe actuel est incorrect"),
        (PASSWORD, "court", "au moins 12"),
        (PASSWORD, "zoe.test 2026", "se devine trop facilement"),
        (PASSWORD, PASSWORD, "déjà le vôtre"),
    ],
)
def test_a_change_of_password_that_is_refused_says_why(session, current, new, sentence):
    zoe = create_person(session, name="Zoé Test", email="zoe.test@example.org", password_hash=hash_password(PASSWORD))
    with pytest.raises(InvalidInputError, match=sentence):
        check_password_change(session, viewer_for(zoe), current, new)


def test_a_password_changed_in_another_browser_meanwhile_is_not_overwritten(session):
    zoe = create_person(session, password_hash=hash_password(PASSWORD))
    checked = check_password_change(session, viewer_for(zoe), PASSWORD, OTHER)
    change(session, zoe, 1, PASSWORD, "encore une autre phrase")
    with pytest.raises(InvalidInputError, match="changé ailleurs"):
        change_password(session, viewer_for(zoe), 1, checked, NOW)
    assert password_matches("encore une autre phrase", zoe.password_hash)


def test_who_came_by_the_terminals_link_chooses_a_first_password_without_a_current_one(session):
    admin = create_person(session, Role.ADMIN)
    change(session, admin, 1, "", PASSWORD)
    assert password_matches(PASSWORD, admin.password_hash)


# What people type.


def test_any_text_is_taken_or_refused_with_a_sentence(session, admin, shared_data):
    zoe = create_person(session, password_hash=hash_password(PASSWORD))
    for text in json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8")):
        name = tidy(text)
        if 0 < len(name) <= NAME_MAX_LENGTH:
            change_person(session, admin, zoe.id, name=text, role=Role.SUPPORT, seller_id=None)
            assert zoe.name == name
        else:
            with pytest.raises(InvalidInputError, match=r"Saisissez un nom|Ce nom est trop long"):
                change_person(session, admin, zoe.id, name=text, role=Role.SUPPORT, seller_id=None)
        with pytest.raises(InvalidInputError, match="adresse e-mail complète"):
            invite_zoe(session, admin, email=text)
        with pytest.raises(InvalidInputError, match="actuel est incorrect"):
            check_password_change(session, viewer_for(zoe), text, text)
