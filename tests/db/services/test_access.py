"""Sign-in and sessions."""

import datetime as dt

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from db.domain.access import ATTEMPT_WINDOW, ATTEMPTS_PER_ACCOUNT, ATTEMPTS_PER_ADDRESS
from db.domain.errors import NotFoundError
from db.domain.permissions import Role
from db.models import Person, SignInAttempt
from db.models import Session as SessionRow
from db.queries.access import live_session, live_session_of_token, open_sessions
from db.services import passwords
from db.services.access import (
    Browser,
    SignInRefusedError,
    TooManyAttemptsError,
    check_credentials,
    end_other_sessions,
    end_session,
    end_sessions,
    hash_token,
    new_token,
    note_attempt,
    note_seen,
    open_session,
    purge,
    sign_in,
)
from db.services.links import create_link
from tests.conftest import NOW
from tests.factories import create_person, create_seller, viewer_for
from tests.hashing import quick_hashing  # noqa: F401  autouse: every test here

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
PASSWORD = "du thé vert au petit matin"
HERE = Browser("192.0.2.1", "Test 1.0")


@pytest.fixture
def zoe(session):
    return create_person(
        session, Role.SUPPORT, email="zoe@example.org", password_hash=passwords.hash_password(PASSWORD)
    )


def opened(session, person, now=NOW):
    token = open_session(session, person, HERE, now)
    return live_session_of_token(session, hash_token(token), now).session_id


# Passwords.


def test_the_right_password_signs_in_and_the_token_opens_the_session(session, zoe):
    token = sign_in(session, check_credentials(session, " Zoe@Example.org", PASSWORD), HERE, NOW)
    found = live_session_of_token(session, hash_token(token), NOW)
    assert found.viewer == viewer_for(zoe)
    assert found.has_password
    assert zoe.last_sign_in_at == NOW


@pytest.mark.parametrize(("email", "password"), [("zoe@example.org", "x"), ("x@example.org", PASSWORD), ("", "")])
def test_wrong_credentials_are_refused_alike(session, zoe, email, password):
    with pytest.raises(SignInRefusedError, match=r"^Adresse e-mail ou mot de passe incorrect\.$"):
        check_credentials(session, email, password)


def test_an_unknown_account_costs_one_check_of_a_password_like_a_known_one(session, zoe, monkeypatch):
    checked = []

    class Counting(PasswordHasher):
        def verify(self, *args):
            checked.append(args)
            return super().verify(*args)

    monkeypatch.setattr(passwords, "HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    without_password = create_person(session, email="neuf@example.org")
    for email in (zoe.email, without_password.email, "inconnu@example.org"):
        with pytest.raises(SignInRefusedError):
            check_credentials(session, email, "wrong")
    assert len(checked) == 3


def test_an_account_deactivated_between_the_check_and_the_session_is_refused(session, zoe):
    account = check_credentials(session, zoe.email, PASSWORD)
    zoe.is_active = False
    session.flush()
    with pytest.raises(SignInRefusedError):
        sign_in(session, account, HERE, NOW)


def test_a_password_changed_between_the_check_and_the_session_is_refused(session, zoe):
    account = check_credentials(session, zoe.email, PASSWORD)
    zoe.password_hash = passwords.hash_password("une autre phrase entière")
    session.flush()
    with pytest.raises(SignInRefusedError):
        sign_in(session, account, HERE, NOW)


def test_a_hash_of_other_parameters_is_made_again_at_sign_in(session, zoe):
    zoe.password_hash = old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD.encode())
    session.flush()
    sign_in(session, check_credentials(session, zoe.email, PASSWORD), HERE, NOW)
    assert zoe.password_hash != old
    assert not passwords.needs_rehash(zoe.password_hash)
    assert check_credentials(session, zoe.email, PASSWORD).account.person_id == zoe.id


def test_a_damaged_hash_lets_nobody_in(session, zoe):
    zoe.password_hash = "$argon2id$broken"
    session.flush()
    with pytest.raises(SignInRefusedError):
        check_credentials(session, zoe.email, PASSWORD)


