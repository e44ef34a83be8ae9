"""The log as the page reads it: filters, pages, what a text means; never by reading all of it."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.audit import AuditArea
from db.domain.errors import NotAllowedError
from db.domain.orders import ActorKind, HistoryEvent
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import AuditEntry
from db.queries.audit import PAGE_SIZE, AuditFilter, Subject, _conditions, audit_entry, audit_page, chain_state
from db.services.audit import Act, note_act, note_acts
from db.services.audit_chain import seal
from db.services.history import Entry, record
from tests.conftest import NOW
from tests.factories import ADMIN, create_order, create_seller

ADA = Actor.person(ADMIN)


def labels(session: Session, wanted: AuditFilter) -> list[str]:
    return [row.label for row in audit_page(session, ADMIN, wanted).rows]


def note(session: Session, label: str, event: str = "view_saved", *, at: dt.datetime = NOW, actor: Actor = ADA) -> None:
    note_act(session, actor, Act(AuditArea.SETTINGS, event, "view", 5, label, after={"query": "x"}), at)


def test_the_newest_come_first_page_by_page_and_back(session: Session) -> None:
    acts = [Act(AuditArea.SETTINGS, "view_saved", label=str(number)) for number in range(PAGE_SIZE + 3)]
    note_acts(session, ADA, acts, NOW)
    wanted = AuditFilter(area=AuditArea.SETTINGS)
    first = audit_page(session, ADMIN, wanted)
    assert [row.label for row in first.rows][:2] == [str(PAGE_SIZE + 2), str(PAGE_SIZE + 1)]
    assert (first.has_newer, first.has_older) == (False, True)
    second = audit_page(session, ADMIN, wanted, before=first.rows[-1].id)
    assert [row.label for row in second.rows] == ["2", "1", "0"]
    assert (second.has_newer, second.has_older) == (True, False)
    assert audit_page(session, ADMIN, wanted, after=second.rows[0].id).rows == first.rows


def test_each_filter_leaves_what_it_names(session: Session) -> None:
    note(session, "mine")
    note(session, "deleted", "view_deleted")
    note(session, "the system's", actor=SYSTEM)
    # 23:30 UTC on the 19th is half past midnight on the 20th in Paris.
    note(session, "after midnight", at=dt.datetime(2026, 11, 19, 23, 30, tzinfo=dt.UTC))
    assert labels(session, AuditFilter(area=AuditArea.SETTINGS, event="view_deleted")) == ["deleted"]
    assert labels(session, AuditFilter(actor_kind=ActorKind.SYSTEM)) == ["the system's"]
    assert "the system's" not in labels(session, AuditFilter(person_id=ADMIN.person_id))
    day = dt.date(2026, 11, 20)
    assert labels(session, AuditFilter(first=day, last=day)) == ["after midnight"]
    assert labels(session, AuditFilter(subject=Subject("view", 6))) == []
    assert len(labels(session, AuditFilter(subject=Subject("view", 5)))) == 4


def test_a_text_finds_an_order_by_its_number_and_a_seller_by_a_part_of_its_name(session: Session) -> None:
    seller = create_seller(session, "Épicerie des Halles")
    order = create_order(session, seller)
    record(session, SYSTEM, Entry(order.id, HistoryEvent.NOTE_ADDED, note="Rappeler"), NOW)
    note_act(session, SYSTEM, Act(AuditArea.SELLERS, "seller_added", "seller", seller.id, seller.name), NOW)
    assert labels(session, AuditFilter(text=order.number)) == [order.number]
    assert labels(session, AuditFilter(text="epicerie")) == ["Épicerie des Halles"]
    assert labels(session, AuditFilter(text="rien de tel")) == []


def test_an_entry_says_what_changed_and_where_it_is_sealed(session: Session) -> None:
    note(session, "mine")
    assert seal(session, NOW, limit=10) == 1
    (row,) = audit_page(session, ADMIN, AuditFilter(area=AuditArea.SETTINGS)).rows
    assert (row.sequence, row.after, row.words) == (1, {"query": "x"}, "Vue enregistrée")
    assert audit_entry(session, ADMIN, row.id) == row
    assert chain_state(session, ADMIN).sealed == 1


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
def test_who_may_not_read_it_is_refused(session: Session, role: Role) -> None:
    seller_id = create_seller(session).id if role is Role.SELLER else None
    viewer = Viewer(9, "Zoé", "zoe@example.org", role, seller_id)
    for read in (lambda: audit_page(session, viewer, AuditFilter()), lambda: chain_state(session, viewer)):
        with pytest.raises(NotAllowedError):
            read()


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (AuditFilter(), "ix_audit_entries_at"),
        (AuditFilter(area=AuditArea.ORDERS), "ix_audit_entries_area"),
        (AuditFilter(area=AuditArea.ORDERS, event="note_added"), "ix_audit_entries_event"),
        (AuditFilter(person_id=3), "ix_audit_entries_actor"),
        (AuditFilter(actor_kind=ActorKind.SHOP), "ix_audit_entries_actor"),
        (AuditFilter(subject=Subject("order", 7)), "ix_audit_entries_subject"),
    ],
    ids=["all", "area", "event", "person", "kind", "subject"],
)
def test_every_filter_walks_along_an_index(session: Session, wanted: AuditFilter, index: str) -> None:
    conditions = _conditions(session, wanted)
    assert conditions is not None

    found = sa.select(AuditEntry.id, AuditEntry.label).where(*conditions)
    found = found.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(PAGE_SIZE + 1)
    written = found.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = " ".join(str(row[3]) for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {written}"))
    assert index in plan
