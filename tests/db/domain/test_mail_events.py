import datetime as dt
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.mail import OutboxState
from db.domain.mail_events import PROVES, MailEvent, Standing
from tests.conftest import NOW

S = OutboxState
SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)


def event(kind: str, at: dt.datetime = NOW + SECOND, reason: str = "") -> MailEvent:
    return MailEvent(f"{kind}-{at}", kind, at, reason)


def after(state: OutboxState, *events: MailEvent) -> Standing:
    return reduce(Standing.after, events, Standing(state, due_at=NOW, error="perdu" if state is S.UNCERTAIN else ""))


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["processed"], S.SENT),
        (["deferred"], S.SENT),
        (["processed", "delivered"], S.DELIVERED),
        (["delivered", "processed"], S.DELIVERED),
        (["delivered", "deferred"], S.DELIVERED),
        (["delivered", "open"], S.OPENED),
        (["click"], S.OPENED),
        (["open", "delivered", "processed"], S.OPENED),
        (["processed", "bounce"], S.BOUNCED),
        (["dropped"], S.BOUNCED),
        (["blocked"], S.BOUNCED),
        (["bounce", "processed"], S.BOUNCED),
        # A server took it and sent it back later.
        (["delivered", "bounce"], S.BOUNCED),
        (["bounce", "delivered"], S.BOUNCED),
        # It came all the same: somebody has read it.
        (["bounce", "open"], S.OPENED),
        (["delivered", "spamreport"], S.DELIVERED),
        (["open", "unsubscribe"], S.OPENED),
        (["account_status_change"], S.UNCERTAIN),
    ],
)
def test_what_is_known_after_some_events(kinds: list[str], expected: OutboxState) -> None:
    assert after(S.UNCERTAIN, *map(event, kinds)).state is expected


@pytest.mark.parametrize("believed", [S.SENDING, S.UNCERTAIN, S.FAILED, S.QUEUED, S.HELD, S.CANCELLED])
def test_a_proof_outdoes_what_we_believed(believed: OutboxState) -> None:
    assert after(believed, event("delivered")) == Standing(S.DELIVERED, NOW, NOW + SECOND)


def test_the_reason_of_a_refusal_is_kept_and_goes_once_it_is_outdone() -> None:
    refused = after(S.SENT, event("bounce", reason="550 unknown"))
    assert (refused.error, refused.settled_at) == ("550 unknown", NOW + SECOND)
    assert refused.after(event("open", NOW + DAY)) == Standing(S.OPENED, NOW, NOW + DAY)


def test_of_two_refusals_the_newer_one_is_told() -> None:
    both = after(S.SENT, event("dropped", NOW + DAY, "later"), event("bounce", NOW, "sooner"))
    assert (both.error, both.settled_at) == ("later", NOW + DAY)


def test_a_refusal_of_an_earlier_sending_does_not_touch_the_present_one() -> None:
    sent_again = Standing(S.SENT, due_at=NOW)
    assert sent_again.after(event("bounce", NOW - DAY, "550 unknown")) == sent_again
    # The provider's clock may be a little behind ours.
    assert sent_again.after(event("bounce", NOW - 30 * SECOND)).state is S.BOUNCED


EVENTS = st.builds(
    MailEvent,
    id=st.text(min_size=1, max_size=4),
    kind=st.sampled_from([*PROVES, "unknown"]),
    at=st.integers(-120, 120).map(lambda seconds: NOW + seconds * SECOND),
    reason=st.sampled_from(["", "550 unknown", "mailbox full"]),
)


@given(
    start=st.sampled_from(OutboxState).map(lambda state: Standing(state, due_at=NOW)),
    events=st.lists(EVENTS, max_size=8),
    data=st.data(),
)
def test_events_in_any_order_and_repeated_lead_to_the_same(
    start: Standing, events: list[MailEvent], data: st.DataObject
) -> None:
    expected = reduce(Standing.after, events, start)
    repeated = events + data.draw(st.lists(st.sampled_from(events), max_size=4) if events else st.just([]))
    assert reduce(Standing.after, data.draw(st.permutations(repeated)), start) == expected
    assert reduce(Standing.after, events, expected) == expected
