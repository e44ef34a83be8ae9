"""The chain of hashes over the audit log: what a seal says of its entry, and what is wrong where it says otherwise."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from db.domain import formats
from db.domain.audit import AuditArea, details_hash
from db.domain.audit_words import words_of

#: What stands for the hash before the first.
GENESIS = ""
#: The worker seals within seconds; what waits for so long is worth a word.
SEALED_WITHIN = dt.timedelta(hours=1)
#: How much earlier than those before it an entry may be dated: a job tells all it does the instant at which it began,
#: and no two hosts' clocks are the same.
DATED_WITHIN = dt.timedelta(hours=6)
#: How many faults of one kind a check names; one that finds more has nothing to add.
FAULTS_TOLD = 100


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What a seal covers of an entry; of its details only their digest, so that they can be erased (RGPD)."""

    id: int
    at: dt.datetime
    actor_kind: str
    person_id: int | None
    actor_name: str
    area: str
    event: str
    subject: str
    subject_id: int | None
    label: str
    details_hash: str

    @property
    def words(self) -> str:
        """Return « l’inscription n° 12 du 21/11/2026 14:32 (Connexion, Zoé) »."""
        what = words_of(AuditArea(self.area), self.event)
        told = ", ".join(part for part in (what, self.label, self.actor_name) if part)
        return f"l’inscription n°\u00a0{self.id} du {formats.instant(self.at)} ({told})"


