"""What became of an imported file, in figures and line by line."""

import pytest
from sqlalchemy.orm import Session

from db.domain.bulk import Importing, to_arguments
from db.domain.errors import NotAllowedError
from db.domain.order_files import OrderFormat
from db.domain.permissions import Role
from db.domain.tasks import ImportItemState, TaskKind, TaskState
from db.models import ImportItem, Task
from db.queries.imports import CORRECTED, DIFFERING, ImportCounts, import_counts, import_lines, seller_codes
from db.queries.tasks import task_detail
from tests.conftest import NOW
from tests.factories import create_order, create_person, create_seller, viewer_for

FILE = Importing("commandes.csv", "0" * 64, OrderFormat.SHOPIFY, "THE")


def imported(session: Session) -> Task:
    person = create_person(session, Role.SUPPORT)
    task = Task(kind=TaskKind.IMPORT, title="Import · commandes.csv", arguments=to_arguments(FILE), total=3, done=2,
                state=TaskState.DONE, person_id=person.id, finished_at=NOW)  # fmt: skip
    session.add(task)
    session.flush()
    first, second = create_order(session, number="A-1"), create_order(session, number="A-2")
    items = [
        (ImportItemState.CREATED, "", "", first.id),
        (ImportItemState.CREATED, "À corriger.", "Le total manquait.", second.id),
        (ImportItemState.KNOWN, "", "", first.id),
        (ImportItemState.REFUSED, "Le prix manque.", "", None),
        (ImportItemState.WAITING, "", "", None),
    ]
    for position, (state, reason, corrections, order_id) in enumerate(items, start=1):
        item = ImportItem(task_id=task.id, position=position, place=f"ligne {position}", state=state, reason=reason,
                          corrections=corrections, order_id=order_id)  # fmt: skip
        session.add(item)
    session.flush()
    return task


def test_the_figures_of_an_import(session: Session) -> None:
    task = imported(session)
    expected = ImportCounts(created=2, corrected=1, faulty=1, known=1, refused=1, waiting=1)
    assert import_counts(session, task.id) == expected
    assert import_counts(session, task.id + 1) == ImportCounts()


def test_the_lines_of_an_import_by_what_became_of_them(session: Session) -> None:
    task = imported(session)
    assert [line.number for line in import_lines(session, task.id)] == ["A-1", "A-2", "A-1", None, None]
    assert [line.place for line in import_lines(session, task.id, only=CORRECTED)] == ["ligne 2"]
    (refused,) = import_lines(session, task.id, only=ImportItemState.REFUSED.value, first=10)
    assert refused.reason == "Le prix manque."
    assert len(list(import_lines(session, task.id, first=2))) == 2


def test_orders_that_differ_from_the_file_are_counted_and_listed_apart(session: Session) -> None:
    task = imported(session)
    other = ImportItem(task_id=task.id, position=6, place="ligne 6", state=ImportItemState.KNOWN, reason="Diffère.",
                       corrections="", order_id=None)  # fmt: skip
    session.add(other)
    session.flush()
    counts = import_counts(session, task.id)
    assert (counts.known, counts.differing) == (2, 1)
    assert [line.place for line in import_lines(session, task.id, only=DIFFERING)] == ["ligne 6"]
    assert [line.place for line in import_lines(session, task.id, only=ImportItemState.KNOWN.value)] == ["ligne 3"]


def test_an_import_knows_its_file_and_offers_no_way_back(session: Session) -> None:
    task = imported(session)
    detail = task_detail(session, viewer_for(create_person(session, Role.ADMIN)), task.id)
    assert detail.action == FILE
    assert detail.undoable_until is None


def test_only_who_may_import_is_told_the_sellers(session: Session) -> None:
    create_seller(session, "Zinc", code="Z")
    create_seller(session, "Abeille", code="A")
    create_seller(session, "Fermé", code="F", is_active=False)
    assert seller_codes(session, viewer_for(create_person(session, Role.SUPPORT))) == {"A": "Abeille", "Z": "Zinc"}
    with pytest.raises(NotAllowedError):
        seller_codes(session, viewer_for(create_person(session, Role.MANAGER)))