# Attempts.


def fail(session, times, at=NOW, email="zoe@example.org", address="192.0.2.1"):
    session.add_all(SignInAttempt(at=at, email=email, ip_address=address) for _ in range(times))
    session.flush()


def test_the_tenth_failure_of_an_account_is_the_last_one_for_a_while(session):
    fail(session, ATTEMPTS_PER_ACCOUNT - 1)
    note_attempt(session, "zoe@example.org", "192.0.2.2", NOW)
    with pytest.raises(TooManyAttemptsError):
        note_attempt(session, " ZOE@example.org", "192.0.2.3", NOW)


def test_the_limit_of_an_address_counts_all_accounts(session):
    for number in range(ATTEMPTS_PER_ADDRESS):
        fail(session, 1, email=f"{number}@example.org")
    with pytest.raises(TooManyAttemptsError):
        note_attempt(session, "autre@example.org", "192.0.2.1", NOW)
    note_attempt(session, "autre@example.org", "192.0.2.2", NOW)


def test_an_unknown_address_has_no_limit_of_its_own(session):
    for number in range(ATTEMPTS_PER_ADDRESS):
        fail(session, 1, email=f"{number}@example.org", address="")
    note_attempt(session, "autre@example.org", "", NOW)


@pytest.mark.parametrize(
    ("oldest_ago", "wait"),
    [
        (dt.timedelta(0), "15\u00a0minutes"),
        (dt.timedelta(minutes=5), "10\u00a0minutes"),
        (dt.timedelta(minutes=13, seconds=1), "2\u00a0minutes"),
        (dt.timedelta(minutes=14, seconds=30), "une minute"),
    ],
)
def test_the_refusal_says_when_to_try_again(session, oldest_ago, wait):
    fail(session, 1, at=NOW - oldest_ago)
    fail(session, ATTEMPTS_PER_ACCOUNT - 1)
    with pytest.raises(TooManyAttemptsError, match=f"Réessayez dans {wait},"):
        note_attempt(session, "zoe@example.org", "192.0.2.9", NOW)


def test_an_attempt_that_was_refused_does_not_lengthen_the_wait(session):
    fail(session, ATTEMPTS_PER_ACCOUNT)
    for minute in range(1, 15):
        with pytest.raises(TooManyAttemptsError):
            note_attempt(session, "zoe@example.org", "192.0.2.1", NOW + minute * MINUTE)
    note_attempt(session, "zoe@example.org", "192.0.2.1", NOW + ATTEMPT_WINDOW)


def test_signing_in_forgets_the_attempts_of_this_account_only(session, zoe):
    fail(session, 3)
    fail(session, 2, email="autre@example.org")
    sign_in(session, check_credentials(session, zoe.email, PASSWORD), HERE, NOW)
    assert session.scalars(sa.select(SignInAttempt.email)).all() == ["autre@example.org"] * 2


def test_attempts_are_forgotten_after_a_day(session):
    fail(session, 2, at=NOW - DAY - MINUTE)
    fail(session, 1, at=NOW - DAY + MINUTE)
    note_attempt(session, "autre@example.org", "192.0.2.7", NOW)
    assert session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt)) == 2


def test_an_endless_address_is_counted_under_its_beginning(session):
    note_attempt(session, "x" * 10_000 + "\x00", "192.0.2.1", NOW)
    assert session.scalars(sa.select(SignInAttempt.email)).one() == "x" * 254


# Sessions.


def test_tokens_are_256_random_bits_and_only_their_hash_is_kept(session, zoe):
    assert len({new_token() for _ in range(100)}) == 100
    assert len(new_token()) == 43  # 256 bits, six to a character.
    token = open_session(session, zoe, HERE, NOW)
    assert session.scalars(sa.select(SessionRow.token_hash)).one() == hash_token(token)
    assert token not in hash_token(token)


