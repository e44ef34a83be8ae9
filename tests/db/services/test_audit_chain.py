"""The chain of the audit log: gapless, and every way of tampering with it is found and named.

Whoever tampers is taken to own the database: its guards are dropped first.
"""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.audit import AuditArea
from db.domain.audit_chain import FAULTS_TOLD, ChainAnchor, FaultKind
from db.domain.privacy import PrivacyAct
from db.engine import reading, transaction
from db.models import AuditAnchor, AuditCheck, AuditEntry, AuditSeal, PrivacyEntry
from db.services.audit import Act, note_act, note_acts
from db.services.audit_chain import has_unsealed, last_seal, seal
from db.services.audit_check import Verified, verify
from db.storage import Storage, storage_at
from jobs.audit import anchor_ref, check_audit, seal_audit, stored_anchors
from jobs.run import Run
from tests.conftest import NOW
from tests.factories import ADMIN

ADA = Actor.person(ADMIN)
MINUTE = dt.timedelta(minutes=1)


def note(session: Session, number: int, at: dt.datetime = NOW) -> None:
    subject = "order" if number == 6 else "status"  # Only details about orders and customers may be erased.
    act = Act(AuditArea.SETTINGS, "status_changed", subject, number, f"essai {number}", {"label": "a"}, {"label": "b"})
    note_act(session, ADA, act, at)


@pytest.fixture
def chained(engine: sa.Engine) -> sa.Engine:
    """Nine entries, a minute apart, all sealed."""
    with transaction(engine) as session:
        for number in range(1, 10):
            note(session, number, NOW + number * MINUTE)
    with transaction(engine) as session:
        assert seal(session, NOW + 10 * MINUTE, limit=100) == 9
    return engine


def tamper(engine: sa.Engine, *statements: str) -> None:
    """Do what whoever owns the database can do: drop its guards, then change what they guard."""
    tables = ("audit_entries", "audit_seals")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            for table in tables:
                connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            names = connection.execute(
                sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit_%'")
            )
            for (name,) in names.all():
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(sa.text(statement))


def found_in(engine: sa.Engine, files: tuple[ChainAnchor, ...] = ()) -> Verified:
    with reading(engine) as session:
        return verify(session, NOW + 20 * MINUTE, files)


def entry_id(engine: sa.Engine, sequence: int) -> int:
    with reading(engine) as session:
        return session.scalars(sa.select(AuditSeal.entry_id).where(AuditSeal.sequence == sequence)).one()


def test_a_chain_that_nobody_touched_is_sound(chained: sa.Engine) -> None:
    found = found_in(chained)
    assert found.is_sound
    assert found.entries == 9


