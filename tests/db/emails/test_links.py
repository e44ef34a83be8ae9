"""Follow-up links: signed with our key, dated, of one generation; good again under a new key while the old is known."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from itsdangerous import URLSafeTimedSerializer

from db.emails.links import FollowUpToken, follow_up_url, read_follow_up_token
from db.settings import settings

A_YEAR = dt.timedelta(days=365)
OLD, NEW, FOREIGN = "o" * 32, "n" * 32, "f" * 32

UseKeys = Callable[..., None]


@pytest.fixture
def use_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[UseKeys]:
    """A function that starts the process anew, as it were, with these keys."""

    def use(key: str, *old: str) -> None:
        monkeypatch.setenv("SECRET_KEY", key)
        monkeypatch.setenv("OLD_SECRET_KEYS", ",".join(old))
        settings.cache_clear()

    yield use
    settings.cache_clear()


def token(order_id: int = 7, generation: int = 0) -> str:
    return follow_up_url(order_id, generation).rpartition("/")[2]


def test_a_link_says_its_order_and_its_generation(use_keys: UseKeys) -> None:
    use_keys(NEW)
    assert read_follow_up_token(token(7, 2), A_YEAR) == FollowUpToken(7, 2)


def test_a_link_that_is_printed_says_so(use_keys: UseKeys) -> None:
    use_keys(NEW)
    printed = follow_up_url(7, 2, on_paper=True).rpartition("/")[2]
    assert read_follow_up_token(printed, A_YEAR) == FollowUpToken(7, 2, on_paper=True)


def test_a_link_cannot_be_bent_to_another_order(use_keys: UseKeys) -> None:
    use_keys(NEW)
    one, other = token(1), token(2)
    assert read_follow_up_token(f"{other.partition('.')[0]}.{one.partition('.')[2]}", A_YEAR) is None


def test_a_link_opens_until_its_days_are_over(use_keys: UseKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    use_keys(NEW)
    made = token()
    a_year_and_a_minute_later = dt.datetime.now(dt.UTC).timestamp() + A_YEAR.total_seconds() + 60
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: a_year_and_a_minute_later)
    assert read_follow_up_token(made, A_YEAR) is None
    assert read_follow_up_token(made, A_YEAR + dt.timedelta(days=1)) is not None


def test_links_of_an_old_key_open_while_a_new_one_signs(use_keys: UseKeys) -> None:
    use_keys(OLD)
    sent_before = token()
    use_keys(NEW, FOREIGN, OLD)
    assert read_follow_up_token(sent_before, A_YEAR) == FollowUpToken(7, 0)
    sent_after = token()
    use_keys(NEW)  # The old key is given up.
    assert read_follow_up_token(sent_before, A_YEAR) is None
    assert read_follow_up_token(sent_after, A_YEAR) == FollowUpToken(7, 0)


@pytest.mark.parametrize("said", [[7], {"order": 7}, 7, ["7", 0], [7, 0, False], [7, 0, True, 1], None])
def test_what_our_key_signed_says_an_order_or_nothing(use_keys: UseKeys, said: object) -> None:
    use_keys(NEW)
    signed = URLSafeTimedSerializer([NEW], salt="order-follow-up").dumps(said)
    assert read_follow_up_token(str(signed), A_YEAR) is None


def test_what_our_key_signed_for_another_use_is_no_link(use_keys: UseKeys) -> None:
    use_keys(NEW)
    signed = URLSafeTimedSerializer([NEW], salt="something-else").dumps([7, 0])
    assert read_follow_up_token(str(signed), A_YEAR) is None
