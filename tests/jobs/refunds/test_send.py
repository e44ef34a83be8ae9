"""Refunds handed to a provider: once each, whatever is killed when, and nothing that can still be taken back."""

import datetime as dt
from threading import Event

import pytest
import sqlalchemy as sa

from db.domain.actor import Actor
from db.domain.orders import HistoryEvent, PaymentKind, PaymentMethod, PaymentRecordState, PaymentState
from db.domain.permissions import Role
from db.domain.refunds import ASKED_FOR, RefundRefusedError, StillAskedError
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Order, OrderHistory, OutboxMessage, Payment, Voucher
from db.services.refund_answers import record_answer
from db.services.refund_claims import Answer, Outcome, RefundOrder, claim_refunds
from db.services.refunds import do_again, mark_done, mark_refused, set_means
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


def test_while_the_provider_is_asked_nobody_else_decides_and_is_told_until_when(engine: sa.Engine) -> None:
    now = dt.datetime(2026, 11, 21, 13, 32, tzinfo=dt.UTC)
    refund_id = a_refund(engine, created_at=now - dt.timedelta(hours=1))
    with transaction(engine) as session:
        (asked,) = claim_refunds(session, CARDS, now)
        actor = someone(session, Role.FINANCE)
        for moved in (
            mark_refused(session, actor, [refund_id], "Non", now),
            mark_done(session, actor, [refund_id], "chèque 12", now.date(), now),
            do_again(session, actor, [refund_id], now),
        ):
            assert isinstance(moved.refused[0].error, StillAskedError)
        with pytest.raises(StillAskedError) as refused:
            set_means(session, actor, refund_id, PaymentMethod.CHEQUE, "", now)
        # Asked at 14:32 in Paris, for two minutes; given up twenty hours after.
        assert "jusqu’au 21/11/2026 14:34" in str(refused.value)
        assert "le 22/11/2026 10:32" in str(refused.value)
        record_answer(session, asked, Outcome(Answer.REFUSED, reason="Carte expirée"), now)
    assert (row_of(engine, refund_id).state, row_of(engine, refund_id).refusal) == (S.FAILED, "Carte expirée")


def silent(engine: sa.Engine) -> tuple[int, RefundOrder]:
    """A refund whose provider has said nothing for a day: finance may decide."""
    refund_id = a_refund(engine)
    with transaction(engine) as session:
        (asked,) = claim_refunds(session, CARDS, utc_now())
        session.execute(sa.update(Payment).values(sent_at=utc_now() - ASKED_FOR - dt.timedelta(minutes=1)))
    lapse(engine)
    work(engine, RecordingProvider())
    return refund_id, asked


def answer(engine: sa.Engine, asked: RefundOrder, outcome: Outcome) -> None:
    with transaction(engine) as session:
        record_answer(session, asked, outcome, utc_now())


def notes_of(engine: sa.Engine) -> list[str]:
    with reading(engine) as session:
        moved = sa.select(OrderHistory.note).where(OrderHistory.event == HistoryEvent.REFUND_MOVED)
        return list(session.scalars(moved.order_by(OrderHistory.id)))


def test_what_finance_noted_as_done_and_the_provider_refuses_later_is_owed_again(engine: sa.Engine) -> None:
    refund_id, asked = silent(engine)
    with transaction(engine) as session:
        mark_done(session, someone(session, Role.FINANCE), [refund_id], "", utc_now().date(), utc_now())
    answer(engine, asked, Outcome(Answer.REFUSED, reason="Carte expirée"))
    row = row_of(engine, refund_id)
    assert row.state is S.FAILED
    assert row.refusal == "Noté fait, mais refusé après coup par le prestataire\u00a0: Carte expirée"
    assert notes_of(engine)[-1] == row.refusal
    with reading(engine) as session:
        assert session.scalars(sa.select(Order.refunded_cents)).one() == 0


@pytest.mark.parametrize("again", [False, True])
def test_what_finance_noted_as_refused_and_the_provider_gives_later_is_done_and_not_done_twice(
    engine: sa.Engine, *, again: bool
) -> None:
    refund_id, asked = silent(engine)
    with transaction(engine) as session:
        fay = someone(session, Role.FINANCE)
        mark_refused(session, fay, [refund_id], "Jamais parti", utc_now())
        if again:
            set_means(session, fay, refund_id, PaymentMethod.TRANSFER, "", utc_now())
            do_again(session, fay, [refund_id], utc_now())
    answer(engine, asked, Outcome(Answer.DONE, "re_late"))
    row = row_of(engine, refund_id)
    assert (row.state, row.method, row.reference, row.refusal) == (S.CAPTURED, PaymentMethod.CARD, "re_late", "")
    assert "après coup" in notes_of(engine)[-1]
    provider = RecordingProvider()
    assert (work(engine, provider), provider.asked) == (0, [])
    with reading(engine) as session:
        assert session.scalars(sa.select(Order.refunded_cents)).one() == 10_00


