"""Printing in number: what a printing would hold, in which order, who gets what, and what is refused."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.credit import CreditRequest
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.files import FileKind, FileState
from db.domain.order_filter import OrderFilter
from db.domain.orders import DeliveryMode, OrderStatus, ReturnStatus
from db.domain.papers import (
    Chosen,
    DayOf,
    Form,
    Matching,
    NothingToPrintError,
    Paper,
    PaperPlan,
    Period,
    TooManyPapersError,
    Wanted,
)
from db.domain.permissions import Role
from db.models import Order, OrderLine, Person, Return, Seller, Shipment, StoredFile
from db.queries import papers
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.papers import ask_for_papers, plan_papers, wanted_printing, whoever_asked
from tests.conftest import NOW
from tests.factories import create_issuer, create_line, create_order, create_person, create_seller, viewer_for

DAY = dt.timedelta(days=1)


@pytest.fixture
def staff(session: Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.SUPPORT)))


def seller_of(session: Session, seller: Seller) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.SELLER, seller_id=seller.id)))


def plan(session: Session, actor: Actor, paper: Paper, *orders: Order) -> PaperPlan:
    return plan_papers(session, actor, Wanted(paper, Chosen([order.id for order in orders])), NOW)


def count(session: Session, actor: Actor, paper: Paper, order: Order) -> int:
    return plan(session, actor, paper, order).papers


def lines_of(*quantities: tuple[int, int, int], supplier: str = "") -> list[OrderLine]:
    """Lines of so many units bought, shipped and cancelled."""
    return [
        create_line(f"Article {place}", 10_00 * bought, bought, quantity_shipped=shipped, quantity_cancelled=cancelled,
                    supplier=supplier)
        for place, (bought, shipped, cancelled) in enumerate(quantities)
    ]  # fmt: skip


def test_invoices_come_by_number_and_orders_without_one_are_named(session: Session, staff: Actor) -> None:
    tea, books = create_issuer(session, code="THE"), create_issuer(session, code="LIVRES")
    second, first, book = (create_order(session, seller) for seller in (tea, tea, books))
    bare = create_order(session, tea)
    issued = [issue_invoice(session, SYSTEM, order.id, NOW).document_id for order in (first, second, book)]

    planned = plan(session, staff, Paper.INVOICES, second, first, book, bare)

    assert planned.ids == (issued[2], issued[0], issued[1])
    assert (planned.orders, planned.papers, planned.without) == (3, 3, (bare.number,))
    assert planned.without_words == "1\u00a0commande n’a pas de facture."
    assert planned.order_words == "Dans l’ordre des numéros."


def test_an_order_may_have_many_credit_notes_and_one_invoice(session: Session, staff: Actor) -> None:
    order = create_order(session, create_issuer(session))
    invoice = issue_invoice(session, SYSTEM, order.id, NOW)
    for request in (CreditRequest(amounts={1: 5_00}), CreditRequest(whole=True)):
        issue_credit_note(session, SYSTEM, invoice.document_id, request, "Un geste", NOW)

    assert count(session, staff, Paper.INVOICES, order) == 1
    notes = plan(session, staff, Paper.CREDIT_NOTES, order)
    assert (notes.orders, notes.papers, notes.title) == (1, 2, f"2\u00a0avoirs de la commande {order.number}")


def test_documents_of_a_period_are_those_of_both_its_days_in_paris(session: Session, staff: Actor) -> None:
    seller = create_issuer(session)
    # Midnight of Paris is 23:00 UTC in winter.
    instants = [
        dt.datetime(2026, 11, day, hour, minute, tzinfo=dt.UTC)
        for day, hour, minute in ((17, 22, 59), (17, 23, 0), (20, 22, 59), (20, 23, 0))
    ]
    issued = [issue_invoice(session, SYSTEM, create_order(session, seller).id, at).document_id for at in instants]
    period = Period(dt.date(2026, 11, 18), dt.date(2026, 11, 20), DayOf.DOCUMENT)

    planned = plan_papers(session, staff, Wanted(Paper.INVOICES, period), NOW)

    assert planned.ids == (issued[1], issued[2])
    assert planned.title == "2\u00a0factures du 18/11/2026 au 20/11/2026"


def test_a_period_may_be_that_of_the_orders_and_narrowed_by_status_and_seller(session: Session, staff: Actor) -> None:
    tea, books = create_issuer(session), create_issuer(session, "Librairie")
    wanted = create_order(session, tea, placed_at=NOW - 3 * DAY, status=OrderStatus.COMPLETED)
    others = [
        create_order(session, tea, placed_at=NOW - 3 * DAY, status=OrderStatus.PAID),
        create_order(session, books, placed_at=NOW - 3 * DAY, status=OrderStatus.COMPLETED),
        create_order(session, tea, placed_at=NOW - 5 * DAY, status=OrderStatus.COMPLETED),
    ]
    issued = [issue_invoice(session, SYSTEM, order.id, NOW).document_id for order in (wanted, *others)]
    days = (dt.date(2026, 11, 18), dt.date(2026, 11, 18))
    completed = frozenset({OrderStatus.COMPLETED})

    of_orders = plan_papers(session, staff, Wanted(Paper.INVOICES, Period(*days, DayOf.ORDER, completed, tea.id)), NOW)
    today = (dt.date(2026, 11, 21), dt.date(2026, 11, 21))
    of_documents = plan_papers(
        session, staff, Wanted(Paper.INVOICES, Period(*today, DayOf.DOCUMENT, completed, tea.id)), NOW
    )

    assert of_orders.ids == (issued[0],)
    assert of_orders.title == "1\u00a0facture des commandes du 18/11/2026, «\u00a0Terminée\u00a0», Maison du thé"
    assert of_documents.ids == (issued[0], issued[3])


def test_a_filter_of_the_grid_is_printed_whole(session: Session, staff: Actor) -> None:
    seller = create_seller(session)
    late, early = (create_order(session, seller, placed_at=NOW - days * DAY) for days in (1, 4))
    create_order(session, seller, status=OrderStatus.COMPLETED)
    listed = Matching(OrderFilter(seller_id=seller.id))

    planned = plan_papers(session, staff, Wanted(Paper.DELIVERY_SLIPS, listed, Form.ZIP), NOW)

    assert planned.ids == (early.id, late.id)  # By date, whatever the grid's own order.
    assert planned.title == "2\u00a0bons de livraison de 2\u00a0commandes filtrées, Maison du thé (ZIP)"


def test_a_partly_shipped_order_has_a_slip_of_each_parcel_and_of_what_is_left(session: Session, staff: Actor) -> None:
    order = create_order(session, status=OrderStatus.PARTLY_SHIPPED, lines=lines_of((3, 1, 1), (2, 1, 0)))
    session.add_all(Shipment(order_id=order.id, cancelled_at=at) for at in (None, None, NOW))
    session.flush()

    assert count(session, staff, Paper.DELIVERY_SLIPS, order) == 3
    assert count(session, staff, Paper.PICKING_LIST, order) == 1
    assert count(session, staff, Paper.RETURN_SLIPS, order) == 1


@pytest.mark.parametrize(
    ("paper", "status", "mode", "lines", "papers"),
    [
        (Paper.DELIVERY_SLIPS, OrderStatus.PAID, DeliveryMode.HOME, [(1, 0, 0)], 1),
        (Paper.DELIVERY_SLIPS, OrderStatus.AWAITING_PAYMENT, DeliveryMode.HOME, [(1, 0, 0)], 0),
        (Paper.DELIVERY_SLIPS, OrderStatus.CANCELLED, DeliveryMode.HOME, [(1, 0, 1)], 0),
        (Paper.DELIVERY_SLIPS, OrderStatus.READY, DeliveryMode.IN_STORE, [(1, 0, 0)], 0),
        # An imported order that left before anybody noted parcels.
        (Paper.DELIVERY_SLIPS, OrderStatus.COMPLETED, DeliveryMode.HOME, [(2, 2, 0)], 1),
        (Paper.PICKING_LIST, OrderStatus.PREPARING, DeliveryMode.HOME, [(2, 1, 1)], 0),
        (Paper.PICKING_LIST, OrderStatus.PREPARING, DeliveryMode.IN_STORE, [(2, 1, 0)], 1),
        (Paper.RETURN_SLIPS, OrderStatus.PREPARING, DeliveryMode.HOME, [(1, 0, 0)], 0),
        (Paper.PICKUP_NOTES, OrderStatus.READY, DeliveryMode.CLICK_AND_COLLECT, [(1, 0, 0)], 1),
        (Paper.PICKUP_NOTES, OrderStatus.READY, DeliveryMode.PICKUP_POINT, [(1, 0, 0)], 0),
        (Paper.PICKUP_NOTES, OrderStatus.CANCELLED, DeliveryMode.IN_STORE, [(1, 0, 1)], 0),
        (Paper.ORDER_SUMMARIES, OrderStatus.PAID, DeliveryMode.HOME, [(1, 0, 0), (1, 0, 1)], 1),
        (Paper.ORDER_SUMMARIES, OrderStatus.ERROR, DeliveryMode.HOME, [(1, 0, 0)], 0),
    ],
)
def test_which_orders_have_which_slip(
    session: Session,
    staff: Actor,
    paper: Paper,
    status: OrderStatus,
    mode: DeliveryMode,
    lines: list[tuple[int, int, int]],
    papers: int,
) -> None:
    order = create_order(session, status=status, delivery_mode=mode, lines=lines_of(*lines))
    assert count(session, staff, paper, order) == papers


def test_each_supplier_has_a_summary_of_their_own(session: Session, staff: Actor) -> None:
    lines = [*lines_of((1, 0, 0), supplier="Fonderie"), *lines_of((1, 0, 0)), *lines_of((2, 0, 0), supplier="Fonderie")]
    assert count(session, staff, Paper.ORDER_SUMMARIES, create_order(session, lines=lines)) == 2


def test_each_open_request_has_its_return_slip(session: Session, staff: Actor) -> None:
    order = create_order(session, status=OrderStatus.RECEIVED, lines=lines_of((3, 3, 0)))
    open_and_settled = (ReturnStatus.REQUESTED, ReturnStatus.AWAITING_PARCEL, ReturnStatus.COMPLETED)
    session.add_all(Return(order_id=order.id, status=status) for status in open_and_settled)
    session.flush()
    assert count(session, staff, Paper.RETURN_SLIPS, order) == 2


def test_a_picking_list_is_one_of_each_sellers_shelves(session: Session, staff: Actor) -> None:
    tea, books = create_seller(session), create_seller(session, "Librairie")
    orders = [create_order(session, seller) for seller in (tea, books, tea)]
    planned = plan(session, staff, Paper.PICKING_LIST, *orders)
    assert (planned.orders, planned.papers) == (3, 2)
    assert planned.title == "Liste de prélèvement de 3\u00a0commandes choisies"


def test_a_seller_prints_their_own_orders_only(session: Session) -> None:
    tea, books = create_issuer(session), create_issuer(session, "Librairie")
    own, other = create_order(session, tea), create_order(session, books)
    issued = [issue_invoice(session, SYSTEM, order.id, NOW).document_id for order in (own, other)]
    actor = seller_of(session, tea)
    today = Period(dt.date(2026, 11, 21), dt.date(2026, 11, 21), DayOf.DOCUMENT)

    assert plan(session, actor, Paper.INVOICES, own, other).ids == (issued[0],)
    assert plan_papers(session, actor, Wanted(Paper.INVOICES, today), NOW).ids == (issued[0],)
    assert plan_papers(session, actor, Wanted(Paper.DELIVERY_SLIPS, Matching(OrderFilter())), NOW).ids == (own.id,)
    theirs = Period(today.first_day, today.last_day, DayOf.DOCUMENT, seller_id=books.id)
    refused = plan_papers(session, actor, Wanted(Paper.INVOICES, theirs), NOW)
    assert (refused.papers, refused.seller_name) == (0, "")


def test_what_is_asked_for_is_fixed_and_its_row_says_what_it_is(session: Session, staff: Actor) -> None:
    orders = [create_order(session) for _ in range(2)]
    wanted = Wanted(Paper.ORDER_SUMMARIES, Chosen([order.id for order in orders]), Form.ZIP, shows_prices=True)

    row = session.get_one(StoredFile, ask_for_papers(session, staff, wanted, NOW))

    assert (row.kind, row.state, row.total, row.person_name) == (FileKind.PAPERS, FileState.QUEUED, 2, staff.name)
    assert row.title == "2\u00a0récapitulatifs fournisseurs de 2\u00a0commandes choisies (ZIP)"
    printing = wanted_printing(row.arguments)
    assert (printing.paper, printing.form, printing.shows_prices) == (Paper.ORDER_SUMMARIES, Form.ZIP, True)
    assert set(printing.ids) == {order.id for order in orders}
    assert whoever_asked(session, printing) == staff.viewer


def test_nothing_found_is_a_sentence_and_no_file(session: Session, staff: Actor) -> None:
    order = create_order(session)
    with pytest.raises(NothingToPrintError, match="aucune facture pour ce que vous avez choisi"):
        ask_for_papers(session, staff, Wanted(Paper.INVOICES, Chosen([order.id])), NOW)
    with pytest.raises(NothingToPrintError, match="aucun bon de retour"):
        ask_for_papers(session, staff, Wanted(Paper.RETURN_SLIPS, Chosen([])), NOW)
    assert session.scalar(sa.select(StoredFile.id)) is None


def test_a_period_that_ends_before_it_begins_is_refused(session: Session, staff: Actor) -> None:
    period = Period(dt.date(2026, 11, 2), dt.date(2026, 11, 1))
    with pytest.raises(InvalidInputError, match="se termine avant de commencer"):
        plan_papers(session, staff, Wanted(Paper.INVOICES, period), NOW)


def test_more_than_one_file_takes_is_refused(session: Session, staff: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MAX_PAPERS", 2)
    seller = create_issuer(session)
    orders = [create_order(session, seller) for _ in range(3)]
    for order in orders:
        issue_invoice(session, SYSTEM, order.id, NOW)
    today = dt.date(2026, 11, 21)
    for among in (
        Chosen([order.id for order in orders]),
        Matching(OrderFilter()),
        Period(today, today, DayOf.DOCUMENT),
    ):
        with pytest.raises(TooManyPapersError):
            plan_papers(session, staff, Wanted(Paper.INVOICES, among), NOW)


def test_thousands_of_ids_are_read_some_at_a_time(session: Session, staff: Actor) -> None:
    order = create_order(session)
    unknown = list(range(10**9, 10**9 + 5_000))
    wanted = Wanted(Paper.DELIVERY_SLIPS, Chosen([*unknown, order.id]))
    assert plan_papers(session, staff, wanted, NOW).ids == (order.id,)


def test_whoever_may_not_read_documents_any_more_gets_nothing(session: Session, staff: Actor) -> None:
    file_id = ask_for_papers(session, staff, Wanted(Paper.DELIVERY_SLIPS, Chosen([create_order(session).id])), NOW)
    printing = wanted_printing(session.get_one(StoredFile, file_id).arguments)
    session.get_one(Person, staff.person_id).is_active = False
    session.flush()
    with pytest.raises(NotAllowedError):
        whoever_asked(session, printing)
