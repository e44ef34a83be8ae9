"""What Vendre › Retours asks of the database."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import ActorKind, OrderStatus, ReturnStatus
from db.domain.permissions import Role
from db.domain.return_filter import ReturnFilter, ReturnTab
from db.domain.returns import Condition, ReturnNotFoundError, ReturnReason, ReturnRules
from db.domain.viewer import Viewer
from db.domain.withdrawal import Deadline
from db.models import Order, OrderLine, OrderSearch, Return, ReturnLine, ReturnMessage, ReturnPhoto, Settlement
from db.queries import returns
from db.queries.return_detail import return_detail
from db.queries.returns import count_returns, return_counts, return_page
from db.services.return_settings import save_return_settings
from tests.conftest import NOW
from tests.factories import ADMIN, create_line, create_order, create_product, create_seller

S, T = ReturnStatus, ReturnTab
TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)


def seller_viewer(seller_id: int) -> Viewer:
    return Viewer(9, "Tess Thé", "tess@example.org", Role.SELLER, seller_id)


def create_return(
    session: Session, order: Order | None = None, *, days_ago: int = 1, units: int = 0, **columns: object
) -> Return:
    """Add a return, of so many units of its order's first article."""
    order = order or create_order(session, status=OrderStatus.RECEIVED)
    row = Return(**{"order_id": order.id, "requested_at": NOW - days_ago * DAY, "taken_in_at": NOW} | columns)
    session.add(row)
    session.flush()
    if units:
        line_id = session.scalars(sa.select(sa.func.min(OrderLine.id)).where(OrderLine.order_id == order.id)).one()
        session.add(ReturnLine(return_id=row.id, order_line_id=line_id, quantity=units))
        session.flush()
    return row


def say(session: Session, row: Return, author: ActorKind, read_at: dt.datetime | None = None) -> None:
    session.add(ReturnMessage(return_id=row.id, author_kind=author, body="Bonjour", at=NOW, read_at=read_at))
    session.flush()


def listed(session: Session, viewer: Viewer = ADMIN, **wanted: object) -> list[int]:
    return [row.id for row in return_page(session, viewer, ReturnFilter(**wanted), TODAY).rows]  # type: ignore[arg-type]


def test_every_list_holds_what_it_says_and_is_counted_as_it_is_listed(session: Session) -> None:
    asked = create_return(session, days_ago=2)
    # Asked for on 7 November, due on the 21st: today is still in time; the day before, it is late.
    in_time = create_return(session, days_ago=14, status=S.AWAITING_PARCEL)
    late = create_return(session, days_ago=15, status=S.PARCEL_RECEIVED)
    done = create_return(session, days_ago=40, status=S.COMPLETED)
    denied = create_return(session, days_ago=30, status=S.DENIED)
    for row, author, read_at in (
        (asked, ActorKind.PERSON, None),
        (in_time, ActorKind.CUSTOMER, NOW),
        (late, ActorKind.CUSTOMER, None),
        (done, ActorKind.CUSTOMER, None),
    ):
        say(session, row, author, read_at)

    assert {tab: listed(session, tab=tab) for tab in ReturnTab} == {
        T.OPEN: [late.id, in_time.id, asked.id],  # As their deadlines come.
        T.REQUESTED: [asked.id],
        T.AWAITING_PARCEL: [in_time.id],
        T.PARCEL_RECEIVED: [late.id],
        T.LATE: [late.id],
        T.TO_ANSWER: [done.id, late.id],
        T.COMPLETED: [done.id],
        T.DENIED: [denied.id],
        T.ALL: [asked.id, in_time.id, late.id, denied.id, done.id],  # The newest first.
    }
    counts = return_counts(session, ADMIN, TODAY)
    assert counts == {
        T.OPEN: 3,
        T.REQUESTED: 1,
        T.AWAITING_PARCEL: 1,
        T.PARCEL_RECEIVED: 1,
        T.LATE: 1,
        T.TO_ANSWER: 2,
    }
    for tab, count in counts.items():
        assert count_returns(session, ADMIN, ReturnFilter(tab), TODAY) == count


def test_a_seller_sees_and_counts_their_own(session: Session) -> None:
    seller = create_seller(session)
    own = create_return(session, create_order(session, seller))
    say(session, own, ActorKind.CUSTOMER)
    other = create_return(session)
    say(session, other, ActorKind.CUSTOMER)
    viewer = seller_viewer(seller.id)
    assert listed(session, viewer) == listed(session, viewer, tab=T.ALL) == [own.id]
    counts = return_counts(session, viewer, TODAY)
    assert (counts[T.OPEN], counts[T.TO_ANSWER]) == (1, 1)
    assert listed(session, seller_id=seller.id) == [own.id]
    with pytest.raises(ReturnNotFoundError):
        return_detail(session, viewer, other.id, TODAY)
    assert return_detail(session, viewer, own.id, TODAY).messages == ()  # The house's talk with the customer.