def test_what_is_taken_after_it_was_put_back_to_do_is_not_handed_over_again(engine: sa.Engine) -> None:
    refund_id, asked = silent(engine)
    with transaction(engine) as session:
        mark_refused(session, fay := someone(session, Role.FINANCE), [refund_id], "Jamais parti", utc_now())
        do_again(session, fay, [refund_id], utc_now())
    answer(engine, asked, Outcome(Answer.TAKEN, "re_late"))
    assert (row_of(engine, refund_id).state, row_of(engine, refund_id).reference) == (S.SENT, "re_late")
    assert work(engine, RecordingProvider()) == 0


def test_money_that_may_have_left_twice_is_said_on_the_refund_and_in_the_history(engine: sa.Engine) -> None:
    refund_id, asked = silent(engine)
    with transaction(engine) as session:
        mark_refused(session, fay := someone(session, Role.FINANCE), [refund_id], "Jamais parti", utc_now())
        set_means(session, fay, refund_id, PaymentMethod.CHEQUE, "", utc_now())
        do_again(session, fay, [refund_id], utc_now())
        mark_done(session, fay, [refund_id], "chèque 12", utc_now().date(), utc_now())
    answer(engine, asked, Outcome(Answer.DONE, "re_late"))
    row = row_of(engine, refund_id)
    assert (row.state, row.reference) == (S.CAPTURED, "chèque 12")
    assert "(re_late)" in row.refusal
    assert "deux fois" in row.refusal
    assert notes_of(engine)[-1] == row.refusal


def test_the_same_answer_twice_and_a_late_refusal_of_a_try_already_refused_change_nothing(engine: sa.Engine) -> None:
    refund_id = a_refund(engine)
    with transaction(engine) as session:
        (asked,) = claim_refunds(session, CARDS, utc_now())
    answer(engine, asked, Outcome(Answer.DONE, "re_1"))
    told = notes_of(engine)
    answer(engine, asked, Outcome(Answer.DONE, "re_1"))
    answer(engine, asked, Outcome(Answer.UNKNOWN))
    assert (row_of(engine, refund_id).state, row_of(engine, refund_id).refusal) == (S.CAPTURED, "")
    assert notes_of(engine) == told


def test_an_answer_that_comes_after_a_day_while_nobody_has_decided_counts(engine: sa.Engine) -> None:
    refund_id, asked = silent(engine)
    answer(engine, asked, Outcome(Answer.DONE, "re_late"))
    row = row_of(engine, refund_id)
    assert (row.state, row.reference, row.refusal) == (S.CAPTURED, "re_late", "")


def test_vouchers_are_given_without_any_provider(engine: sa.Engine) -> None:
    ids = [a_refund(engine, method=PaymentMethod.VOUCHER) for _ in range(3)]
    young = a_refund(engine, method=PaymentMethod.VOUCHER, created_at=utc_now())
    assert work(engine, Manual()) == 3
    assert work(engine, Manual()) == 0
    assert {row_of(engine, each).state for each in ids} == {S.CAPTURED}
    assert row_of(engine, young).state is S.PENDING  # What caused it can still be taken back.
    with reading(engine) as session:
        assert session.scalars(sa.select(Voucher.amount_cents)).all() == [10_00] * 3


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


@pytest.mark.parametrize("attempt", range(3))
def test_a_provider_is_asked_only_for_the_means_it_takes_back_whatever_changes_meanwhile(
    engine: sa.Engine, attempt: int
) -> None:
    refund_id = a_refund(engine)
    with transaction(engine) as session:
        fay = someone(session, Role.FINANCE)
    asked: list[RefundOrder] = []

    def claim() -> None:
        with transaction(engine) as session:
            asked.extend(claim_refunds(session, CARDS, utc_now()))

    def change() -> None:
        try:
            with transaction(engine) as session:
                set_means(session, fay, refund_id, PaymentMethod.CHEQUE, "", utc_now())
        except RefundRefusedError:
            pass  # The worker was quicker.

    together(claim, change)
    row = row_of(engine, refund_id)
    assert (row.method, row.state, len(asked)) in {
        (PaymentMethod.CARD, S.SENT, 1),
        (PaymentMethod.CHEQUE, S.PENDING, 0),
    }


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
