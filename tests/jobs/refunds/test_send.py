"""Refunds handed to a provider: once each, whatever is killed when, and nothing that can still be taken back."""

import datetime as dt
from threading import Event

import pytest
import sqlalchemy as sa

from db.domain.actor import Actor
from db.domain.orders import PaymentKind, PaymentMethod, PaymentRecordState, PaymentState
from db.domain.permissions import Role
from db.domain.refunds import StillAskedError
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Order, OutboxMessage, Payment
from db.services.refund_claims import ASKED_FOR, Answer, Outcome, RefundOrder, claim_refunds, record_answer
from db.services.refunds import do_again, mark_done, mark_refused
from jobs.refunds.providers import Manual
from jobs.refunds.send import send_refunds
from jobs.run import Run
from tests.db.services.test_moves import someone
from tests.db.services.test_refunds import owed
from tests.db.together import together

S = PaymentRecordState
CARDS = frozenset({PaymentMethod.CARD})


class RecordingProvider:
    """Gives money back for each key once, as real ones do, and remembers what it was asked."""

    name = "essai"
    methods = CARDS

    def __init__(self, *answers: Outcome | Exception) -> None:
        self.asked: list[RefundOrder] = []
        self.given: dict[str, int] = {}
        self._answers = list(answers)

    def refund(self, order: RefundOrder) -> Outcome:
        self.asked.append(order)
        self.given[order.key] = order.amount_cents
        answer = self._answers.pop(0) if self._answers else Outcome(Answer.DONE, "re_1")
        if isinstance(answer, Exception):
            raise answer
        return answer


def an_hour_ago() -> dt.datetime:
    return utc_now() - dt.timedelta(hours=1)


def a_refund(engine: sa.Engine, **columns: object) -> int:
    with transaction(engine) as session:
        return owed(session, 10_00, **({"created_at": an_hour_ago()} | columns)).id


def row_of(engine: sa.Engine, refund_id: int) -> Payment:
    with reading(engine) as session:
        return session.get_one(Payment, refund_id)


def lapse(engine: sa.Engine) -> None:
    """As if the claim had been made long ago."""
    with transaction(engine) as session:
        session.execute(
            sa.update(Payment).values(claimed_until=an_hour_ago()).where(Payment.claimed_until.is_not(None))
        )


def work(engine: sa.Engine, provider: object) -> int:
    return send_refunds(Run(engine, "test", Event()), provider=provider)  # type: ignore[arg-type]


def test_what_is_due_is_handed_over_done_and_told(engine: sa.Engine) -> None:
    refund_id, provider = a_refund(engine), RecordingProvider()
    assert work(engine, provider) == 1
    assert work(engine, provider) == 0
    row = row_of(engine, refund_id)
    assert (row.state, row.reference, row.tries, row.claimed_until) == (S.CAPTURED, "re_1", 1, None)
    (asked,) = provider.asked
    assert (asked.key, asked.amount_cents, asked.method) == (f"refund-{refund_id}-1", 10_00, PaymentMethod.CARD)
    with reading(engine) as session:
        assert session.scalars(sa.select(Order.payment_state)).one() is PaymentState.PARTLY_REFUNDED
        assert session.scalars(sa.select(OutboxMessage.template)).all() == ["refund_done"]


def test_what_can_still_be_taken_back_waits_for_the_undo_window(engine: sa.Engine) -> None:
    refund_id = a_refund(engine, created_at=utc_now())
    assert work(engine, RecordingProvider()) == 0
    assert row_of(engine, refund_id).state is S.PENDING


@pytest.mark.parametrize("columns", [{"method": PaymentMethod.TRANSFER}, {"state": S.SENT}, {"state": S.FAILED}])
def test_what_is_done_by_hand_is_left_to_finance(engine: sa.Engine, columns: dict[str, object]) -> None:
    refund_id = a_refund(engine, **columns)
    before = row_of(engine, refund_id).state
    assert work(engine, RecordingProvider()) == 0
    assert row_of(engine, refund_id).state is before


def test_by_hand_everything_waits_for_finance(engine: sa.Engine) -> None:
    refund_id = a_refund(engine)
    assert work(engine, Manual()) == 0
    assert row_of(engine, refund_id).state is S.PENDING


def test_a_worker_killed_before_the_answer_asks_again_with_the_same_key(engine: sa.Engine) -> None:
    refund_id, provider = a_refund(engine), RecordingProvider()
    with transaction(engine) as session:
        (killed,) = claim_refunds(session, CARDS, utc_now())
    provider.refund(killed)  # The money left, and the worker died before it could say so.
    assert work(engine, provider) == 0  # Its claim holds: nobody else asks meanwhile.
    lapse(engine)
    assert work(engine, provider) == 1
    assert [order.key for order in provider.asked] == [f"refund-{refund_id}-1"] * 2
    assert provider.given == {f"refund-{refund_id}-1": 10_00}
    assert row_of(engine, refund_id).state is S.CAPTURED


