"""Vouchers given once, spent once, cancelled; their codes sent to customers and told to nobody else."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, OrderNotFoundError
from db.domain.mail import OutboxState
from db.domain.orders import HistoryEvent, PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.permissions import Role
from db.domain.settlement import LineBack, SettlementRequest
from db.domain.vouchers import (
    MistypedCodeError,
    NewVoucher,
    VoucherChangedError,
    VoucherKeyReusedError,
    VoucherNotFoundError,
    VoucherTooSmallError,
    VoucherUnusableError,
    draw_code,
    read_code,
)
from db.emails.rendering import render_batch
from db.emails.types import Rendered
from db.engine import transaction
from db.models import (
    Marketplace,
    Order,
    OrderHistory,
    OrderLine,
    OutboxMessage,
    Payment,
    Settlement,
    Voucher,
    VoucherUse,
)
from db.services.settlements import settle_order
from db.services.undo import undo
from db.services.voucher_cancelling import cancel_voucher, plan_cancelling
from db.services.voucher_mail import GivenVoucher, VoucherNotSentError, send_voucher_again
from db.services.voucher_uses import use_voucher
from db.services.vouchers import give_voucher
from tests.conftest import NOW
from tests.db.services.test_two_at_once import at_once
from tests.factories import create_customer, create_order, create_person, viewer_for

_PENDING = PaymentRecordState.PENDING
LAST_DAY = dt.date(2027, 11, 21)


def person(session: Session, role: Role = Role.FINANCE) -> Actor:
    return Actor.person(viewer_for(create_person(session, role)))


def given(session: Session, amount_cents: int = 20_00, **wanted: object) -> GivenVoucher:
    """Give a voucher to a customer of one's own, unless told for whom."""
    if not wanted.keys() & {"order_id", "customer_id"}:
        wanted["customer_id"] = create_customer(session).id
    key = str(wanted.pop("key", f"test-{draw_code()}"))
    return give_voucher(session, SYSTEM, NewVoucher(amount_cents, key, **wanted), NOW)  # type: ignore[arg-type]  # a test's own wishes


def voucher_of(session: Session, voucher: GivenVoucher) -> Voucher:
    return session.get_one(Voucher, voucher.id, populate_existing=True)


def mails(session: Session) -> list[OutboxMessage]:
    session.expire_all()
    return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def read(session: Session, mail: OutboxMessage) -> Rendered:
    rendered = render_batch(session, [mail], NOW)[mail.id]
    assert isinstance(rendered, Rendered)
    return rendered


# --- Given ------------------------------------------------------------------------------------------------------------


def test_a_voucher_after_an_order_is_its_customers_and_in_its_history(session: Session) -> None:
    order = create_order(session, currency="CHF")
    actor = person(session)

    voucher = give_voucher(session, actor, NewVoucher(15_00, "form-1", order_id=order.id, note="Colis abîmé"), NOW)

    row = voucher_of(session, voucher)
    assert (row.amount_cents, row.used_cents, row.currency, row.customer_id) == (15_00, 0, "CHF", order.customer_id)
    assert (row.person_name, row.note, row.created_at) == (actor.name, "Colis abîmé", NOW)
    assert row.code == read_code(row.code)
    entry = session.scalars(sa.select(OrderHistory).where(OrderHistory.event == HistoryEvent.VOUCHER_GIVEN)).one()
    assert entry.after == {"voucher_id": row.id, "amount_cents": 15_00, "expires_on": "2027-11-21"}
    assert entry.note == "Colis abîmé"
    assert session.get_one(Order, order.id, populate_existing=True).version == 2


def test_its_last_day_is_as_far_away_as_the_settings_say(session: Session) -> None:
    # 21/11/2026 and 365 days, there being no 29 February between: 21/11/2027.
    assert given(session).expires_on == LAST_DAY
    session.add(Marketplace(id=1, name="Marketplace", voucher_days=30))
    session.flush()
    assert given(session).expires_on == dt.date(2026, 12, 21)
    assert given(session, expires_on=dt.date(2026, 11, 21)).expires_on == dt.date(2026, 11, 21)