def test_filters_narrow_the_list(session: Session) -> None:
    # No digits: on PostgreSQL a return may have any id, and is searched by it below.
    order = create_order(session, number="ORD-KLM")
    session.add(OrderSearch(order_id=order.id, who="ord-klm evelyne morin", what=""))
    broken = create_return(session, order, days_ago=3, reason=ReturnReason.DAMAGED)
    other = create_return(session, days_ago=9)
    assert listed(session, reason=ReturnReason.DAMAGED) == [broken.id]
    assert listed(session, first_day=dt.date(2026, 11, 18)) == [broken.id]
    assert listed(session, last_day=dt.date(2026, 11, 12)) == [other.id]
    assert listed(session, text="ORD-KLM") == listed(session, text="Évelyne") == [broken.id]
    assert listed(session, text=f"n° {other.id}") == listed(session, text=str(other.id)) == [other.id]
    assert listed(session, text="personne") == listed(session, text="\x00") == []


def test_pages_follow_each_other_both_ways(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns, "PAGE_SIZE", 2)
    order = create_order(session)
    # Two at the same moment: none is left out, none comes twice.
    ids = [create_return(session, order, days_ago=days).id for days in (9, 8, 8, 7, 6)]
    for tab, expected in ((T.OPEN, ids), (T.ALL, ids[::-1])):
        wanted = ReturnFilter(tab)
        first = return_page(session, ADMIN, wanted, TODAY)
        second = return_page(session, ADMIN, wanted, TODAY, following=first.rows[-1].id)
        third = return_page(session, ADMIN, wanted, TODAY, following=second.rows[-1].id)
        assert [row.id for page in (first, second, third) for row in page.rows] == expected
        assert [(page.has_previous, page.has_next) for page in (first, second, third)] == [
            (False, True),
            (True, True),
            (True, False),
        ]
        back = return_page(session, ADMIN, wanted, TODAY, preceding=third.rows[0].id)
        assert (back.rows, back.has_previous, back.has_next) == (second.rows, True, True)
        assert return_page(session, ADMIN, wanted, TODAY, preceding=second.rows[0].id).has_previous is False
        assert return_page(session, ADMIN, wanted, TODAY, following=999_999) == first  # It is gone.


def test_a_row_says_what_it_is_worth_and_how_long_is_left(session: Session) -> None:
    seller = create_seller(session, "Maison du thé")
    # Three for 10 €, of which two come back: 6.67 € of the 10 €, to the cent (10 × 2 / 3, half up).
    order = create_order(session, seller, total_cents=10_00, lines=[create_line("Thé", 10_00, 3, quantity_shipped=3)])
    row = create_return(session, order, days_ago=4, units=2, status=S.PARCEL_RECEIVED)
    session.add(
        ReturnPhoto(return_id=row.id, ref="a", sha256="b", media_type="image/jpeg", size_bytes=1, added_by="shop")
    )
    say(session, row, ActorKind.CUSTOMER)

    (told,) = return_page(session, ADMIN, ReturnFilter(), TODAY).rows

    assert (told.order_number, told.seller_name, told.articles, told.units) == (
        order.number,
        "Maison du thé",
        ("2 × Thé",),
        2,
    )
    assert (told.worth_cents, told.given_back_cents, told.photo_count, told.unread_count) == (6_67, 0, 1, 1)
    # Asked for on 17 November: due on 1 December, ten days from the 21st.
    assert told.refund_deadline(TODAY) == Deadline(dt.date(2026, 12, 1), TODAY)


def test_what_was_kept_of_a_damaged_article_is_no_worth_of_the_other(session: Session) -> None:
    # Two vases of 20 €. One came back damaged: 14 € were given for it and 6 € kept. The sale still asks for
    # 40 - 14 = 26 €, of which the 6 € pay for the damage: the other vase is worth its 20 €, not 26.
    vases = create_line(
        "Vase", 40_00, 2, quantity_shipped=2, quantity_returned=1, settled_cents=14_00, withheld_cents=6_00
    )
    order = create_order(session, total_cents=40_00, lines=[vases])
    row = create_return(session, order, units=1)
    (told,) = return_page(session, ADMIN, ReturnFilter(), TODAY).rows
    assert told.worth_cents == return_detail(session, ADMIN, row.id, TODAY).worth_cents == 20_00


def test_what_is_over_has_no_deadline_and_says_what_was_given_back(session: Session) -> None:
    row = create_return(session, status=S.COMPLETED)
    for key, refund, voucher in (("a", 5_00, 0), ("b", 0, 2_50)):
        session.add(
            Settlement(
                order_id=row.order_id,
                return_id=row.id,
                key=key,
                total_cents=refund + voucher,
                refund_cents=refund,
                voucher_cents=voucher,
                has_credit_note=True,
                reason="Retour",
            )
        )
    session.flush()
    (told,) = return_page(session, ADMIN, ReturnFilter(T.COMPLETED), TODAY).rows
    assert (told.refund_deadline(TODAY), told.given_back_cents) == (None, 7_50)