def test_the_places_count_from_one_without_a_gap_although_ids_do_not(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        note(session, 1)
    with Session(engine) as given_up:
        note(given_up, 2)
        given_up.rollback()
    with transaction(engine) as session:
        note(session, 3)
        assert has_unsealed(session)
        seal(session, NOW, limit=1)
        seal(session, NOW, limit=10)
        assert not has_unsealed(session)
    with reading(engine) as session:
        assert session.scalars(sa.select(AuditSeal.sequence).order_by(AuditSeal.sequence)).all() == [1, 2]
        labels = sa.select(AuditEntry.label).join(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        assert session.scalars(labels.order_by(AuditSeal.sequence)).all() == ["essai 1", "essai 3"]


def test_an_entry_that_commits_after_a_later_one_is_sealed_when_it_appears(engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("one writes at a time")
    late, early = Session(engine), Session(engine)
    note(late, 1)
    note(early, 2)
    early.commit()
    with transaction(engine) as session:
        assert seal(session, NOW, limit=10) == 1
    late.commit()
    with transaction(engine) as session:
        assert has_unsealed(session)
        assert seal(session, NOW, limit=10) == 1
    late.close()
    early.close()
    assert found_in(engine).is_sound


def test_a_changed_entry_is_found_and_named(chained: sa.Engine) -> None:
    changed = entry_id(chained, 4)
    tamper(chained, f"UPDATE audit_entries SET actor_name = 'Personne' WHERE id = {changed}")
    (fault,) = found_in(chained).faults
    assert (fault.sequence, fault.entry_id) == (4, changed)
    # 9:30 UTC and four minutes is 10:34 in Paris, in winter.
    assert f"L’inscription n°\u00a0{changed} du 21/11/2026 10:34 (Statut modifié, essai 4, Personne)" in fault.text
    assert "a été modifiée après son scellement" in fault.text


def test_the_last_entry_s_change_is_found_although_no_later_seal_confirms_it(chained: sa.Engine) -> None:
    changed = entry_id(chained, 9)
    tamper(chained, f"UPDATE audit_entries SET label = 'autre' WHERE id = {changed}")
    (fault,) = found_in(chained).faults
    assert (fault.sequence, fault.entry_id) == (9, changed)


def test_two_neighbours_that_were_changed_are_both_named(chained: sa.Engine) -> None:
    tamper(chained, "UPDATE audit_entries SET label = 'autre' WHERE label IN ('essai 4', 'essai 5')")
    assert [fault.sequence for fault in found_in(chained).faults] == [4, 5]


def test_changed_details_are_found_although_the_entry_still_bears_their_digest(chained: sa.Engine) -> None:
    changed = entry_id(chained, 2)
    details = '{"before"\\: {"label"\\: "a"}, "after"\\: {"label"\\: "c"}}'
    tamper(chained, f"UPDATE audit_entries SET details = '{details}' WHERE id = {changed}")
    (fault,) = found_in(chained).faults
    assert fault.entry_id == changed
    assert "Le détail de l’inscription" in fault.text


def test_details_that_vanish_without_an_erasure_are_found(chained: sa.Engine) -> None:
    tamper(chained, "UPDATE audit_entries SET details = NULL WHERE label = 'essai 6'")
    (fault,) = found_in(chained).faults
    assert fault.sequence == 6


def test_details_that_were_erased_for_a_customer_break_nothing(chained: sa.Engine) -> None:
    erase_by_hand(chained)
    with transaction(chained) as session:
        session.add(PrivacyEntry(customer_id=1, act=PrivacyAct.ERASURE, person_name="Ada", at=NOW))
    assert found_in(chained).is_sound


def test_details_that_somebody_erased_by_hand_are_named(chained: sa.Engine) -> None:
    erase_by_hand(chained)
    (fault,) = found_in(chained).faults
    assert (fault.entry_id, fault.sequence) == (entry_id(chained, 6), 6)


def erase_by_hand(chained: sa.Engine) -> None:
    """As the trigger allows it to anybody."""
    with transaction(chained) as session:
        erased = sa.update(AuditEntry).where(AuditEntry.label == "essai 6")
        session.execute(erased.values(details=sa.null(), erased_at=NOW))


def test_a_deleted_entry_is_found_and_named_by_its_seal(chained: sa.Engine) -> None:
    gone = entry_id(chained, 5)
    tamper(chained, f"DELETE FROM audit_entries WHERE id = {gone}")
    (fault,) = found_in(chained).faults
    assert (fault.sequence, fault.entry_id) == (5, gone)
    assert "scellée le 21/11/2026 10:40 sous le n°\u00a05, a été supprimée" in fault.text


def test_a_changed_seal_is_told_from_a_changed_entry(chained: sa.Engine) -> None:
    tamper(chained, "UPDATE audit_seals SET hash = 'ffff' WHERE sequence = 5")
    (fault,) = found_in(chained).faults
    assert fault.sequence == 5
    assert "Le sceau n°\u00a05 a été modifié" in fault.text


def test_a_deleted_seal_is_found_with_the_entry_that_lost_it(chained: sa.Engine) -> None:
    lost = entry_id(chained, 5)
    tamper(chained, "DELETE FROM audit_seals WHERE sequence = 5")
    with reading(chained) as session:
        faults = verify(session, NOW + dt.timedelta(hours=2), ()).faults
    assert [(fault.sequence, fault.entry_id) for fault in faults] == [(5, None), (None, lost)]
    assert faults[0].text.startswith("Le sceau n°\u00a05 manque")


def test_an_entry_that_is_slipped_in_between_is_found_once_it_is_sealed(chained: sa.Engine) -> None:
    with transaction(chained) as session:
        note(session, 10, NOW + dt.timedelta(days=1))
        seal(session, NOW + dt.timedelta(days=1), limit=10)
        note(session, 99, NOW + 3 * MINUTE)
        seal(session, NOW + dt.timedelta(days=1), limit=10)
    with reading(chained) as session:
        (fault,) = verify(session, NOW + dt.timedelta(days=1), ()).faults
    assert fault.sequence == 11
    assert "elle a été intercalée après coup" in fault.text


def test_an_entry_from_the_future_blinds_nobody(chained: sa.Engine) -> None:
    with transaction(chained) as session:
        note(session, 10, NOW + dt.timedelta(days=3650))
        seal(session, NOW + 11 * MINUTE, limit=10)
        for number in range(300):
            note(session, 1_000 + number, NOW + 12 * MINUTE)
        seal(session, NOW + 13 * MINUTE, limit=1_000)
    assert found_in(chained).is_sound
    changed = entry_id(chained, 290)
    tamper(chained, f"UPDATE audit_entries SET actor_name = 'Personne' WHERE id = {changed}")
    assert [fault.entry_id for fault in found_in(chained).faults] == [changed]


def test_a_flood_of_one_kind_of_fault_hides_no_other(chained: sa.Engine) -> None:
    with transaction(chained) as session:
        for number in range(FAULTS_TOLD + 20):
            note(session, 1_000 + number, NOW - dt.timedelta(days=1))
        seal(session, NOW + 11 * MINUTE, limit=1_000)
    last = entry_id(chained, 9 + FAULTS_TOLD + 20)
    tamper(chained, f"UPDATE audit_entries SET label = 'autre' WHERE id = {last}")
    lost = ChainAnchor(NOW.date(), 5_000, "ffff")
    faults = found_in(chained, (lost,)).faults
    assert faults[0].entry_id == last
    assert [fault.kind for fault in faults[1:3]] == [FaultKind.ANCHOR, FaultKind.ANCHOR]
    assert sum(fault.kind is FaultKind.DATE for fault in faults) == FAULTS_TOLD


def test_a_long_job_and_a_clock_that_is_ahead_are_no_fault(chained: sa.Engine) -> None:
    with transaction(chained) as session:
        note(session, 10, NOW + dt.timedelta(hours=3))
        seal(session, NOW + dt.timedelta(hours=3), limit=10)
        note(session, 11, NOW + dt.timedelta(hours=1))
        seal(session, NOW + dt.timedelta(hours=3), limit=10)
    assert found_in(chained).is_sound


def test_a_backlog_longer_than_one_batch_is_no_fault(chained: sa.Engine) -> None:
    with transaction(chained) as session:
        for hours in (1, 2, 40):
            note(session, hours, NOW + dt.timedelta(hours=hours))
        for seconds in range(3):
            seal(session, NOW + dt.timedelta(hours=48, seconds=seconds), limit=1)
    assert found_in(chained).is_sound


def test_what_nobody_seals_for_an_hour_is_told(chained: sa.Engine) -> None:
    with transaction(chained) as session:
        note(session, 10, NOW + 11 * MINUTE)
    assert found_in(chained).is_sound
    with reading(chained) as session:
        (fault,) = verify(session, NOW + dt.timedelta(minutes=72), ()).faults
    assert "n’est pas scellée" in fault.text


def run_on(engine: sa.Engine) -> Run:
    return Run(engine, "test", Event())


@pytest.fixture
def place(tmp_path: Path) -> Storage:
    return storage_at(tmp_path.as_uri())


def rewrite(engine: sa.Engine) -> None:
    """Change an entry and seal the whole chain anew, as if nothing had been."""
    tamper(
        engine, "UPDATE audit_entries SET actor_name = 'Personne' WHERE label = 'essai 2'", "DELETE FROM audit_seals"
    )
    with transaction(engine) as session:
        seal(session, NOW + 10 * MINUTE, limit=100, everywhere=True)


def test_a_chain_that_was_rewritten_as_a_whole_is_betrayed_by_its_anchor(chained: sa.Engine, place: Storage) -> None:
    assert check_audit(run_on(chained), place=place) == 0
    rewrite(chained)
    (fault,) = found_in(chained, tuple(stored_anchors(place))).faults
    assert fault.sequence == 9
    assert "ne correspond plus à la chaîne" in fault.text


def test_an_anchor_that_is_rewritten_with_the_chain_is_betrayed_by_its_file(chained: sa.Engine, place: Storage) -> None:
    check_audit(run_on(chained), place=place)
    rewrite(chained)
    with transaction(chained) as session:
        end = last_seal(session)
        assert end is not None
        session.execute(sa.update(AuditAnchor).values(hash=end.hash))
    faults = found_in(chained, tuple(stored_anchors(place))).faults
    assert ["dans la base et dans son fichier" in fault.text for fault in faults] == [True, False]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda session, _: session.execute(sa.delete(AuditAnchor)), "a été supprimée de la base"),
        (lambda _, place: place.delete(place.refs("audit")[0]), "manque dans le stockage"),
    ],
    ids=["row", "file"],
)
def test_an_anchor_that_is_missing_on_one_side_is_named(
    chained: sa.Engine, place: Storage, spoil: Callable[[Session, Storage], object], said: str
) -> None:
    check_audit(run_on(chained), place=place)
    with transaction(chained) as session:
        spoil(session, place)
    (fault,) = found_in(chained, tuple(stored_anchors(place))).faults
    assert said in fault.text


