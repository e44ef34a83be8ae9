"""The preview of an e-mail says what is queued afterwards, and queues nothing."""

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import NotAllowedError, OrderNotFoundError
from db.domain.orders import ReturnStatus
from db.domain.permissions import Role
from db.domain.returns import ReturnMove, ReturnNotFoundError, ReturnReason, ReturnRequest
from db.models import OutboxMessage, Return
from db.services.outbox import Letter
from db.services.returns.moves import move_return
from db.services.returns.planning import plan_letters, plan_request_letters
from db.services.returns.requests import request_return
from tests.conftest import NOW
from tests.db.services.returns.conftest import Actor, Scene, ask, mails
from tests.factories import create_person, viewer_for


def told(letters: Iterable[Letter | OutboxMessage]) -> list[tuple[str, str, dict[str, Any]]]:
    """Who is told what, but for the number of the return, which a request has not got yet."""
    return [
        (each.template, each.recipient, {name: said for name, said in each.variables.items() if name != "return_id"})
        for each in letters
    ]


@pytest.mark.parametrize("message", ["", "Merci de bien l’emballer."])
def test_a_move_tells_what_was_shown(session: Session, scene: Scene, message: str) -> None:
    row = ask(session, scene)
    move = ReturnMove(ReturnStatus.AWAITING_PARCEL, message)
    planned = plan_letters(session, scene.staff, row.id, move, NOW)
    row = session.get_one(Return, row.id)
    assert (row.status, row.decided_at) == (ReturnStatus.REQUESTED, None)  # It was only looked at.
    assert len(mails(session, scene.order)) == 1  # The acknowledgement alone.
    move_return(session, scene.staff, row.id, row.version, move, NOW)
    assert told(planned) == told(mails(session, scene.order)[1:])
    assert [each.variables.get("message", "") for each in planned] == [message, ""]


def test_a_request_tells_what_was_shown(session: Session, scene: Scene) -> None:
    wanted = ReturnRequest({scene.teapots.id: 2}, ReturnReason.DEFECTIVE, "Elle fuit.")
    planned = plan_request_letters(session, scene.staff, scene.order.id, wanted, NOW)
    assert mails(session, scene.order) == []
    request_return(session, scene.staff, scene.order.id, wanted, NOW)
    assert told(planned) == told(mails(session, scene.order))


def test_it_is_for_who_handles_returns(session: Session, scene: Scene) -> None:
    finance = Actor.person(viewer_for(create_person(session, Role.FINANCE)))
    with pytest.raises(NotAllowedError):
        plan_letters(session, finance, 1, ReturnMove(ReturnStatus.DENIED), NOW)
    with pytest.raises(ReturnNotFoundError):
        plan_letters(session, scene.staff, 999_999, ReturnMove(ReturnStatus.DENIED), NOW)
    with pytest.raises(OrderNotFoundError):
        plan_request_letters(session, scene.staff, 999_999, ReturnRequest({}), NOW)
