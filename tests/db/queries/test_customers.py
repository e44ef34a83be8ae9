"""« Clients »: who is found, page by page, and what the page of one of them knows."""

import datetime as dt
import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import NotAllowedError
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.orders import OrderStatus, PaymentState
from db.domain.permissions import Role
from db.models import OutboxMessage, Return
from db.queries import customers as module
from db.queries.customer_data import customer_data
from db.queries.customer_detail import SHOWN, CustomerNotFoundError, customer_detail
from db.queries.customers import customer_page
from db.queries.erasure import erasure_plan
from db.services.derived import complete_customers
from db.services.privacy import erase_customer
from tests.conftest import NOW
from tests.factories import ADMIN, create_customer, create_order, create_person, create_seller, viewer_for


def add(session: Session, *names: str, **columns: object) -> list[int]:
    made = [create_customer(session, name, **columns).id for name in names]
    complete_customers(session, made)
    return made


def names(session: Session, text: str = "", **bounds: int) -> list[str]:
    return [row.name for row in customer_page(session, ADMIN, text, **bounds).rows]


def test_the_newest_account_comes_first_with_its_orders_counted(session: Session) -> None:
    evelyne = create_customer(session, "Évelyne Morin")
    create_customer(session, "Zoé Lambert")
    create_order(session, customer=evelyne, placed_at=NOW - dt.timedelta(days=3))
    create_order(session, customer=evelyne, placed_at=NOW, status=OrderStatus.CANCELLED)
    page = customer_page(session, ADMIN)
    assert [(row.name, row.orders, row.last_order_at) for row in page.rows] == [
        ("Zoé Lambert", 0, None),
        ("Évelyne Morin", 2, NOW),
    ]
    assert not page.has_newer
    assert not page.has_older


@pytest.mark.parametrize("typed", ["oeuvrard", "EVELYNE oeuv", "0612 34 56 78", "mairie", "e.oeuvrard@", "œuv"])
def test_part_of_name_company_e_mail_or_phone_finds_an_account(session: Session, typed: str) -> None:
    add(session, "Évelyne Œuvrard", email="e.oeuvrard@example.org", phone="06 12 34 56 78", company="Mairie")
    add(session, "Zoé Lambert")
    assert names(session, typed) == ["Évelyne Œuvrard"]


def test_nothing_found_is_an_empty_page(session: Session) -> None:
    add(session, "Zoé Lambert")
    page = customer_page(session, ADMIN, "inconnu")
    assert (page.rows, page.has_newer, page.has_older) == ((), False, False)


@pytest.mark.parametrize("text", ["", "martin"])
@pytest.mark.parametrize("window", [2, 2_000])
def test_pages_follow_each_other_both_ways_whatever_is_looked_through_first(
    session: Session, monkeypatch: pytest.MonkeyPatch, text: str, window: int
) -> None:
    monkeypatch.setattr(module, "PAGE_SIZE", 3)
    monkeypatch.setattr(module, "_PAGE_AND_ONE", 4)
    monkeypatch.setattr(module, "_WINDOW", window)
    ids = add(session, *(f"Martin {number}" for number in range(7)))
    first = customer_page(session, ADMIN, text)
    assert [row.id for row in first.rows] == ids[:-4:-1]
    assert (first.has_newer, first.has_older) == (False, True)
    second = customer_page(session, ADMIN, text, before=ids[-3])
    assert [row.id for row in second.rows] == ids[3:0:-1]
    assert (second.has_newer, second.has_older) == (True, True)
    last = customer_page(session, ADMIN, text, before=ids[1])
    assert ([row.id for row in last.rows], last.has_older) == ([ids[0]], False)
    back = customer_page(session, ADMIN, text, after=ids[3])
    assert [row.id for row in back.rows] == ids[:-4:-1]
    assert not back.has_newer


def test_a_seller_has_no_customers_to_look_at(session: Session) -> None:
    seller = viewer_for(create_person(session, Role.SELLER, seller_id=create_seller(session).id))
    customer = create_customer(session)
    with pytest.raises(NotAllowedError):
        customer_page(session, seller)
    with pytest.raises(NotAllowedError):
        customer_detail(session, seller, customer.id)


def test_a_customer_who_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(CustomerNotFoundError):
        customer_detail(session, ADMIN, 404)


