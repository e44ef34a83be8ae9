"""What everybody does is noted: with what changed, without secrets, and never by forgetting to."""

import ast
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.audit import AuditArea, changes, details_hash, plain
from db.domain.audit_words import AUDIT_EVENTS, area_of, words_of
from db.domain.orders import HistoryEvent
from db.models import AuditEntry
from db.services.audit import Act, note_act, note_acts, note_edit
from db.services.history import Entry, record_all
from tests.conftest import NOW
from tests.factories import ADMIN, create_order

ADA = Actor.person(ADMIN)
SERVICES = Path(__file__).resolve().parents[3] / "db" / "services"

_OF_A_FILE = "asks for a file, which files.py notes"
_READS = "plans or reads: nothing is written"
_INSIDE = "a part of an act that its caller notes"
#: Modules whose public functions are told who acts and that note nothing themselves: why.
EXEMPT = {
    "accounts.py": "books what acts on orders cause, in their transactions; each of these is noted",
    "bulk_actions.py": "calls the service of each act, which notes it; the task is noted by tasks.py",
    "confirmation.py": "checks a password before an act, which is noted",
    "dac7.py": _OF_A_FILE,
    "documents/continuity.py": _OF_A_FILE,
    "documents/planning.py": _READS,
    "exports.py": _OF_A_FILE,
    "fee_invoices/waiting.py": _READS,
    "follow_up_returns.py": "calls the services of returns as the customer; they note it",
    "imports.py": _READS,
    "incoming.py": "writes orders as a shop does; intake begins their history, which is noted",
    "labels.py": _OF_A_FILE,
    "move_effects.py": _INSIDE,
    "order_facts.py": _READS,
    "outbox.py": "queues the e-mails of acts that are noted",
    "papers.py": _OF_A_FILE,
    "parcel_effects.py": _INSIDE,
    "parcel_mail.py": _INSIDE,
    "payout_statements.py": _OF_A_FILE,
    "payouts/acts.py": "does an act on each of several payouts; the act notes it",
    "payouts/approval_plan.py": _READS,
    "payouts/closing.py": _INSIDE,
    "refund_lists.py": _OF_A_FILE,
    "refunds.py": "moves refunds by refund_moves.py, which records each in its order's history",
    "return_slips.py": _OF_A_FILE,
    "returns/facts.py": _READS,
    "returns/letters.py": _INSIDE,
    "returns/photos.py": "adds pictures to a request, which is noted; they are in its thread",
    "returns/planning.py": _READS,
    "settlement_documents.py": _INSIDE,
    "settlements.py": "settles by settlement_rows.py, which records it in the order's history",
    "task_items.py": _INSIDE,
    "voucher_files.py": _OF_A_FILE,
    "voucher_rows.py": _READS,
}
#: What notes an act, or leads to what does.
_NOTING = {
    "note_act",
    "note_acts",
    "note_edit",
    "note_change",
    "note_entry",
    "record",
    "record_all",
    "tell",
    "note_download",
}


