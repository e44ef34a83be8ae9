"""Internal notes on customers, and points that staff corrects."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.loyalty import PointsReason
from db.domain.permissions import Role
from db.domain.privacy import AlreadyErasedError
from db.models import Customer, CustomerNote, PointsMovement
from db.queries.customer_detail import CustomerNotFoundError, customer_detail
from db.services.customer_notes import NoteNotFoundError, add_customer_note, delete_customer_note
from db.services.points import PointsChangedError, correct_points
from tests.conftest import NOW
from tests.factories import ADMIN, create_customer, create_person, create_seller, viewer_for

WHY = PointsReason.GOODWILL


def somebody(session: Session, role: Role = Role.SUPPORT) -> Actor:
    seller = {"seller_id": create_seller(session).id} if role is Role.SELLER else {}
    return Actor.person(viewer_for(create_person(session, role, **seller)))


@pytest.fixture
def customer(session: Session) -> Customer:
    return create_customer(session, loyalty_points=120)


def points_of(session: Session, customer: Customer) -> tuple[int, list[int]]:
    """The balance, and every movement."""
    session.refresh(customer)
    moved = (
        sa.select(PointsMovement.points).where(PointsMovement.customer_id == customer.id).order_by(PointsMovement.id)
    )
    return customer.loyalty_points, list(session.scalars(moved))


def test_a_note_says_who_wrote_it_and_when_the_newest_first(session: Session, customer: Customer) -> None:
    sam = somebody(session)
    for text in ("  Préfère le téléphone ", "Le matin"):
        add_customer_note(session, sam, customer.id, text, NOW)
    notes = customer_detail(session, ADMIN, customer.id).notes
    assert [(note.body, note.person_name, note.at) for note in notes] == [
        ("Le matin", sam.name, NOW),
        ("Préfère le téléphone", sam.name, NOW),
    ]


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2_001, "\x00"])
def test_a_note_that_says_nothing_or_cannot_be_kept_is_refused(session: Session, customer: Customer, text: str) -> None:
    with pytest.raises(InvalidInputError):
        add_customer_note(session, somebody(session), customer.id, text, NOW)


def test_a_note_goes_with_who_wrote_it_or_an_administrator(session: Session, customer: Customer) -> None:
    sam = somebody(session)
    first, second = (add_customer_note(session, sam, customer.id, text, NOW) for text in ("Un", "Deux"))
    with pytest.raises(NoteNotFoundError, match="un administrateur"):
        delete_customer_note(session, somebody(session), first)
    delete_customer_note(session, sam, first)
    delete_customer_note(session, somebody(session, Role.ADMIN), second)
    assert session.scalars(sa.select(CustomerNote.id)).all() == []


def test_nothing_is_noted_or_corrected_on_who_is_not_there_any_more(session: Session, customer: Customer) -> None:
    sam = somebody(session)
    with pytest.raises(CustomerNotFoundError):
        add_customer_note(session, sam, 404, "Bonjour", NOW)
    with pytest.raises(CustomerNotFoundError):
        correct_points(session, sam, 404, 0, 10, WHY, "k", NOW)
    customer.erased_at = NOW
    session.flush()
    with pytest.raises(AlreadyErasedError):
        add_customer_note(session, sam, customer.id, "Bonjour", NOW)
    with pytest.raises(AlreadyErasedError):
        correct_points(session, sam, customer.id, 120, 10, WHY, "k", NOW)


def test_sellers_neither_note_nor_correct(session: Session, customer: Customer) -> None:
    seller = somebody(session, Role.SELLER)
    with pytest.raises(NotAllowedError):
        add_customer_note(session, seller, customer.id, "Bonjour", NOW)
    with pytest.raises(NotAllowedError):
        correct_points(session, seller, customer.id, 120, 10, WHY, "k", NOW)


@pytest.mark.parametrize("wanted", [150, 0])
def test_points_are_brought_to_what_they_should_be_by_one_movement(
    session: Session, customer: Customer, wanted: int
) -> None:
    assert correct_points(session, somebody(session), customer.id, 120, wanted, WHY, "k", NOW) == wanted
    assert points_of(session, customer) == (wanted, [120, wanted - 120])


def test_the_same_correction_twice_moves_once(session: Session, customer: Customer) -> None:
    sam = somebody(session)
    assert [correct_points(session, sam, customer.id, 120, 150, WHY, "k", NOW) for _ in range(2)] == [150, 150]
    assert points_of(session, customer) == (150, [120, 30])


def test_a_balance_that_changed_meanwhile_is_told_and_left_alone(session: Session, customer: Customer) -> None:
    sam = somebody(session)
    correct_points(session, sam, customer.id, 120, 150, WHY, "a", NOW)
    with pytest.raises(PointsChangedError, match="150\u00a0points"):
        correct_points(session, sam, customer.id, 120, 100, WHY, "b", NOW)
    assert points_of(session, customer) == (150, [120, 30])


@pytest.mark.parametrize("wanted", [-1, 1_000_001, 120])
def test_a_correction_that_cannot_be_is_refused(session: Session, customer: Customer, wanted: int) -> None:
    with pytest.raises(InvalidInputError):
        correct_points(session, somebody(session), customer.id, 120, wanted, WHY, "k", NOW)
    assert points_of(session, customer) == (120, [120])
