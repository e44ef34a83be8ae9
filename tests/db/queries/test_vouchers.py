"""Which vouchers each list holds, page by page; one of them whole; what is still owed by them; by which index."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.errors import NotAllowedError
from db.domain.permissions import Role
from db.domain.voucher_filter import VoucherFilter, VoucherTab
from db.domain.vouchers import NewVoucher, VoucherNotFoundError, VoucherState, draw_code
from db.models import Customer, OutboxMessage, Return, Settlement, Voucher
from db.queries import vouchers
from db.queries.voucher_recipients import voucher_recipient
from db.queries.vouchers import (
    StillUsable,
    still_usable,
    voucher_by_code,
    voucher_detail,
    voucher_page,
    vouchers_of_order,
)
from db.services.voucher_cancelling import cancel_voucher
from db.services.voucher_mail import GivenVoucher, send_voucher_again
from db.services.voucher_uses import use_voucher
from db.services.vouchers import give_voucher
from tests.conftest import NOW
from tests.factories import ADMIN, create_customer, create_order, create_person, create_seller, viewer_for

TODAY = dt.date(2026, 11, 21)
LIVE, USED, EXPIRED, CANCELLED, ALL = VoucherTab


def given(
    session: Session,
    amount_cents: int = 20_00,
    customer: Customer | None = None,
    at: dt.datetime = NOW,
    **wanted: object,
) -> GivenVoucher:
    if "order_id" not in wanted:
        wanted["customer_id"] = (customer or create_customer(session)).id
    return give_voucher(session, SYSTEM, NewVoucher(amount_cents, draw_code(), **wanted), at)  # type: ignore[arg-type]  # a test's own wishes


def ids(session: Session, wanted: VoucherFilter, **page: int) -> list[int]:
    return [row.id for row in voucher_page(session, ADMIN, wanted, TODAY, **page).rows]


@pytest.fixture
def one_of_each(session: Session) -> dict[VoucherState, int]:
    unused, partly, used, cancelled = (given(session) for _ in range(4))
    expired = given(session, expires_on=TODAY)
    session.execute(sa.update(Voucher).where(Voucher.id == expired.id).values(expires_on=TODAY - dt.timedelta(days=1)))
    use_voucher(session, partly.code, 5_00, "k", "", NOW)
    use_voucher(session, used.code, 20_00, "k", "", NOW)
    cancel_voucher(session, SYSTEM, cancelled.id, 1, "Erreur", NOW)
    return {
        VoucherState.UNUSED: unused.id,
        VoucherState.PARTLY_USED: partly.id,
        VoucherState.USED: used.id,
        VoucherState.CANCELLED: cancelled.id,
        VoucherState.EXPIRED: expired.id,
    }


def test_each_list_has_the_vouchers_whose_state_says_so(session: Session, one_of_each: dict[VoucherState, int]) -> None:
    for row in voucher_page(session, ADMIN, VoucherFilter(ALL), TODAY).rows:
        assert one_of_each[row.state(TODAY)] == row.id
    assert ids(session, VoucherFilter(LIVE)) == [
        one_of_each[VoucherState.PARTLY_USED],
        one_of_each[VoucherState.UNUSED],
    ]
    for tab, state in ((USED, VoucherState.USED), (EXPIRED, VoucherState.EXPIRED), (CANCELLED, VoucherState.CANCELLED)):
        assert ids(session, VoucherFilter(tab)) == [one_of_each[state]]


@pytest.mark.usefixtures("one_of_each")
def test_what_customers_can_still_spend_is_told_by_currency(session: Session) -> None:
    given(session, 7_00, order_id=create_order(session, currency="CHF").id)
    # 20,00 of the one nobody touched and 20,00 − 5,00 of the other.
    assert still_usable(session, ADMIN, TODAY) == (StillUsable(2, 35_00, "EUR"), StillUsable(1, 7_00, "CHF"))
    assert still_usable(session, ADMIN, TODAY + dt.timedelta(days=366)) == ()


def test_a_voucher_is_found_by_its_code_a_part_of_it_its_customer_or_its_order(session: Session) -> None:
    jeanne = create_customer(session, "Jeanne Ferrand", "jeanne.ferrand@example.org")
    order = create_order(session, customer=jeanne, number="62038bc9-1")
    by_order, other = given(session, order_id=order.id), given(session)
    gift = given(session, customer=jeanne)
    for text in ("ferrand", "JEANNE.ferrand@example.org"):
        assert ids(session, VoucherFilter(text=text)) == [gift.id, by_order.id]
    assert ids(session, VoucherFilter(text="62038bc9-1")) == [by_order.id]
    assert ids(session, VoucherFilter(text=other.code.replace("-", "").lower())) == [other.id]
    assert other.id in ids(session, VoucherFilter(text=other.code[5:]))
    assert ids(session, VoucherFilter(customer_id=jeanne.id)) == [gift.id, by_order.id]
    assert ids(session, VoucherFilter(text="personne")) == []
    assert ids(session, VoucherFilter(text="a\x00b")) == []


def test_days_and_the_end_that_is_near_narrow_the_list(session: Session) -> None:
    old = given(session, at=NOW - dt.timedelta(days=3))
    near, far = (given(session, expires_on=TODAY + dt.timedelta(days=days)) for days in (30, 31))
    assert ids(session, VoucherFilter(expires_soon=True)) == [near.id]
    assert ids(session, VoucherFilter(last_day=TODAY - dt.timedelta(days=1))) == [old.id]
    assert ids(session, VoucherFilter(first_day=TODAY)) == [far.id, near.id]


def test_pages_follow_each_other_both_ways(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vouchers, "PAGE_SIZE", 2)
    customer = create_customer(session)
    newest_first = [given(session, customer=customer).id for _ in range(5)][::-1]
    first = voucher_page(session, ADMIN, VoucherFilter(), TODAY)
    assert ([row.id for row in first.rows], first.has_newer, first.has_older) == (newest_first[:2], False, True)
    second = voucher_page(session, ADMIN, VoucherFilter(), TODAY, before=newest_first[1])
    assert ([row.id for row in second.rows], second.has_newer, second.has_older) == (newest_first[2:4], True, True)
    assert ids(session, VoucherFilter(), before=newest_first[3]) == newest_first[4:]
    back = voucher_page(session, ADMIN, VoucherFilter(), TODAY, after=newest_first[2])
    assert ([row.id for row in back.rows], back.has_newer, back.has_older) == (newest_first[:2], False, True)


def test_one_voucher_tells_its_uses_its_emails_and_where_it_comes_from(session: Session) -> None:
    order, paid_with_it = create_order(session), create_order(session, number="ORD-PAYEE")
    request = Return(order_id=order.id)
    session.add(request)
    session.flush()
    settled = {"total_cents": 20_00, "voucher_cents": 20_00, "has_credit_note": False, "reason": "Retour"}
    settlement = Settlement(order_id=order.id, return_id=request.id, key="s", **settled)
    session.add(settlement)
    session.flush()
    voucher = given(session, order_id=order.id, settlement_id=settlement.id)
    given(session, order_id=order.id)
    use_voucher(session, voucher.code, 3_00, "k-1", paid_with_it.number, NOW)
    use_voucher(session, voucher.code, 4_00, "k-2", "panier-7", NOW)
    detail = voucher_detail(session, ADMIN, voucher.id)
    assert (detail.return_id, detail.email, detail.row.order_number) == (
        request.id,
        order.customer_email,
        order.number,
    )
    assert [(use.amount_cents, use.order_reference, use.order_number) for use in detail.uses] == [
        (3_00, "ORD-PAYEE", "ORD-PAYEE"),
        (4_00, "panier-7", None),
    ]
    assert [mail.recipient for mail in detail.mails] == [order.customer_email]


def test_emails_about_no_order_are_those_of_their_voucher_alone(session: Session) -> None:
    customer = create_customer(session, email="jeanne@example.org")
    mine, other = given(session, customer=customer), given(session, customer=customer)
    session.execute(sa.update(OutboxMessage).values(state="sent"))
    send_voucher_again(session, SYSTEM, mine.id, NOW, "autre@example.org")
    assert [mail.recipient for mail in voucher_detail(session, ADMIN, mine.id).mails] == [
        "jeanne@example.org",
        "autre@example.org",
    ]
    assert len(voucher_detail(session, ADMIN, other.id).mails) == 1


def test_a_recipient_is_named_by_a_whole_number_or_a_whole_address(session: Session) -> None:
    create_customer(session, "Jeanne", "jeanne@example.org")
    newest = create_customer(session, "Jeanne Ferrand", "jeanne@example.org")
    order = create_order(session, number="ORD-7", currency="CHF")
    found = voucher_recipient(session, ADMIN, " Jeanne@example.org ")
    assert found is not None
    assert (found.customer_id, found.name, found.order_id) == (newest.id, "Jeanne Ferrand", None)
    by_order = voucher_recipient(session, ADMIN, "ORD-7")
    assert by_order is not None
    assert (by_order.order_id, by_order.customer_id, by_order.currency) == (order.id, order.customer_id, "CHF")
    for nobody in ("", "jeanne", "ORD", "\x00"):
        assert voucher_recipient(session, ADMIN, nobody) is None


def test_vouchers_are_not_for_sellers_and_not_there_for_anybody_who_guesses(session: Session) -> None:
    seller = create_seller(session)
    viewer = viewer_for(create_person(session, Role.SELLER, seller_id=seller.id))
    voucher = given(session, order_id=create_order(session, seller).id)
    for ask in (
        lambda: voucher_page(session, viewer, VoucherFilter(), TODAY),
        lambda: voucher_detail(session, viewer, voucher.id),
        lambda: still_usable(session, viewer, TODAY),
        lambda: voucher_recipient(session, viewer, "ORD-7"),
    ):
        with pytest.raises(NotAllowedError):
            ask()
    order_id = voucher_detail(session, ADMIN, voucher.id).row.order_id
    assert order_id is not None
    assert vouchers_of_order(session, viewer, order_id) == ()
    assert [row.id for row in vouchers_of_order(session, ADMIN, order_id)] == [voucher.id]
    with pytest.raises(VoucherNotFoundError):
        voucher_detail(session, ADMIN, 404)
    assert voucher_by_code(session, draw_code()) is None


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (VoucherFilter(), "SCAN vouchers"),
        (VoucherFilter(ALL, customer_id=1), "ix_vouchers_customer_id"),
        (VoucherFilter(text="2345-679A-CDEP"), "(code=?)"),
        (VoucherFilter(text="jeanne"), "SCAN vouchers"),
    ],
)
def test_a_list_is_never_sorted(session: Session, wanted: VoucherFilter, index: str) -> None:
    chosen = sa.select(Voucher.id).where(*vouchers._conditions(session, wanted, TODAY)).order_by(Voucher.id.desc())
    statement = chosen.limit(51).compile(session.connection(), compile_kwargs={"literal_binds": True})
    plan = " ".join(row.detail for row in session.execute(sa.text(f"EXPLAIN QUERY PLAN {statement}")))
    assert index in plan
    assert "TEMP B-TREE" not in plan