def test_the_customer_reads_the_code_the_amount_and_the_last_day(session: Session) -> None:
    order = create_order(session)
    voucher = given(session, 12_50, order_id=order.id, note="Avec nos excuses pour le retard.")
    (mail,) = mails(session)
    text = read(session, mail).text
    for said in (order.number, voucher.code, "12,50\u00a0€", "dimanche 21 novembre 2027", "Avec nos excuses"):
        assert said in text
    assert (mail.recipient, mail.event) == (order.customer_email, f"voucher:{voucher.id}")


def test_a_voucher_without_an_order_is_told_without_one(session: Session) -> None:
    customer = create_customer(session, "Jeanne Ferrand", "jeanne@example.org")
    voucher = given(session, 10_00, customer_id=customer.id)
    (mail,) = mails(session)
    email = read(session, mail)
    assert (mail.order_id, mail.recipient) == (None, "jeanne@example.org")
    assert "Bonjour Jeanne Ferrand" in email.text
    assert voucher.code in email.text
    for of_an_order in ("commande **", "62038bc9", "Évelyne", "Suivre ma commande", "étape"):
        assert of_an_order not in email.text + email.html


def test_nobody_is_written_to_where_nobody_is_to_be_told_or_no_address_is_known(session: Session) -> None:
    given(session, notifies=False)
    order = create_order(session, customer_email=" ")
    assert given(session, order_id=order.id).recipient == ""
    assert mails(session) == []


def test_the_same_form_twice_is_one_voucher(session: Session) -> None:
    order = create_order(session)
    first = given(session, order_id=order.id, key="form")
    again = given(session, order_id=order.id, key="form")
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.id, again.code, again.amount_cents) == (first.id, first.code, 20_00)
    assert len(mails(session)) == 1


def test_two_clicks_at_once_are_one_voucher(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        wanted = NewVoucher(20_00, "form", customer_id=create_customer(session).id)
    assert at_once(engine, *[lambda session: give_voucher(session, SYSTEM, wanted, NOW)] * 4) == [None] * 4
    with Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Voucher)) == 1
        assert len(mails(session)) == 1


def test_a_settlement_gives_one_voucher_of_any_amount_and_leaves_the_version_to_its_caller(session: Session) -> None:
    order = create_order(session, total_cents=2_000_00)
    settled = {"key": "s", "total_cents": 2_000_00, "voucher_cents": 2_000_00, "has_credit_note": True, "reason": "R"}
    settlement = Settlement(order_id=order.id, **settled)
    session.add(settlement)
    session.flush()
    wanted = {"order_id": order.id, "settlement_id": settlement.id, "key": ""}
    first, again = (given(session, 2_000_00, **wanted) for _ in range(2))
    assert first.id == again.id
    assert voucher_of(session, first).settlement_id == settlement.id
    assert session.get_one(Order, order.id, populate_existing=True).version == 1


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"amount_cents": 0}, "Saisissez le montant"),
        ({"amount_cents": -1}, "Saisissez le montant"),
        ({"amount_cents": 1_000_01}, r"au plus 1\s000,00\s€"),
        ({"expires_on": dt.date(2026, 11, 20)}, "entre le 21/11/2026 et le 18/11/2036"),
        # Ten years of 365 days from 21/11/2026, with the leap days of 2028, 2032 and 2036 between: 18/11/2036.
        ({"expires_on": dt.date(2036, 11, 19)}, "entre le 21/11/2026 et le 18/11/2036"),
        ({"note": "x" * 501}, "500 caractères"),
        ({"note": "\x00"}, "illisible"),
        ({"customer_id": None}, "pour quel client"),
    ],
)
def test_what_cannot_be_given_is_refused_with_the_limit(session: Session, wanted: dict[str, object], why: str) -> None:
    usual = {"amount_cents": 20_00, "key": "k", "customer_id": create_customer(session).id}
    with pytest.raises(InvalidInputError, match=why):
        give_voucher(session, SYSTEM, NewVoucher(**(usual | wanted)), NOW)  # type: ignore[arg-type]  # a test's own wishes


