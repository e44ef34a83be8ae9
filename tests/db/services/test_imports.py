"""Files of orders: what the preview says is what the task does, once, whoever dies in between."""

import datetime as dt
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.bulk import Importing
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.incoming import IncomingLine, IncomingOrder, IncomingPayment
from db.domain.order_files import OrderFormat, ReadOrder
from db.domain.orders import HistoryEvent, OrderStatus, PaymentMethod, PaymentState
from db.domain.permissions import Role
from db.domain.tasks import ImportItemState, TaskState
from db.engine import transaction
from db.models import ImportItem, Order, OrderHistory, OrderLine, OutboxMessage, Seller, Task
from db.services import import_items
from db.services.imports import DIFFERS, UNKNOWN_REFERENCE, ImportPlan, plan_import
from db.services.incoming import Written
from db.services.tasks import run_next_chunk, start_import, undo_task
from db.services.undo import NotUndoableError
from tests.conftest import NOW
from tests.db.together import together
from tests.factories import create_person, create_product, create_seller, viewer_for

FILE = Importing("commandes.csv", "0" * 64, OrderFormat.CSV)


@pytest.fixture
def actor(session: Session) -> Actor:
    create_seller(session, code="THE")
    return Actor.person(viewer_for(create_person(session, Role.SUPPORT)))


def incoming(number: str = "A-1", **columns: object) -> IncomingOrder:
    defaults = {
        "seller_code": "THE",
        "lines": (IncomingLine("Thé vert", 2, 12_50),),
        "number": number,
        "external_ref": f"file:{number}",
        "customer_name": "Évelyne Morin",
        "customer_email": "evelyne@example.org",
        "placed_at": NOW - dt.timedelta(hours=2),
        "total_cents": None,
    }
    return IncomingOrder(**defaults | columns)


def read(number: str = "A-1", place: str = "ligne 2", **columns: object) -> ReadOrder:
    return ReadOrder(place, number, incoming(number, **columns))


def states(plan: ImportPlan) -> list[ImportItemState]:
    return [item.state for item in plan.items]


def items(session: Session, task_id: int) -> list[ImportItem]:
    return list(session.scalars(sa.select(ImportItem).where(ImportItem.task_id == task_id).order_by("position")))


def test_the_preview_says_what_would_be_created_refused_and_is_there_already(session: Session, actor: Actor) -> None:
    start_import(session, actor, plan_import(session, actor, [read("A-1")], FILE, NOW), NOW)
    unreadable = ReadOrder("ligne 9", "A-4", None, faults=("Le prix manque.",))
    again = read("A-1", place="ligne 12")
    orders = [read("A-1"), read("A-2"), read("A-3", seller_code="RIEN"), unreadable, again]
    plan = plan_import(session, actor, orders, FILE, NOW)
    assert states(plan) == [
        ImportItemState.KNOWN,
        ImportItemState.WAITING,
        ImportItemState.REFUSED,
        ImportItemState.REFUSED,
        ImportItemState.REFUSED,
    ]
    assert plan.items[2].reasons == ("Aucun vendeur n’a le code «\u00a0RIEN\u00a0».",)
    assert plan.items[3].reasons == ("Le prix manque.",)
    assert plan.items[4].reasons == ("Cette commande figure déjà plus haut dans le fichier (ligne 2).",)


def test_a_file_becomes_orders_with_their_place_in_it_and_its_report(session: Session, actor: Actor) -> None:
    corrected = ReadOrder("lignes 2 à 3", "A-1", incoming("A-1"), ("Le total manquait.",), note="Sonnez deux fois.")
    task_id = start_import(session, actor, plan_import(session, actor, [corrected, read("A-2")], FILE, NOW), NOW)
    task = session.get_one(Task, task_id)
    assert (task.title, task.state, task.total, task.done) == ("Import · commandes.csv", TaskState.DONE, 2, 2)
    first, second = items(session, task_id)
    assert (first.state, first.corrections, second.corrections) == (
        ImportItemState.CREATED, "Le total manquait.", "",
    )  # fmt: skip
    assert (first.payload, second.payload) == ({}, {})  # Names and addresses are the orders' now.
    order = session.get_one(Order, first.order_id)
    assert (order.number, order.total_cents, order.source, order.intake_at) == ("A-1", 25_00, "template", NOW)
    history = sa.select(OrderHistory).where(OrderHistory.order_id == order.id).order_by(OrderHistory.id)
    imported, noted = session.scalars(history)
    assert (imported.event, imported.note) == (
        HistoryEvent.IMPORTED, "Fichier «\u00a0commandes.csv\u00a0», lignes 2 à 3.",
    )  # fmt: skip
    assert (noted.event, noted.note) == (HistoryEvent.NOTE_ADDED, "Message du client\u00a0: Sonnez deux fois.")