def entries(session: Session) -> list[AuditEntry]:
    return list(session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


def test_an_act_keeps_who_when_what_and_a_digest_of_its_details(session: Session) -> None:
    act = Act(AuditArea.STOCK, "stock_corrected", "product", 7, "Thé vert", {"stock": 3}, {"stock": 5}, "Casse")
    note_act(session, ADA, act, NOW)
    (entry,) = entries(session)[-1:]
    assert (entry.at, entry.person_id, entry.actor_name) == (NOW, ADMIN.person_id, "Ada Admin")
    assert (entry.subject, entry.subject_id, entry.label) == ("product", 7, "Thé vert")
    assert entry.details == {"before": {"stock": 3}, "after": {"stock": 5}, "note": "Casse"}
    assert entry.details_hash == details_hash(entry.details)


def test_an_act_with_nothing_more_to_say_has_neither_details_nor_digest(session: Session) -> None:
    note_act(session, SYSTEM, Act(AuditArea.SYSTEM, "job_failed"), NOW)
    is_null = sa.select(AuditEntry.id).where(AuditEntry.details.is_(None), AuditEntry.details_hash == "")
    assert session.scalar(is_null) is not None


def test_an_act_without_an_instant_takes_the_database_s(session: Session) -> None:
    note_act(session, SYSTEM, Act(AuditArea.SYSTEM, "job_failed"))
    assert entries(session)[-1].at.tzinfo is not None


def test_an_edit_that_changes_nothing_is_not_noted_and_another_says_only_what_changed(session: Session) -> None:
    before = len(entries(session))
    note_edit(session, ADA, Act(AuditArea.SETTINGS, "view_saved", before={"a": 1}, after={"a": 1}), NOW)
    assert len(entries(session)) == before
    changed = Act(AuditArea.SETTINGS, "view_saved", before={"a": 1, "b": 2}, after={"a": 1, "b": 3})
    note_edit(session, ADA, changed, NOW)
    assert entries(session)[-1].details == {"before": {"b": 2}, "after": {"b": 3}}


def test_accounts_are_masked_whatever_they_are_called_in() -> None:
    # The example of the IBAN registry for France; of it, its country and its last four are shown.
    iban = "FR1420041010050500013M02606"
    told = str(plain({"debtor_iban": iban, "deep": [{"iban": iban}]}))
    assert iban not in told
    assert "2606" in told


def test_changes_compare_rows_field_by_field() -> None:
    assert changes({"a": 1, "b": None}, {"a": 2, "c": None}) == ({"a": 1}, {"a": 2})
    assert changes(None, {"a": 1}) == ({"a": None}, {"a": 1})


def test_every_entry_of_an_order_s_history_is_in_the_log_with_the_order_s_number(session: Session) -> None:
    first, second = create_order(session), create_order(session)
    written = [
        Entry(first.id, HistoryEvent.STATUS_CHANGED, {"status": "paid"}, {"status": "preparing"}),
        Entry(second.id, HistoryEvent.DOCUMENT_ISSUED, after={"number": "F2026-A-000001"}),
    ]
    record_all(session, SYSTEM, written, NOW)
    told = [(entry.area, entry.event, entry.subject_id, entry.label) for entry in entries(session)[-2:]]
    assert told == [
        (AuditArea.ORDERS, "status_changed", first.id, first.number),
        (AuditArea.DOCUMENTS, "document_issued", second.id, second.number),
    ]


def test_noting_nothing_is_nothing(session: Session) -> None:
    before = len(entries(session))
    note_acts(session, ADA, [], NOW)
    assert len(entries(session)) == before


@pytest.mark.parametrize("event", list(HistoryEvent))
def test_every_kind_of_history_has_its_words(event: HistoryEvent) -> None:
    assert (area_of(event), event.value) in AUDIT_EVENTS


def test_an_act_that_nobody_named_is_called_as_it_was_written() -> None:
    assert words_of(AuditArea.SYSTEM, "chain_of_old") == "Chain of old"


def test_every_event_that_a_service_notes_has_its_words() -> None:
    unnamed = {
        (str(path.relative_to(SERVICES)), area, event)
        for path in SERVICES.rglob("*.py")
        for area, event in _noted_in(ast.parse(path.read_text(encoding="utf-8")))
        if (AuditArea[area], event) not in AUDIT_EVENTS
    }
    assert unnamed == set()


def _noted_in(tree: ast.Module) -> list[tuple[str, str]]:
    """Return the areas and events of each ``Act(AuditArea.X, "event", …)``."""
    return [
        (call.args[0].attr, call.args[1].value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Act"
        if len(call.args) > 1 and isinstance(call.args[0], ast.Attribute)
        if isinstance(call.args[1], ast.Constant) and isinstance(call.args[1].value, str)
    ]


def _acts_without_noting(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [each for each in tree.body if isinstance(each, ast.FunctionDef) and not each.name.startswith("_")]
    told = [{each.arg for each in (*of.args.args, *of.args.kwonlyargs)} for of in public]
    takes_an_actor = any("session" in names and names & {"actor", "viewer", "link"} for names in told)
    names = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
    return takes_an_actor and not names & _NOTING


def test_every_service_that_acts_notes_it_or_says_why_not() -> None:
    silent = {str(path.relative_to(SERVICES)) for path in SERVICES.rglob("*.py") if _acts_without_noting(path)}
    assert silent - EXEMPT.keys() == set(), "note what they do (db/services/audit.py), or say here why not"
    assert EXEMPT.keys() - silent == set(), "these note by now, or are gone"
