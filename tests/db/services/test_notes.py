"""Internal notes: for staff, by staff."""

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError, OrderNotFoundError
from db.domain.orders import HistoryEvent
from db.domain.permissions import Role
from db.services.notes import MAX_NOTE, add_note
from tests.conftest import NOW
from tests.db.services.test_moves import history_of, someone
from tests.factories import create_order


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.ADMIN])
def test_all_staff_write_notes_which_leave_the_order_as_it_is(session: Session, role: Role) -> None:
    order = create_order(session)
    history_id = add_note(session, someone(session, role), order.id, " Rappeler\nlundi ", NOW)
    note = history_of(session, order)[0]
    assert (note.id, note.event, note.note) == (history_id, HistoryEvent.NOTE_ADDED, "Rappeler\nlundi")
    session.refresh(order)
    assert order.version == 1


def test_a_seller_writes_none(session: Session) -> None:
    order = create_order(session)
    with pytest.raises(NotAllowedError):
        add_note(session, someone(session, Role.SELLER, seller_id=order.seller_id), order.id, "x", NOW)


@pytest.mark.parametrize("text", ["", " \n ", "x" * (MAX_NOTE + 1), "\x00", "\ud800"])
def test_an_empty_or_endless_note_is_refused(session: Session, text: str) -> None:
    order = create_order(session)
    with pytest.raises(InvalidInputError):
        add_note(session, someone(session), order.id, text, NOW)


def test_an_order_that_is_not_there_gets_no_note(session: Session) -> None:
    with pytest.raises(OrderNotFoundError):
        add_note(session, someone(session), 10**9, "x", NOW)