def test_a_session_lives_twelve_hours_after_its_last_use_and_seven_days_at_most(session, zoe):
    id_ = opened(session, zoe)
    assert live_session(session, id_, NOW + 12 * HOUR - MINUTE) is not None
    assert live_session(session, id_, NOW + 12 * HOUR) is None
    for hours in range(10, 168, 10):
        note_seen(session, id_, NOW + hours * HOUR)
    assert live_session(session, id_, NOW + 7 * DAY - MINUTE) is not None
    assert live_session(session, id_, NOW + 7 * DAY) is None


def test_being_seen_within_the_minute_writes_nothing(session, zoe):
    id_ = opened(session, zoe)
    note_seen(session, id_, NOW + dt.timedelta(seconds=59))
    assert live_session(session, id_, NOW).last_seen_at == NOW
    note_seen(session, id_, NOW + MINUTE)
    assert live_session(session, id_, NOW).last_seen_at == NOW + MINUTE


def test_a_session_shows_the_person_of_now(session):
    seller = create_seller(session)
    person = create_person(session, Role.SELLER, seller_id=seller.id)
    id_ = opened(session, person)
    assert live_session(session, id_, NOW).viewer.seller_id == seller.id
    person.role, person.seller_id, person.name = Role.FINANCE, None, "Autre nom"
    session.flush()
    viewer = live_session(session, id_, NOW).viewer
    assert (viewer.role, viewer.seller_id, viewer.name) == (Role.FINANCE, None, "Autre nom")
    person.is_active = False
    session.flush()
    assert live_session(session, id_, NOW) is None


def test_ones_open_sessions_are_listed_the_last_used_first(session, zoe):
    other = create_person(session)
    opened(session, other)
    opened(session, zoe, NOW - 13 * HOUR)
    first, second = opened(session, zoe, NOW - HOUR), opened(session, zoe, NOW - 2 * HOUR)
    note_seen(session, second, NOW)
    listed = open_sessions(session, viewer_for(zoe), NOW)
    assert [each.id for each in listed] == [second, first]
    assert (listed[0].user_agent, listed[0].ip_address) == ("Test 1.0", "192.0.2.1")
    assert (listed[0].created_at, listed[0].last_seen_at) == (NOW - 2 * HOUR, NOW)


def test_one_ends_ones_own_sessions_only(session, zoe):
    other = create_person(session)
    own, foreign = opened(session, zoe), opened(session, other)
    end_session(session, viewer_for(zoe), own, NOW)
    assert live_session(session, own, NOW) is None
    for id_ in (own, foreign, 999_999):
        with pytest.raises(NotFoundError):
            end_session(session, viewer_for(zoe), id_, NOW)
    assert live_session(session, foreign, NOW) is not None


def test_ending_the_others_keeps_this_one_and_counts_the_live_ones(session, zoe):
    opened(session, zoe, NOW - 13 * HOUR)
    here, there, elsewhere = (opened(session, zoe) for _ in range(3))
    assert end_other_sessions(session, viewer_for(zoe), here, NOW) == 2
    assert live_session(session, here, NOW) is not None
    assert live_session(session, there, NOW) is live_session(session, elsewhere, NOW) is None
    assert end_sessions(session, zoe.id, NOW) == 1


def test_a_browser_that_says_anything_at_all_is_remembered_on_one_short_line(session, zoe):
    open_session(session, zoe, Browser("192.0.2.1", "a\x00\nb" + "é" * 1000), NOW)
    kept = session.scalars(sa.select(SessionRow.user_agent)).one()
    assert kept.startswith("a b")
    assert len(kept) == 300


def test_purging_forgets_what_can_no_longer_be_used(session, zoe):
    live = opened(session, zoe)
    opened(session, zoe, NOW - 8 * DAY)
    create_link(session, zoe, DAY, NOW - 30 * DAY)
    fail(session, 2, at=NOW - 2 * DAY)
    purge(session, NOW)
    assert session.scalars(sa.select(SessionRow.id)).all() == [live]
    assert session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt)) == 0
    assert session.get(Person, zoe.id) is zoe