def test_the_same_file_twice_creates_nothing_and_a_changed_one_says_so(session: Session, actor: Actor) -> None:
    start_import(session, actor, plan_import(session, actor, [read("A-1"), read("A-2")], FILE, NOW), NOW)
    changed = read("A-2", lines=(IncomingLine("Thé noir", 1, 9_00),))
    plan = plan_import(session, actor, [read("A-1"), changed], FILE, NOW)
    assert states(plan) == [ImportItemState.KNOWN, ImportItemState.KNOWN]
    assert [item.reasons for item in plan.items] == [(), (DIFFERS,)]
    with pytest.raises(InvalidInputError, match="Aucune commande"):
        start_import(session, actor, plan, NOW)
    assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 2


def test_a_preview_that_is_old_by_now_creates_nothing_twice(session: Session, actor: Actor) -> None:
    plan = plan_import(session, actor, [read("A-1"), read("A-2")], FILE, NOW)
    start_import(session, actor, plan_import(session, actor, [read("A-2")], FILE, NOW), NOW)
    task_id = start_import(session, actor, plan, NOW)
    assert [item.state for item in items(session, task_id)] == [ImportItemState.CREATED, ImportItemState.KNOWN]
    assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 2


def test_a_payment_is_taken_in_and_nobody_is_told_unless_asked(session: Session, actor: Actor) -> None:
    paid = IncomingPayment(PaymentMethod.CARD, 25_00, received_at=NOW, external_ref="file:A-1:payment")
    orders = [read("A-1", payments=(paid,)), read("A-2")]
    task_id = start_import(session, actor, plan_import(session, actor, orders, FILE, NOW), NOW)
    first, second = (session.get_one(Order, item.order_id) for item in items(session, task_id))
    assert (first.status, first.payment_state, first.paid_cents) == (OrderStatus.PAID, PaymentState.PAID, 25_00)
    assert (second.status, second.payment_state) == (OrderStatus.AWAITING_PAYMENT, PaymentState.UNPAID)
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 0


def test_the_customer_and_the_seller_are_told_if_that_is_asked(session: Session, actor: Actor) -> None:
    asked = Importing("commandes.csv", "0" * 64, OrderFormat.CSV, notifies=True)
    start_import(session, actor, plan_import(session, actor, [read("A-1")], asked, NOW), NOW)
    assert set(session.scalars(sa.select(OutboxMessage.recipient))) >= {"evelyne@example.org"}


def test_an_unknown_reference_is_refused_or_kept_outside_the_catalogue(session: Session, actor: Actor) -> None:
    lines = (IncomingLine("Thé vert", 1, 10_00, sku="V1"), IncomingLine("Théière", 1, 20_00, sku="T9"))
    create_product(session, session.scalars(sa.select(Seller)).one(), sku="V1")
    order = read("A-1", lines=lines)
    (refused,) = plan_import(session, actor, [order], FILE, NOW).items
    assert refused.reasons == (
        "«\u00a0Théière\u00a0»\u00a0: Le vendeur n’a pas de produit de référence «\u00a0T9\u00a0».",
    )
    free = Importing("commandes.csv", "0" * 64, OrderFormat.CSV, takes_unknown_products=True)
    plan = plan_import(session, actor, [order], free, NOW)
    assert plan.items[0].read.corrections == (
        "Hors catalogue, référence inconnue de ce vendeur\u00a0: «\u00a0T9\u00a0».",
    )
    start_import(session, actor, plan, NOW)
    known, unknown = session.scalars(sa.select(OrderLine).order_by(OrderLine.position))
    assert (known.sku, known.product_id is not None) == ("V1", True)
    assert (unknown.sku, unknown.product_id, unknown.attributes) == ("", None, {UNKNOWN_REFERENCE: "T9"})


def test_a_long_file_is_done_a_hundred_at_a_time_and_goes_on_where_a_killed_worker_left_it(engine: sa.Engine) -> None:
    with Session(engine) as session:
        create_seller(session, code="THE")
        importer = Actor.person(viewer_for(create_person(session, Role.SUPPORT)))
        orders = [read(f"A-{number}", place=f"ligne {number}") for number in range(1, 251)]
        task_id = start_import(session, importer, plan_import(session, importer, orders, FILE, NOW), NOW)
        assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 0
        session.commit()
        assert run_next_chunk(session, NOW) == 100
        session.commit()
        assert run_next_chunk(session, NOW) == 100
        session.rollback()  # The worker is killed: neither its orders nor their places are there.
        assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 100
        while run_next_chunk(session, NOW):
            session.commit()
        task = session.get_one(Task, task_id)
        assert (task.state, task.done, task.refused) == (TaskState.DONE, 250, 0)
        assert session.scalar(sa.select(sa.func.count(sa.distinct(Order.external_ref)))) == 250