@dataclass(frozen=True, slots=True)
class Seal:
    """The place of an entry in the chain."""

    sequence: int
    entry_id: int
    hash: str
    sealed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal with what is there of its entry; None where it was torn out."""

    seal: Seal
    entry: EntryFacts | None
    details: Mapping[str, Any] | None = None
    is_erased: bool = False


@dataclass(frozen=True, slots=True)
class ChainAnchor:
    """Where the chain ended on one day, as the database or a file beside it keeps it."""

    day: dt.date
    sequence: int
    hash: str


class FaultKind(IntEnum):
    """What is wrong, the gravest first."""

    ENTRY = 1
    SEAL = 2
    ANCHOR = 3
    UNSEALED = 4
    DATE = 5


@dataclass(frozen=True, slots=True)
class ChainFault:
    """One thing that is not as it was written."""

    text: str
    sequence: int | None = None
    entry_id: int | None = None
    kind: FaultKind = FaultKind.ENTRY


@dataclass(slots=True)
class Faults:
    """Gathers what a check names: so many of each kind, so that a flood of one hides nothing of another."""

    _told: list[ChainFault] = field(default_factory=list)
    _count: Counter[FaultKind] = field(default_factory=Counter)

    def add(self, found: Iterable[ChainFault]) -> None:
        """Keep faults, up to the limit of each kind."""
        for fault in found:
            self._count[fault.kind] += 1
            if self._count[fault.kind] <= FAULTS_TOLD:
                self._told.append(fault)

    @property
    def gravest_first(self) -> tuple[ChainFault, ...]:
        """Return what was kept; those of one kind as they were found."""
        return tuple(sorted(self._told, key=lambda fault: fault.kind))


def chained_hash(previous: str, sequence: int, entry: EntryFacts, sealed_at: dt.datetime) -> str:
    """Return the SHA-256 of the hash before, and of all that is said of an entry and of when it was sealed."""
    said = [
        previous,
        sequence,
        _written(sealed_at),
        entry.id,
        _written(entry.at),
        entry.actor_kind,
        entry.person_id,
        entry.actor_name,
        entry.area,
        entry.event,
        entry.subject,
        entry.subject_id,
        entry.label,
        entry.details_hash,
    ]
    return hashlib.sha256(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def _written(instant: dt.datetime) -> str:
    return instant.astimezone(dt.UTC).isoformat(timespec="microseconds")


class ChainReader:
    """Follows the chain seal by seal, in flat memory, and says what is wrong with it.

    Each seal is compared with the hash that the seal before it *has*, so that one fault does not make all later seals
    wrong. A seal that does not fit is told apart by the next one: if that one fits what stands there, the entry was
    changed; if it fits what should stand there, the seal was.
    """

    def __init__(self) -> None:
        self.count = 0
        self._last: Seal | None = None
        self._latest: dt.datetime | None = None
        self._newest_id = 0
        self._doubted: tuple[Sealed, str] | None = None

    @property
    def last(self) -> Seal | None:
        """Return the last seal that was read."""
        return self._last

    def read(self, sealed: Sealed) -> list[ChainFault]:
        """Return what is wrong, as far as this seal tells."""
        seal, entry = sealed.seal, sealed.entry
        expected = self._last.sequence + 1 if self._last else 1
        previous = self._last.hash if self._last else GENESIS
        faults = []
        if seal.sequence != expected:
            faults += [*self._settle_doubt(fits_what_stands=True), _lost_seals(expected, seal)]
        elif entry is None:
            faults += [*self._settle_doubt(fits_what_stands=True), _lost_entry(seal)]
        else:
            faults += self._compare(sealed, entry, previous)
        if entry is not None:
            faults += self._faults_of_entry(sealed, entry)
            self._go_on(entry, seal)
        self._last = seal
        self.count += 1
        return faults

    def _go_on(self, entry: EntryFacts, seal: Seal) -> None:
        # An entry says its own date, the worker that of its seal: one from the future must not age all that follow.
        reached = min(entry.at, seal.sealed_at)
        self._latest = max(self._latest or reached, reached)
        self._newest_id = max(self._newest_id, entry.id)

    def close(self) -> list[ChainFault]:
        """Return what is wrong with the last seal, which no later one confirms."""
        return self._settle_doubt(fits_what_stands=True)

    def _compare(self, sealed: Sealed, entry: EntryFacts, previous: str) -> list[ChainFault]:
        seal = sealed.seal
        should_be = chained_hash(previous, seal.sequence, entry, seal.sealed_at)
        if should_be == seal.hash:
            return self._settle_doubt(fits_what_stands=True)
        if self._doubted is not None:
            was_meant = chained_hash(self._doubted[1], seal.sequence, entry, seal.sealed_at)
            if was_meant == seal.hash:
                return self._settle_doubt(fits_what_stands=False)
        faults = self._settle_doubt(fits_what_stands=True)
        self._doubted = (sealed, should_be)
        return faults

    def _settle_doubt(self, *, fits_what_stands: bool) -> list[ChainFault]:
        if self._doubted is None:
            return []
        (sealed, _), self._doubted = self._doubted, None
        seal = sealed.seal
        told = sealed.entry.words if sealed.entry else f"l’inscription n°\u00a0{seal.entry_id}"
        if fits_what_stands:
            return [ChainFault(f"{_capital(told)} a été modifiée après son scellement.", seal.sequence, seal.entry_id)]
        return [
            ChainFault(
                f"Le sceau n°\u00a0{seal.sequence} a été modifié\u00a0; {told} est intacte.",
                seal.sequence,
                seal.entry_id,
                FaultKind.SEAL,
            )
        ]

    def _faults_of_entry(self, sealed: Sealed, entry: EntryFacts) -> list[ChainFault]:
        seal, faults = sealed.seal, []
        if not _has_its_details(sealed, entry):
            text = f"Le détail de {entry.words} a été modifié ou retiré hors d’un effacement RGPD."
            faults.append(ChainFault(text, seal.sequence, seal.entry_id))
        # A lower id was given out before: its transaction committed late, and the night sealed it.
        is_next = entry.id > self._newest_id
        if is_next and self._latest is not None and entry.at < self._latest - DATED_WITHIN:
            text = (
                f"{_capital(entry.words)} porte une date antérieure à celles qui la précèdent\u00a0: elle a été "
                f"intercalée après coup (scellée le {formats.instant(seal.sealed_at)})."
            )
            faults.append(ChainFault(text, seal.sequence, seal.entry_id, FaultKind.DATE))
        return faults


def _has_its_details(sealed: Sealed, entry: EntryFacts) -> bool:
    if sealed.details is None:
        return sealed.is_erased or not entry.details_hash
    return details_hash(sealed.details) == entry.details_hash


def _lost_entry(seal: Seal) -> ChainFault:
    return ChainFault(
        f"L’inscription n°\u00a0{seal.entry_id}, scellée le {formats.instant(seal.sealed_at)} sous le n°\u00a0"
        f"{seal.sequence}, a été supprimée.",
        seal.sequence,
        seal.entry_id,
    )


def _lost_seals(expected: int, seal: Seal) -> ChainFault:
    which = f"Le sceau n°\u00a0{expected} manque"
    if seal.sequence - expected > 1:
        which = f"Les sceaux n°\u00a0{expected} à {seal.sequence - 1} manquent"
    until = formats.instant(seal.sealed_at)
    return ChainFault(f"{which}, avant le n°\u00a0{seal.sequence} posé le {until}.", expected, kind=FaultKind.SEAL)


def unsealed_fault(entry: EntryFacts) -> ChainFault:
    """Return what is said of an entry that nobody sealed in time."""
    return ChainFault(
        f"{_capital(entry.words)} n’est pas scellée. Le scellement est arrêté, ou son sceau a été supprimé.",
        None,
        entry.id,
        FaultKind.UNSEALED,
    )


def anchor_fault(anchor: ChainAnchor, hash_there: str | None) -> ChainFault | None:
    """Compare an anchor with the chain as it is now.

    Args:
        anchor: Where the chain ended on one day.
        hash_there: What the seal of that place says now; None where there is none.
    """
    if hash_there == anchor.hash:
        return None
    kept = f"L’ancre du {formats.date(anchor.day)} (sceau n°\u00a0{anchor.sequence})"
    if hash_there is None:
        text = f"{kept} n’a plus de sceau\u00a0: la fin de la chaîne a été coupée après ce jour."
    else:
        text = f"{kept} ne correspond plus à la chaîne\u00a0: tout ou partie a été réécrit avant cette place."
    return ChainFault(text, anchor.sequence, kind=FaultKind.ANCHOR)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
