"""The history of an order in words."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.order_page.timeline import TimelineEntry, timeline_entry
from db.domain.orders import ActorKind, HistoryEvent
from db.queries.order_page import HistoryEntry
from tests.conftest import NOW


def told(
    event: HistoryEvent,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    actor: ActorKind = ActorKind.SYSTEM,
    name: str = "",
) -> TimelineEntry:
    entry = HistoryEntry(NOW - dt.timedelta(days=1), actor, name, event, before or {}, after or {}, "une note")
    return timeline_entry(entry, "EUR", NOW)


def test_a_move_shows_both_statuses_as_badges() -> None:
    entry = told(
        HistoryEvent.STATUS_CHANGED, {"status": "paid"}, {"status": "preparing"}, ActorKind.PERSON, "Samira Benali"
    )
    assert entry.before_status is not None
    assert entry.after_status is not None
    assert (entry.before_status.label, entry.after_status.label) == ("Payée", "En cours de traitement")
    assert (entry.who, entry.when, entry.exactly, entry.note) == (
        "Samira Benali",
        "hier 10:30",
        "20/11/2026 10:30",
        "une note",
    )
    assert entry.details == ()


@pytest.mark.parametrize(
    ("actor", "who"),
    [
        (ActorKind.SYSTEM, "Système"),
        (ActorKind.CUSTOMER, "Client"),
        (ActorKind.SHOP, "Boutique"),
        (ActorKind.PERSON, "Équipe"),
    ],
)
def test_who_has_no_name_is_told_by_kind(actor: ActorKind, who: str) -> None:
    assert told(HistoryEvent.NOTE_ADDED, actor=actor, name="  ").who == who


def test_a_payment_is_told_with_amount_method_and_reference() -> None:
    entry = told(HistoryEvent.PAYMENT_RECORDED, None, {"amount_cents": 44_70, "method": "card", "reference": "CB-1"})
    assert (entry.what, entry.details) == ("Paiement reçu", ("44,70\u00a0€", "Carte bancaire", "CB-1"))


def test_an_edit_is_told_field_by_field_from_before_to_after() -> None:
    entry = told(
        HistoryEvent.EDITED,
        {"name": "Paul", "total_cents": 10_00, "note": "x"},
        {"name": "Paule", "total_cents": 12_00, "note": None},
    )
    assert entry.details == ("nom : Paul → Paule", "total_cents : 10,00\u00a0€ → 12,00\u00a0€", "note : x → –")


def test_the_number_of_a_new_order_is_not_repeated() -> None:
    assert told(HistoryEvent.CREATED, None, {"number": "A-1"}).details == ()


def test_a_status_nobody_knows_is_shown_as_it_was_written() -> None:
    entry = told(HistoryEvent.STATUS_CHANGED, {"status": "lost"}, {"status": ["?"]})
    assert entry.before_status is entry.after_status is None
    assert entry.details == ('statut : lost → ["?"]',)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
facts = st.dictionaries(st.sampled_from(["status", "method", "amount_cents", "reference"]) | st.text(), json_values)


@given(st.sampled_from(HistoryEvent), facts, facts)
def test_whatever_was_written_down_can_be_told(
    event: HistoryEvent, before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert all(isinstance(detail, str) and detail for detail in told(event, before, after).details)