def test_a_voucher_for_nobody_we_know_is_refused(session: Session) -> None:
    with pytest.raises(OrderNotFoundError):
        given(session, order_id=404)
    with pytest.raises(NotFoundError, match="client"):
        given(session, customer_id=404)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER])
def test_only_who_gives_money_back_gives_or_cancels_vouchers(session: Session, role: Role) -> None:
    actor, voucher = person(session, role), given(session)
    with pytest.raises(NotAllowedError):
        give_voucher(session, actor, NewVoucher(1_00, "k", customer_id=1), NOW)
    with pytest.raises(NotAllowedError):
        cancel_voucher(session, actor, voucher.id, 1, "Erreur", NOW)


# --- Used -------------------------------------------------------------------------------------------------------------


def test_part_use_leaves_the_rest_and_the_last_use_takes_it(session: Session) -> None:
    voucher = given(session, 20_00)
    first = use_voucher(session, voucher.code, 7_49, "order-1", "62038", NOW)
    assert (first.amount_cents, first.rest_cents, first.is_new) == (7_49, 12_51, True)
    with pytest.raises(VoucherTooSmallError, match=r"12,51\s€"):
        use_voucher(session, voucher.code, 12_52, "order-2", "62039", NOW)
    assert use_voucher(session, voucher.code, 12_51, "order-2", "62039", NOW).rest_cents == 0
    with pytest.raises(VoucherUnusableError, match="entièrement utilisé"):
        use_voucher(session, voucher.code, 1, "order-3", "62040", NOW)
    row = voucher_of(session, voucher)
    assert (row.used_cents, row.version) == (20_00, 3)


def test_a_use_that_is_sent_again_is_the_same_use_even_after_the_last_day(session: Session) -> None:
    voucher = given(session, 20_00)
    first = use_voucher(session, voucher.code, 20_00, "order-1", "62038", NOW)
    years_later = NOW + dt.timedelta(days=900)
    again = use_voucher(session, voucher.code.lower(), 20_00, "order-1", "62038", years_later)
    assert (again.is_new, again.used_at, again.rest_cents) == (False, NOW, 0)
    assert again.amount_cents == first.amount_cents
    assert session.scalar(sa.select(sa.func.count()).select_from(VoucherUse)) == 1


@pytest.mark.parametrize(("amount_cents", "reference"), [(6_00, "62038"), (5_00, "62039")])
def test_a_key_that_comes_back_with_something_else_is_refused(
    session: Session, amount_cents: int, reference: str
) -> None:
    voucher = given(session, 20_00)
    use_voucher(session, voucher.code, 5_00, "order-1", "62038", NOW)
    with pytest.raises(VoucherKeyReusedError):
        use_voucher(session, voucher.code, amount_cents, "order-1", reference, NOW)
    assert voucher_of(session, voucher).used_cents == 5_00


def test_two_vouchers_may_be_used_under_one_key(session: Session) -> None:
    vouchers = [given(session, 10_00) for _ in range(2)]
    for voucher in vouchers:
        assert use_voucher(session, voucher.code, 10_00, "order-1", "62038", NOW).is_new


def test_what_expired_or_was_cancelled_pays_nothing(session: Session) -> None:
    voucher = given(session, expires_on=dt.date(2026, 11, 21))
    # 23:30 in Paris on the last day, then half past midnight.
    with pytest.raises(VoucherUnusableError, match="était valable jusqu’au 21/11/2026"):
        use_voucher(session, voucher.code, 1_00, "k", "", dt.datetime(2026, 11, 21, 23, 30, tzinfo=dt.UTC))
    assert use_voucher(session, voucher.code, 1_00, "k", "", dt.datetime(2026, 11, 21, 22, 30, tzinfo=dt.UTC)).is_new
    cancel_voucher(session, SYSTEM, voucher.id, 2, "Erreur", NOW)
    with pytest.raises(VoucherUnusableError, match="annulé"):
        use_voucher(session, voucher.code, 1_00, "k2", "", NOW)