def test_one_order_that_fails_does_not_stop_the_others(
    session: Session, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = import_items.create_orders

    def failing(session: Session, actor: Actor, orders: list[IncomingOrder], *rest: object) -> list[Written]:
        if any(order.number == "A-2" for order in orders):
            raise RuntimeError("boom")
        return create(session, actor, orders, *rest)

    monkeypatch.setattr(import_items, "create_orders", failing)
    orders = [read("A-1"), read("A-2"), read("A-3")]
    task_id = start_import(session, actor, plan_import(session, actor, orders, FILE, NOW), NOW)
    first, second, third = items(session, task_id)
    assert (first.state, third.state) == (ImportItemState.CREATED, ImportItemState.CREATED)
    assert (second.state, second.order_id, second.payload) == (ImportItemState.REFUSED, None, {})
    assert second.reason.startswith("Erreur inattendue")
    task = session.get_one(Task, task_id)
    assert (task.done, task.refused) == (2, 1)


def test_one_file_imported_twice_at_once_makes_each_order_once(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(engine) as session:
        create_seller(session, code="THE")
        importer = Actor.person(viewer_for(create_person(session, Role.SUPPORT)))
        asked = Importing("commandes.csv", "0" * 64, OrderFormat.CSV, notifies=True)
        noted = ReadOrder("ligne 2", "A-1", incoming("A-1"), note="Sonnez deux fois.")
        plan = plan_import(session, importer, [noted, read("A-2")], asked, NOW)
        changed = read("A-2", place="ligne 3", lines=(IncomingLine("Thé noir", 1, 9_00),))
        other = plan_import(session, importer, [noted, changed], asked, NOW)
    both_looked, create = Barrier(2, timeout=30), import_items.create_orders

    def create_after_both_looked(*arguments: object) -> list[Written]:
        if engine.dialect.name == "postgresql":  # On SQLite the second one does not begin before the first has ended.
            both_looked.wait()
        return create(*arguments)

    monkeypatch.setattr(import_items, "create_orders", create_after_both_looked)
    task_ids: list[int] = []

    def bring_in(plan: ImportPlan) -> None:
        with transaction(engine) as session:
            task_ids.append(start_import(session, importer, plan, NOW))

    together(lambda: bring_in(plan), lambda: bring_in(other))
    with Session(engine) as session:
        reports = [[(item.state, item.order_id) for item in items(session, task_id)] for task_id in task_ids]
        reports.sort(key=lambda report: report[0][0])
        ids = list(session.scalars(sa.select(Order.id).order_by(Order.number)))
        assert reports == [
            [(ImportItemState.CREATED, order_id) for order_id in ids],
            [(ImportItemState.KNOWN, order_id) for order_id in ids],
        ]
        assert set(session.scalars(sa.select(ImportItem.reason))) == {"", DIFFERS}
        told = sa.select(OrderHistory.event).where(OrderHistory.event.in_(["imported", "note_added"]))
        assert sorted(session.scalars(told)) == ["imported", "imported", "note_added"]
        mails = sa.select(OutboxMessage.recipient).where(OutboxMessage.recipient == "evelyne@example.org")
        assert len(session.scalars(mails).all()) == 2


def test_who_may_not_act_on_orders_imports_none(session: Session, actor: Actor) -> None:
    for role in (Role.FINANCE, Role.MANAGER, Role.SELLER):
        seller_id = session.execute(sa.text("SELECT id FROM sellers")).scalar_one() if role is Role.SELLER else None
        other = Actor.person(viewer_for(create_person(session, role, seller_id=seller_id)))
        with pytest.raises(NotAllowedError):
            plan_import(session, other, [read()], FILE, NOW)


def test_an_import_is_not_taken_back(session: Session, actor: Actor) -> None:
    task_id = start_import(session, actor, plan_import(session, actor, [read()], FILE, NOW), NOW)
    with pytest.raises(NotUndoableError):
        undo_task(session, actor, task_id, NOW)


def test_what_is_left_of_an_import_is_refused_once_its_author_has_left(session: Session, actor: Actor) -> None:
    orders = [read(f"A-{number}") for number in range(1, 151)]
    task_id = start_import(session, actor, plan_import(session, actor, orders, FILE, NOW), NOW)
    session.execute(sa.text("UPDATE people SET is_active = false"))
    session.expire_all()
    run_next_chunk(session, NOW)
    task = session.get_one(Task, task_id)
    assert (task.state, task.refused) == (TaskState.FAILED, 150)
    assert {(item.state, len(item.payload)) for item in items(session, task_id)} == {(ImportItemState.REFUSED, 0)}
