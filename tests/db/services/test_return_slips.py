"""Asking for the slip of a return: one file for many clicks, a new one once it says what is no longer true."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.files import FileKind, FileState
from db.domain.orders import ActorKind, ReturnStatus
from db.domain.permissions import Role
from db.domain.return_slips import SLIP_STAYS, NoSlipError
from db.models import Return, StoredFile
from db.queries.return_slips import current_slip
from db.services.return_slips import ask_for_slip
from tests.conftest import NOW
from tests.factories import create_order, create_person, create_seller, viewer_for

CUSTOMER = Actor(ActorKind.CUSTOMER, "Évelyne Morin")


def awaited(session: Session, status: ReturnStatus = ReturnStatus.AWAITING_PARCEL) -> Return:
    wanted = Return(order_id=create_order(session, number="ORD-7").id, status=status)
    session.add(wanted)
    session.flush()
    return wanted


def test_many_clicks_ask_once(session: Session) -> None:
    wanted = awaited(session)
    asked = {ask_for_slip(session, CUSTOMER, wanted.id, NOW) for _ in range(3)}
    (file,) = session.scalars(sa.select(StoredFile))
    assert asked == {file.id}
    assert (file.kind, file.title) == (
        FileKind.RETURN_SLIP,
        f"Bon de retour de la commande ORD-7, demande n° {wanted.id}",
    )
    assert (file.person_id, file.person_name) == (None, "Évelyne Morin")


def test_it_is_downloaded_once_it_is_made(session: Session) -> None:
    wanted = awaited(session)
    file = session.get_one(StoredFile, ask_for_slip(session, CUSTOMER, wanted.id, NOW))
    waiting = current_slip(session, wanted.id, NOW)
    assert waiting is not None
    assert waiting.download is None
    file.state, file.ref, file.sha256 = FileState.READY, "return_slip/1", "ab" * 32
    session.flush()
    ready = current_slip(session, wanted.id, NOW)
    assert ready is not None
    assert ready.download is not None
    assert (ready.download.id, ready.download.ref) == (file.id, "return_slip/1")


@pytest.mark.parametrize("state", [FileState.FAILED, FileState.CANCELLED])
def test_one_that_could_not_be_made_is_asked_for_again(session: Session, state: FileState) -> None:
    wanted = awaited(session)
    first = ask_for_slip(session, CUSTOMER, wanted.id, NOW)
    session.get_one(StoredFile, first).state = state
    session.flush()
    assert ask_for_slip(session, CUSTOMER, wanted.id, NOW) != first


def test_after_a_change_or_a_day_it_is_made_anew(session: Session) -> None:
    wanted = awaited(session)
    first = ask_for_slip(session, CUSTOMER, wanted.id, NOW)
    wanted.version += 1
    session.flush()
    second = ask_for_slip(session, CUSTOMER, wanted.id, NOW)
    third = ask_for_slip(session, CUSTOMER, wanted.id, NOW + SLIP_STAYS + dt.timedelta(seconds=1))
    assert len({first, second, third}) == 3


@pytest.mark.parametrize("status", [ReturnStatus.PARCEL_RECEIVED, ReturnStatus.COMPLETED, ReturnStatus.DENIED])
def test_where_no_parcel_is_expected_there_is_none(session: Session, status: ReturnStatus) -> None:
    wanted = awaited(session, status)
    with pytest.raises(NoSlipError):
        ask_for_slip(session, SYSTEM, wanted.id, NOW)


def test_a_seller_has_those_of_their_own_orders_alone(session: Session) -> None:
    wanted, other = awaited(session), create_seller(session, "Une autre boutique")
    seller = Actor.person(viewer_for(create_person(session, Role.SELLER, seller_id=other.id)))
    with pytest.raises(NoSlipError):
        ask_for_slip(session, seller, wanted.id, NOW)