@pytest.mark.parametrize("lost", [Outcome(Answer.UNKNOWN, reason="Pas de réponse"), RuntimeError("boom")])
def test_an_uncertain_answer_is_asked_for_again_later_with_the_same_key(
    engine: sa.Engine, lost: Outcome | Exception
) -> None:
    refund_id, provider = a_refund(engine), RecordingProvider(lost)
    assert work(engine, provider) == 1
    row = row_of(engine, refund_id)
    assert (row.state, bool(row.refusal)) == (S.SENT, True)
    assert row.claimed_until is not None
    assert row.claimed_until > utc_now()
    lapse(engine)
    assert work(engine, provider) == 1
    assert len(provider.given) == 1
    assert (row_of(engine, refund_id).state, row_of(engine, refund_id).refusal) == (S.CAPTURED, "")


def test_a_refusal_ends_the_try_and_the_next_one_has_another_key(engine: sa.Engine) -> None:
    refund_id = a_refund(engine)
    provider = RecordingProvider(Outcome(Answer.REFUSED, reason="Carte expirée"))
    assert work(engine, provider) == 1
    assert (row_of(engine, refund_id).state, row_of(engine, refund_id).refusal) == (S.FAILED, "Carte expirée")
    assert work(engine, provider) == 0
    with transaction(engine) as session:
        do_again(session, someone(session, Role.FINANCE), [refund_id], utc_now())
    work(engine, provider)
    assert [order.key for order in provider.asked] == [f"refund-{refund_id}-1", f"refund-{refund_id}-2"]


def test_what_is_taken_waits_for_somebody_to_say_that_it_is_done(engine: sa.Engine) -> None:
    refund_id, provider = a_refund(engine), RecordingProvider(Outcome(Answer.TAKEN, "re_7"))
    assert work(engine, provider) == 1
    row = row_of(engine, refund_id)
    assert (row.state, row.reference, row.claimed_until) == (S.SENT, "re_7", None)
    assert work(engine, provider) == 0


def test_after_a_day_without_an_answer_somebody_is_told_to_look(engine: sa.Engine) -> None:
    refund_id = a_refund(engine)
    with transaction(engine) as session:
        claim_refunds(session, CARDS, utc_now())
        session.execute(sa.update(Payment).values(sent_at=utc_now() - ASKED_FOR - dt.timedelta(minutes=1)))
    lapse(engine)
    provider = RecordingProvider()
    assert work(engine, provider) == 0
    row = row_of(engine, refund_id)
    assert (provider.asked, row.state, row.claimed_until) == ([], S.SENT, None)
    assert "vérifiez chez lui" in row.refusal
    with transaction(engine) as session:
        assert mark_refused(session, someone(session, Role.FINANCE), [refund_id], "Jamais parti", utc_now()).history_ids


def test_nobody_refuses_what_the_provider_is_being_asked_but_may_know_that_it_is_done(engine: sa.Engine) -> None:
    refund_id = a_refund(engine)
    with transaction(engine) as session:
        (asked,) = claim_refunds(session, CARDS, utc_now())
        actor, now = someone(session, Role.FINANCE), utc_now()
        refused = mark_refused(session, actor, [refund_id], "Non", now)
        assert isinstance(refused.refused[0].error, StillAskedError)
        assert mark_done(session, actor, [refund_id], "vu chez eux", now.date(), now).history_ids
        # The late answer changes nothing any more.
        record_answer(session, asked, Outcome(Answer.REFUSED, reason="Trop tard"), now)
    assert row_of(engine, refund_id).state is S.CAPTURED


def test_the_payment_that_is_given_back_is_named_to_the_provider(engine: sa.Engine) -> None:
    refund_id = a_refund(engine)
    with transaction(engine) as session:
        paid = sa.update(Payment).where(Payment.kind == PaymentKind.PAYMENT)
        session.execute(paid.values(reference="CB-42"))
        (order,) = claim_refunds(session, CARDS, utc_now())
    assert (order.refund_id, order.payment_reference) == (refund_id, "CB-42")


def test_two_workers_at_once_never_take_the_same_refund(engine: sa.Engine) -> None:
    ids = {a_refund(engine) for _ in range(4)}
    taken: list[int] = []

    def claim() -> None:
        with transaction(engine) as session:
            taken.extend(order.refund_id for order in claim_refunds(session, CARDS, utc_now()))

    together(claim, claim)
    assert sorted(taken) == sorted(ids)


def test_two_people_at_once_mark_it_done_once(engine: sa.Engine) -> None:
    refund_id, now = a_refund(engine), utc_now()
    with transaction(engine) as session:
        fay, ada = someone(session, Role.FINANCE), someone(session, Role.ADMIN)
    done: list[int] = []

    def mark(actor: Actor) -> None:
        with transaction(engine) as session:
            done.extend(mark_done(session, actor, [refund_id], "", now.date(), now).history_ids)

    together(lambda: mark(fay), lambda: mark(ada))
    assert done == [refund_id]
    with reading(engine) as session:
        assert session.scalars(sa.select(Order.refunded_cents)).one() == 10_00
        assert session.scalars(sa.select(OutboxMessage.template)).all() == ["refund_done"]