def test_an_end_that_was_cut_off_after_its_anchor_is_found(chained: sa.Engine, place: Storage) -> None:
    check_audit(run_on(chained), place=place)
    tamper(chained, "DELETE FROM audit_seals WHERE sequence > 6", "DELETE FROM audit_entries WHERE label > 'essai 6'")
    (fault,) = found_in(chained, tuple(stored_anchors(place))).faults
    assert "la fin de la chaîne a été coupée" in fault.text


def test_the_night_keeps_what_it_found_and_notes_faults_in_the_log_itself(chained: sa.Engine, place: Storage) -> None:
    tamper(chained, "UPDATE audit_entries SET label = 'autre' WHERE label = 'essai 4'")
    assert check_audit(run_on(chained), place=place) == 1
    with reading(chained) as session:
        check = session.scalars(sa.select(AuditCheck)).one()
        assert (check.entries, check.is_sound, check.faults[0]["sequence"]) == (9, False, 4)
        noted = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "chain_broken")).one()
        assert noted.actor_name == SYSTEM.name


def test_a_day_is_anchored_once_and_a_killed_worker_s_file_is_what_counts(chained: sa.Engine, place: Storage) -> None:
    run = run_on(chained)
    check_audit(run, place=place)
    (anchor,) = stored_anchors(place)
    assert anchor.sequence == 9
    with transaction(chained) as session:
        note(session, 10)
        session.execute(sa.delete(AuditAnchor))
    seal_audit(run)
    check_audit(run, place=place)
    assert list(stored_anchors(place)) == [anchor]
    with reading(chained) as session:
        assert session.scalars(sa.select(AuditAnchor.sequence)).all() == [9]


def test_a_file_that_says_nothing_readable_counts_as_missing(chained: sa.Engine, place: Storage) -> None:
    check_audit(run_on(chained), place=place)
    (anchor,) = stored_anchors(place)
    place.delete(anchor_ref(anchor.day))
    place.put(anchor_ref(anchor.day), io.BytesIO(b"{"))
    assert list(stored_anchors(place)) == []


def test_a_long_backlog_is_sealed_by_and_by(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        acts = [Act(AuditArea.SYSTEM, "job_failed", label=str(number)) for number in range(2_500)]
        note_acts(session, SYSTEM, acts, NOW)
    assert seal_audit(run_on(engine)) == 2_500
    assert found_in(engine).is_sound
