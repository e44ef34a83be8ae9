"""What was in the parcel against what was announced."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.orders import HistoryEvent, ReturnStatus
from db.domain.permissions import Role
from db.domain.returns import Condition, Inspection, Received, ReturnMove
from db.models import Return, ReturnLine
from db.services.returns.inspection import MoreThanSentError, NotInspectableError, inspect_return
from db.services.returns.moves import move_return
from tests.conftest import NOW
from tests.db.services.returns.conftest import Scene, ask, events
from tests.factories import create_person, viewer_for

S = ReturnStatus


@pytest.fixture
def arrived(session: Session, scene: Scene) -> Return:
    """Two teapots were announced, and their parcel is here."""
    row = ask(session, scene, 2)
    for target in (S.AWAITING_PARCEL, S.PARCEL_RECEIVED):
        move_return(session, scene.staff, row.id, row.version, ReturnMove(target), NOW)
    return row


def found(session: Session, row: Return) -> dict[int, tuple[int, int | None, Condition | None, str]]:
    session.expire_all()
    lines = session.scalars(sa.select(ReturnLine).where(ReturnLine.return_id == row.id))
    return {line.order_line_id: (line.quantity, line.quantity_received, line.condition, line.remark) for line in lines}


def test_fewer_more_and_damaged_units_are_noted(session: Session, scene: Scene, arrived: Return) -> None:
    noted = Inspection(
        {
            scene.teapots.id: Received(1, Condition.DAMAGED, " Bec cassé "),
            scene.tea.id: Received(1, Condition.AS_NEW),  # Nobody announced it.
        },
        " Il manque une théière. ",
    )

    inspect_return(session, scene.staff, arrived.id, arrived.version, noted, NOW)

    assert found(session, arrived) == {
        scene.teapots.id: (2, 1, Condition.DAMAGED, "Bec cassé"),
        scene.tea.id: (0, 1, Condition.AS_NEW, ""),
    }
    assert (arrived.status, arrived.inspection, arrived.version) == (S.PARCEL_RECEIVED, "Il manque une théière.", 4)
    entry = events(session, scene.order)[-1]
    assert (entry.event, entry.note) == (HistoryEvent.RETURN_INSPECTED, "Il manque une théière.")
    assert entry.before["lines"] == {str(scene.teapots.id): None}
    assert entry.after["lines"] == {str(scene.teapots.id): 1, str(scene.tea.id): 1}


def test_it_is_noted_again_until_the_return_is_over(session: Session, scene: Scene, arrived: Return) -> None:
    first = Inspection({scene.teapots.id: Received(3, Condition.OPENED), scene.tea.id: Received(1, Condition.AS_NEW)})
    inspect_return(session, scene.staff, arrived.id, arrived.version, first, NOW)
    second = Inspection({scene.teapots.id: Received(0), scene.tea.id: Received(0)})
    inspect_return(session, scene.staff, arrived.id, arrived.version, second, NOW)
    # What nobody announced and did not come is no part of the return.
    assert found(session, arrived) == {scene.teapots.id: (2, 0, None, "")}
    move_return(session, scene.staff, arrived.id, arrived.version, ReturnMove(S.DENIED, "Rien n’est arrivé."), NOW)
    with pytest.raises(NotInspectableError, match="clos"):
        inspect_return(session, scene.staff, arrived.id, arrived.version, second, NOW)


def test_no_more_comes_back_than_the_customer_had(session: Session, scene: Scene, arrived: Return) -> None:
    scene.teapots.quantity_returned = 1
    session.flush()
    noted = Inspection({scene.teapots.id: Received(3, Condition.AS_NEW)})
    with pytest.raises(MoreThanSentError, match="« Théière »\u00a0: 2\u00a0unités au plus"):
        inspect_return(session, scene.staff, arrived.id, arrived.version, noted, NOW)


def test_what_cannot_be_noted_is_refused(session: Session, scene: Scene, arrived: Return) -> None:
    refused = [
        (Inspection({scene.teapots.id: Received(1)}), InvalidInputError, "dans quel état"),
        (Inspection({scene.teapots.id: Received(-1)}), MoreThanSentError, "au plus"),
        (Inspection({999_999: Received(1, Condition.AS_NEW)}), InvalidInputError, "n’est pas de cette commande"),
        (Inspection(note="x" * 2_001), InvalidInputError, "2000 caractères"),
        (Inspection({scene.teapots.id: Received(0, remark="x" * 301)}), InvalidInputError, "300 caractères"),
    ]
    for inspection, refusal, sentence in refused:
        with pytest.raises(refusal, match=sentence):
            inspect_return(session, scene.staff, arrived.id, arrived.version, inspection, NOW)


def test_a_parcel_that_has_not_come_is_not_opened(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    with pytest.raises(NotInspectableError, match="l’arrivée du colis"):
        inspect_return(session, scene.staff, row.id, row.version, Inspection(), NOW)
    finance = Actor.person(viewer_for(create_person(session, Role.FINANCE)))
    with pytest.raises(NotAllowedError):
        inspect_return(session, finance, row.id, row.version, Inspection(), NOW)