def test_what_was_bought_leaves_out_what_was_cancelled_and_other_people_s(session: Session) -> None:
    customer = create_customer(session)
    create_order(session, customer=customer, total_cents=10_00)
    create_order(session, customer=customer, total_cents=20_00)
    create_order(session, customer=customer, total_cents=99_00, status=OrderStatus.CANCELLED)
    create_order(session, total_cents=77_00)
    bought = customer_detail(session, ADMIN, customer.id).bought
    assert (bought.order_count, bought.cancelled_count, bought.totals) == (3, 1, (("EUR", 30_00),))


def test_lists_hold_the_newest_and_one_more_where_there_are_more(session: Session) -> None:
    customer = create_customer(session)
    for number in range(SHOWN + 3):
        order = create_order(session, customer=customer, placed_at=NOW + dt.timedelta(hours=number))
        session.add(Return(order_id=order.id, requested_at=NOW + dt.timedelta(hours=number), taken_in_at=NOW))
    session.flush()
    detail = customer_detail(session, ADMIN, customer.id)
    assert len(detail.orders) == len(detail.returns) == SHOWN + 1
    assert detail.orders[0].placed_at == detail.returns[0].requested_at == NOW + dt.timedelta(hours=SHOWN + 2)


def test_e_mails_are_theirs_alone_of_their_orders_and_of_none(session: Session) -> None:
    customer = create_customer(session, email="zoe@example.org")
    order, other = create_order(session, customer=customer), create_order(session)

    def mail(order_id: int | None, recipient: str, kind: RecipientKind) -> int:
        row = OutboxMessage(
            order_id=order_id,
            event=f"e{recipient}{order_id}",
            template=EmailTemplate.VOUCHER,
            recipient_kind=kind,
            recipient=recipient,
            state=OutboxState.SENT,
        )
        session.add(row)
        session.flush()
        return row.id

    about_order = mail(order.id, "ancienne@example.org", RecipientKind.CUSTOMER)
    mail(order.id, "vendeur@example.org", RecipientKind.SELLER)
    mail(other.id, "autre@example.org", RecipientKind.CUSTOMER)
    about_none = mail(None, "zoe@example.org", RecipientKind.CUSTOMER)
    assert [each.id for each in customer_detail(session, ADMIN, customer.id).mails] == [about_none, about_order]


@pytest.mark.parametrize(
    "state", [PaymentState.UNPAID, PaymentState.PARTLY_PAID, PaymentState.REFUNDED, PaymentState.PAID]
)
def test_only_a_paid_sale_without_an_invoice_is_still_to_be_invoiced(session: Session, state: PaymentState) -> None:
    customer = create_customer(session)
    create_order(session, customer=customer, payment_state=state, status=OrderStatus.COMPLETED)
    plan = erasure_plan(session, ADMIN, customer.id)
    assert plan.kept["kept_named"] == (1 if state is PaymentState.PAID else 0)


def asked_of(session: Session) -> list[tuple[str, Any]]:
    """The statements from now on, with what is bound to them."""
    asked: list[tuple[str, Any]] = []
    sa.event.listen(session.connection(), "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    return asked


def plans(session: Session, asked: list[tuple[str, Any]]) -> str:
    driver = session.connection().connection.driver_connection
    assert driver is not None
    return "\n".join(
        row[3] for statement, bound in asked for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", bound)
    )


LARGE = "orders|order_lines|outbox|payments|order_history|documents|returns|points_movements|shipments|files"


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_no_large_table_is_ever_walked_for_one_customer(session: Session) -> None:
    customer = create_customer(session)
    create_order(session, customer=customer, status=OrderStatus.COMPLETED)
    session.flush()
    asked = asked_of(session)
    customer_page(session, ADMIN)
    customer_page(session, ADMIN, "morin")
    customer_detail(session, ADMIN, customer.id)
    customer_data(session, customer.id)
    erasure_plan(session, ADMIN, customer.id)
    assert not re.findall(rf"SCAN (?:{LARGE})\b.*", plans(session, list(asked)))


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_no_large_table_is_ever_walked_to_erase_one_customer(session: Session) -> None:
    customer = create_customer(session)
    create_order(session, customer=customer, status=OrderStatus.COMPLETED)
    admin = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
    asked = asked_of(session)
    erase_customer(session, admin, customer.id, NOW, lambda _ref: None)
    # What is written to many rows by their keys is bound to a list of rows.
    once = [(statement, bound) for statement, bound in asked if not isinstance(bound, list)]
    walked = re.findall(rf"SCAN (?:{LARGE})\b.*", plans(session, once))
    # Of the files, those that people asked for: few among a million documents.
    assert [each for each in walked if "ix_files_asked_for" not in each] == []