def test_one_return_is_read_with_all_that_is_known_of_it(session: Session) -> None:
    seller = create_seller(session)
    product = create_product(session, seller, is_returnable=False)
    lines = [
        create_line("Théière", 30_00, 3, quantity_shipped=3, product_id=product.id),
        create_line("Thé", 5_00, quantity_shipped=1),
    ]
    received_at = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)  # Until Monday the 16th.
    order = create_order(session, seller, total_cents=35_00, lines=lines, received_at=received_at)
    row = create_return(session, order, days_ago=4, reason=ReturnReason.CHANGED_MIND, inspection="Boîte ouverte.")
    session.add_all(
        [
            ReturnLine(
                return_id=row.id,
                order_line_id=lines[0].id,
                quantity=2,
                quantity_received=1,
                condition=Condition.DAMAGED,
            ),
            ReturnLine(return_id=row.id, order_line_id=lines[1].id, quantity=0, quantity_received=1),
        ]
    )
    say(session, row, ActorKind.CUSTOMER)
    say(session, row, ActorKind.PERSON)

    detail = return_detail(session, ADMIN, row.id, TODAY)

    assert [(line.name, line.quantity, line.quantity_received, line.finding) for line in detail.lines] == [
        ("Théière", 2, 1, "1 manque, abîmé"),
        ("Thé", 0, 1, "1 en plus"),
    ]
    assert (detail.worth_cents, detail.is_inspected, detail.unread_count) == (20_00, True, 1)
    assert [message.author_kind for message in detail.messages] == [ActorKind.CUSTOMER, ActorKind.PERSON]
    assert (detail.order_number, detail.customer_name) == (order.number, order.customer_name)
    # Asked for on the 17th: one day after the window, and fourteen days before 1 December.
    assert (detail.withdrawal, detail.is_within_withdrawal) == (Deadline(dt.date(2026, 11, 16), TODAY), False)
    assert detail.refund == Deadline(dt.date(2026, 12, 1), TODAY)
    assert [sentence.split("\u00a0")[0].split(" (")[0] for sentence in detail.broken_rules] == [
        "Le délai de retour",
        "« Théière » ne se reprend pas, sauf article défectueux, abîmé ou non conforme.",
    ]
    # Its own units are not taken for those of another request.
    assert [line.quantity_left for line in detail.returnable.lines] == [3, 1]
    own = return_detail(session, seller_viewer(seller.id), row.id, TODAY)
    assert (own.inspection, own.messages) == ("", ())


def test_what_the_shop_wrote_and_cannot_be_is_told_to_staff(session: Session) -> None:
    order = create_order(session, lines=[create_line("Thé", quantity_shipped=1)])
    row = create_return(session, order, units=4)
    (sentence,) = return_detail(session, ADMIN, row.id, TODAY).broken_rules
    assert sentence.startswith("« Thé »\u00a0: 1\u00a0unité au plus")


def test_parcels_count_the_days_from_the_last(session: Session) -> None:
    save_return_settings(session, ADMIN, ReturnRules(window_days=30))
    row = create_return(session, create_order(session, status=OrderStatus.SHIPPED))
    detail = return_detail(session, ADMIN, row.id, TODAY)
    assert (detail.withdrawal, detail.is_within_withdrawal, detail.returnable.rules.window_days) == (None, True, 30)


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (ReturnFilter(T.OPEN), "ix_returns_status"),
        (ReturnFilter(T.LATE), "ix_returns_status"),
        (ReturnFilter(T.PARCEL_RECEIVED), "ix_returns_status"),
        (ReturnFilter(T.COMPLETED), "ix_returns_status"),
        (ReturnFilter(T.ALL), "ix_returns_requested_at"),
        (ReturnFilter(T.TO_ANSWER), "ix_return_messages_unread"),
    ],
    ids=lambda value: value.tab if isinstance(value, ReturnFilter) else "",
)
def test_every_list_walks_its_index(session: Session, wanted: ReturnFilter, index: str) -> None:
    plans = _plans(session, lambda: return_page(session, ADMIN, wanted, TODAY))
    assert any(index in line for line in plans), plans
    assert not [line for line in plans if line in {"SCAN orders", "SCAN returns", "SCAN return_messages"}], plans


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_the_counters_read_what_is_under_way_alone(session: Session) -> None:
    for viewer in (ADMIN, seller_viewer(1)):
        plans = _plans(session, lambda viewer=viewer: return_counts(session, viewer, TODAY))
        assert any("ix_returns_status" in line for line in plans), plans
        assert any("ix_return_messages_unread" in line for line in plans), plans


def _plans(session: Session, ask: Callable[[], object]) -> list[str]:
    """Return the plans of every statement about returns."""
    lines: list[str] = []

    def explain(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("SELECT") and "returns" in statement:
            explained = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            lines.extend(row[3] for row in explained)

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", explain)
    ask()
    sa.event.remove(connection, "before_cursor_execute", explain)
    return lines