@pytest.mark.parametrize(
    ("amount_cents", "key", "reference"),
    [(0, "k", ""), (-5, "k", ""), (1, "", ""), (1, "k" * 201, ""), (1, "k", "\x00")],
)
def test_a_use_of_nothing_or_without_a_key_is_refused(
    session: Session, amount_cents: int, key: str, reference: str
) -> None:
    with pytest.raises(InvalidInputError):
        use_voucher(session, given(session).code, amount_cents, key, reference, NOW)


def test_codes_that_are_none_are_told_from_those_that_nobody_was_given(session: Session) -> None:
    with pytest.raises(MistypedCodeError):
        use_voucher(session, "NOEL-2026", 1_00, "k", "", NOW)
    with pytest.raises(VoucherNotFoundError):
        use_voucher(session, draw_code(), 1_00, "k", "", NOW)


def test_of_many_who_spend_a_voucher_at_once_only_as_many_as_it_pays_succeed(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        voucher = given(session, 20_00)

    def spend(number: int) -> Callable[[Session], object]:
        return lambda session: use_voucher(session, voucher.code, 6_00, f"order-{number}", "", NOW)

    refusals = at_once(engine, *(spend(number) for number in range(8)))
    # Three times 6,00 of 20,00; 2,00 are left.
    assert sum(refusal is None for refusal in refusals) == 3
    assert all(isinstance(refusal, VoucherTooSmallError) for refusal in refusals if refusal is not None)
    with Session(engine) as session:
        assert voucher_of(session, voucher).used_cents == 18_00
        assert session.scalar(sa.select(sa.func.sum(VoucherUse.amount_cents))) == 18_00


def test_one_use_that_arrives_many_times_at_once_is_one_use(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        voucher = given(session, 20_00)
    act = [lambda session: use_voucher(session, voucher.code, 6_00, "order-1", "62038", NOW)] * 6
    assert at_once(engine, *act) == [None] * 6
    with Session(engine) as session:
        assert voucher_of(session, voucher).used_cents == 6_00


# --- Cancelled --------------------------------------------------------------------------------------------------------


def test_what_is_left_is_cancelled_with_its_reason_and_its_waiting_email(session: Session) -> None:
    order = create_order(session)
    actor = person(session)
    voucher = give_voucher(session, actor, NewVoucher(20_00, "k", order_id=order.id), NOW)
    use_voucher(session, voucher.code, 5_00, "order-1", "", NOW)

    cancel_voucher(session, actor, voucher.id, 2, " Donné deux fois ", NOW)

    row = voucher_of(session, voucher)
    assert (row.cancelled_at, row.cancel_reason, row.used_cents, row.version) == (NOW, "Donné deux fois", 5_00, 3)
    entry = session.scalars(sa.select(OrderHistory).where(OrderHistory.event == HistoryEvent.VOUCHER_CANCELLED)).one()
    assert (entry.after, entry.note) == ({"voucher_id": row.id, "amount_cents": 15_00}, "Donné deux fois")
    assert [mail.state for mail in mails(session)] == [OutboxState.CANCELLED]


def test_the_waiting_email_of_an_account_is_dropped_and_no_other(session: Session) -> None:
    customer = create_customer(session)
    kept, dropped = (given(session, customer_id=customer.id) for _ in range(2))
    cancel_voucher(session, SYSTEM, dropped.id, 1, "Erreur", NOW)
    states = {mail.variables["voucher_id"]: mail.state for mail in mails(session)}
    assert states == {kept.id: OutboxState.QUEUED, dropped.id: OutboxState.CANCELLED}


def test_cancelling_asks_for_a_reason_and_for_the_voucher_as_it_is(session: Session) -> None:
    voucher = given(session)
    with pytest.raises(InvalidInputError, match="pourquoi"):
        cancel_voucher(session, SYSTEM, voucher.id, 1, " ", NOW)
    use_voucher(session, voucher.code, 5_00, "order-1", "", NOW)
    with pytest.raises(VoucherChangedError, match=r"il y reste 15,00\s€"):
        cancel_voucher(session, SYSTEM, voucher.id, 1, "Erreur", NOW)
    cancel_voucher(session, SYSTEM, voucher.id, 2, "Erreur", NOW)
    with pytest.raises(VoucherUnusableError):
        cancel_voucher(session, SYSTEM, voucher.id, 3, "Erreur", NOW)
    with pytest.raises(VoucherNotFoundError):
        cancel_voucher(session, SYSTEM, 404, 1, "Erreur", NOW)


def test_a_voucher_spent_and_cancelled_at_once_is_never_both_wholly(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        voucher = given(session, 20_00)
    refusals = at_once(
        engine,
        lambda session: use_voucher(session, voucher.code, 20_00, "order-1", "", NOW),
        lambda session: cancel_voucher(session, SYSTEM, voucher.id, 1, "Erreur", NOW),
    )
    assert sum(refusal is None for refusal in refusals) == 1
    with Session(engine) as session:
        row = voucher_of(session, voucher)
        assert (row.used_cents == 20_00) is (row.cancelled_at is None)


def settled_by_voucher(
    session: Session, amount_cents: int, paid: tuple[tuple[PaymentMethod, int], ...] = ((PaymentMethod.CARD, 31_90),)
) -> tuple[Order, GivenVoucher]:
    """Settle a part of an order of 31,90, which was paid by card unless said otherwise, with a voucher."""
    order = create_order(session)
    for method, cents in paid:
        row = {"method": method, "state": PaymentRecordState.CAPTURED, "amount_cents": cents}
        session.add(Payment(order_id=order.id, received_at=NOW, booked_at=NOW, **row))
    session.flush()
    (line,) = session.scalars(sa.select(OrderLine.id).where(OrderLine.order_id == order.id))
    lines = {line: LineBack(amount_cents=amount_cents)}
    asked = SettlementRequest(lines, voucher_cents=amount_cents, reason="Abîmé")
    settled = settle_order(session, SYSTEM, order.id, order.version, asked, "settle", NOW)
    row = session.scalars(sa.select(Voucher).where(Voucher.settlement_id == settled.settlement_id)).one()
    return order, GivenVoucher(row.id, row.code, row.amount_cents, row.currency, row.expires_on)


def refunds_of(session: Session, order: Order) -> list[tuple[PaymentMethod, PaymentRecordState, int]]:
    refunds = sa.select(Payment).where(Payment.order_id == order.id, Payment.kind == PaymentKind.REFUND)
    session.expire_all()
    return [(row.method, row.state, row.amount_cents) for row in session.scalars(refunds.order_by(Payment.id))]


def test_what_is_left_of_a_voucher_that_was_a_refund_is_owed_as_money_again(session: Session) -> None:
    order, voucher = settled_by_voucher(session, 20_00)
    use_voucher(session, voucher.code, 5_00, "order-1", "", NOW)
    assert session.get_one(Order, order.id, populate_existing=True).refunded_cents == 20_00

    assert plan_cancelling(session, SYSTEM, voucher.id, NOW).refunds == ((PaymentMethod.CARD, 15_00),)
    cancel_voucher(session, SYSTEM, voucher.id, 2, "Le client préfère l’argent", NOW)

    card, as_voucher = PaymentMethod.CARD, PaymentMethod.VOUCHER
    assert refunds_of(session, order) == [
        (as_voucher, PaymentRecordState.CAPTURED, 5_00),
        (card, PaymentRecordState.PENDING, 15_00),
    ]
    assert session.get_one(Order, order.id, populate_existing=True).refunded_cents == 5_00
    entry = session.scalars(sa.select(OrderHistory).where(OrderHistory.event == HistoryEvent.VOUCHER_CANCELLED)).one()
    assert (entry.after["amount_cents"], entry.after["refund_cents"]) == (15_00, 15_00)


def test_of_a_voucher_nobody_used_the_whole_refund_is_given_up_for_the_one_in_money(session: Session) -> None:
    order, voucher = settled_by_voucher(session, 20_00)
    cancel_voucher(session, SYSTEM, voucher.id, 1, "Le client préfère l’argent", NOW)
    assert refunds_of(session, order) == [
        (PaymentMethod.VOUCHER, PaymentRecordState.CANCELLED, 20_00),
        (PaymentMethod.CARD, PaymentRecordState.PENDING, 20_00),
    ]
    assert session.get_one(Order, order.id, populate_existing=True).refunded_cents == 0


@pytest.mark.parametrize(
    ("by_card", "owed", "unpaid_cents"),
    [
        # Of 20,00 a card can take back what it paid, and no more.
        (0, [(PaymentMethod.TRANSFER, 20_00)], 20_00),
        (5_00, [(PaymentMethod.CARD, 5_00), (PaymentMethod.TRANSFER, 15_00)], 15_00),
        (31_90, [(PaymentMethod.CARD, 20_00)], 0),
    ],
)
def test_a_provider_is_never_asked_for_money_that_it_was_not_paid(
    session: Session, by_card: int, owed: list[tuple[PaymentMethod, int]], unpaid_cents: int
) -> None:
    paid = ((PaymentMethod.CARD, by_card), (PaymentMethod.VOUCHER, 31_90 - by_card))
    order, voucher = settled_by_voucher(session, 20_00, tuple(each for each in paid if each[1]))
    plan = plan_cancelling(session, SYSTEM, voucher.id, NOW)
    assert (list(plan.refunds), plan.unpaid_cents) == (owed, unpaid_cents)
    cancel_voucher(session, SYSTEM, voucher.id, 1, "Le client préfère l’argent", NOW)
    promised = [(method, cents) for method, state, cents in refunds_of(session, order) if state is _PENDING]
    assert promised == owed


def test_a_gift_that_is_cancelled_is_owed_to_nobody(session: Session) -> None:
    order = create_order(session)
    voucher = given(session, order_id=order.id)
    assert plan_cancelling(session, SYSTEM, voucher.id, NOW).refunds == ()
    cancel_voucher(session, SYSTEM, voucher.id, 1, "Erreur", NOW)
    assert refunds_of(session, order) == []


# --- Sent again -------------------------------------------------------------------------------------------------------


def test_a_code_is_sent_again_with_what_is_left_and_taken_back_while_it_is_held(session: Session) -> None:
    order = create_order(session)
    actor, voucher = person(session, Role.SUPPORT), given(session, 20_00, order_id=order.id)
    session.execute(sa.update(OutboxMessage).values(state=OutboxState.SENT))
    use_voucher(session, voucher.code, 5_00, "order-1", "", NOW)

    assert send_voucher_again(session, actor, voucher.id, NOW) == order.customer_email

    _, mail = mails(session)
    assert (mail.state, mail.variables["amount_cents"]) == (OutboxState.HELD, 15_00)
    assert "15,00\u00a0€" in read(session, mail).text
    assert mail.history_id is not None
    undo(session, actor, mail.history_id, NOW)
    assert [mail.state for mail in mails(session)] == [OutboxState.SENT, OutboxState.CANCELLED]


def test_a_code_is_sent_to_another_address_but_not_twice_to_one(session: Session) -> None:
    voucher = given(session)
    with pytest.raises(VoucherNotSentError, match="attend déjà"):
        send_voucher_again(session, SYSTEM, voucher.id, NOW)
    assert send_voucher_again(session, SYSTEM, voucher.id, NOW, " autre@example.org ") == "autre@example.org"
    with pytest.raises(InvalidInputError):
        send_voucher_again(session, SYSTEM, voucher.id, NOW, "autre")
    assert [mail.recipient for mail in mails(session)][1:] == ["autre@example.org"]


def test_what_is_worth_nothing_or_goes_nowhere_is_not_sent_again(session: Session) -> None:
    voucher = given(session, order_id=create_order(session, customer_email="").id)
    with pytest.raises(VoucherNotSentError, match="Aucune adresse"):
        send_voucher_again(session, SYSTEM, voucher.id, NOW)
    cancel_voucher(session, SYSTEM, voucher.id, 1, "Erreur", NOW)
    with pytest.raises(VoucherUnusableError):
        send_voucher_again(session, SYSTEM, voucher.id, NOW, "autre@example.org")
    with pytest.raises(NotAllowedError):
        send_voucher_again(session, person(session, Role.MANAGER), voucher.id, NOW)
