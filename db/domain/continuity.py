"""What the continuity report says of a series of documents: that nothing is missing, doubled or altered, or what is.

``db/domain/series_check.py`` finds it; here are its words, and its form as JSON, in which checks are kept.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from db.domain import formats
from db.domain.documents import FIRST_HASH, DocumentKind, document_number

#: Whose the series of the marketplace itself are, where the others are a seller's.
HOUSE_ID = 0
#: A series that was rewritten as a whole is not named document by document.
MAX_NAMED = 100


class AnomalyKind(StrEnum):
    """What can be wrong with a series."""

    MISSING = "missing"
    DOUBLED = "doubled"
    NOT_GIVEN = "not_given"
    OUT_OF_ORDER = "out_of_order"
    CONTENT_CHANGED = "content_changed"
    LINK_BROKEN = "link_broken"
    COLUMNS_DIFFER = "columns_differ"
    SERIES_DIFFERS = "series_differs"
    REWRITTEN = "rewritten"
    VANISHED = "vanished"

    @property
    def label(self) -> str:
        """Return it in two or three words."""
        return _LABELS[self]

    @property
    def meaning(self) -> str:
        """Return what it most likely comes from."""
        return _MEANINGS[self]

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        return _REMEDIES[self]


_LABELS = {
    AnomalyKind.MISSING: "Numéro manquant",
    AnomalyKind.DOUBLED: "Numéro en double",
    AnomalyKind.NOT_GIVEN: "Numéro jamais donné",
    AnomalyKind.OUT_OF_ORDER: "Date en désordre",
    AnomalyKind.CONTENT_CHANGED: "Contenu modifié",
    AnomalyKind.LINK_BROKEN: "Chaîne rompue",
    AnomalyKind.COLUMNS_DIFFER: "Inscription différente",
    AnomalyKind.SERIES_DIFFERS: "Compteur différent",
    AnomalyKind.REWRITTEN: "Série réécrite",
    AnomalyKind.VANISHED: "Série disparue",
}
_MEANINGS = {
    AnomalyKind.MISSING: "Un document établi a été effacé de la base, ou son numéro y a été changé.",
    AnomalyKind.DOUBLED: "Un document a été ajouté, ou renuméroté, en dehors de l’application.",
    AnomalyKind.NOT_GIVEN: "Un document a été ajouté ou renuméroté en dehors de l’application, ou le compteur de la "
    "série a été reculé.",
    AnomalyKind.OUT_OF_ORDER: "Une date a été changée dans la base\u00a0: l’application ne date jamais un document "
    "avant le précédent.",
    AnomalyKind.CONTENT_CHANGED: "Ce que la base garde de ce document n’est plus ce qui a été établi.",
    AnomalyKind.LINK_BROKEN: "Ce document ou le précédent a été remplacé en dehors de l’application.",
    AnomalyKind.COLUMNS_DIFFER: "Les listes et les totaux ne disent plus la même chose que le document établi.",
    AnomalyKind.SERIES_DIFFERS: "Le compteur de la série, ou son dernier document, a été changé dans la base.",
    AnomalyKind.REWRITTEN: "Des documents ont été changés, et leurs empreintes refaites, depuis un contrôle précédent.",
    AnomalyKind.VANISHED: "Toute la série a été effacée de la base, ou celle-ci a été rétablie telle qu’elle était "
    "avant son premier document.",
}
_RESTORE = "Faites comparer la base avec une sauvegarde antérieure et rétablir ce qui a été établi."
_REMEDIES = {
    AnomalyKind.MISSING: "Ne comblez pas le trou par un autre document. Faites retrouver celui-ci dans une sauvegarde "
    "de la base\u00a0; son PDF est dans les fichiers conservés ou dans l’e-mail envoyé au client.",
    AnomalyKind.DOUBLED: "Comparez les deux avec le PDF envoyé au client\u00a0: un seul a été établi. Faites écarter "
    "l’autre par un administrateur.",
    AnomalyKind.NOT_GIVEN: "Vérifiez si ce document a été envoyé à un client. Sinon, faites-le écarter par un "
    "administrateur\u00a0; si oui, faites rétablir le compteur depuis une sauvegarde.",
    AnomalyKind.OUT_OF_ORDER: _RESTORE,
    AnomalyKind.CONTENT_CHANGED: "Le PDF conservé fait foi\u00a0: comparez-le avec la fiche du document. " + _RESTORE,
    AnomalyKind.LINK_BROKEN: _RESTORE,
    AnomalyKind.COLUMNS_DIFFER: "Le document établi fait foi. Ne déclarez pas la TVA d’après les listes avant que la "
    "base soit rétablie.",
    AnomalyKind.SERIES_DIFFERS: _RESTORE,
    AnomalyKind.REWRITTEN: _RESTORE,
    AnomalyKind.VANISHED: "N’établissez plus de document de ce vendeur\u00a0: ses numéros recommenceraient à 1. Faites "
    "rétablir la série et ses documents depuis une sauvegarde\u00a0; leurs PDF sont dans les fichiers conservés ou "
    "dans les e-mails envoyés aux clients.",
}


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One thing that is wrong, at one number or over a range of missing ones."""

    kind: AnomalyKind
    number: str
    #: The last one of a range.
    until: str = ""
    #: How many numbers, or documents under one number.
    count: int = 1
    #: What exactly, in words: which columns, which dates.
    detail: str = ""

    @property
    def words(self) -> str:
        """Return the sentence that names it."""
        template = _RANGE_OF_MISSING if self.until else _WORDS[self.kind]
        return template.format(
            number=self.number, until=self.until, count=formats.integer(self.count), detail=self.detail
        )


_RANGE_OF_MISSING = "Les {count} numéros de {number} à {until} manquent."
_WORDS = {
    AnomalyKind.MISSING: "Le numéro {number} manque.",
    AnomalyKind.DOUBLED: "Le numéro {number} est porté par {count} documents.",
    AnomalyKind.NOT_GIVEN: "Le numéro {number} n’a jamais été donné par sa série.",
    AnomalyKind.OUT_OF_ORDER: "{number} {detail}.",
    AnomalyKind.CONTENT_CHANGED: "Le contenu de {number} a été modifié depuis qu’il a été établi.",
    AnomalyKind.LINK_BROKEN: "{number} ne fait pas suite au document qui le précède.",
    AnomalyKind.COLUMNS_DIFFER: "Pour {number}, la base ne dit pas la même chose que le document : {detail}.",
    AnomalyKind.SERIES_DIFFERS: "Le compteur de la série ne correspond pas à son dernier document, {number}.",
    AnomalyKind.REWRITTEN: "{number} n’est plus celui qu’un contrôle précédent avait lu.",
    AnomalyKind.VANISHED: "La série {number}, qu’un contrôle précédent avait lue, a disparu avec {detail}.",
}


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last document of a series as a check read it: what a later check must find again."""

    sequence: int = 0
    content_hash: str = FIRST_HASH


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """What a check found of one series."""

    code: str
    kind: DocumentKind
    seller_id: int
    seller: str
    year: int
    count: int
    first_number: str
    last_number: str
    #: The hash that the chain ends with.
    last_hash: str
    anchor: Anchor
    #: At most ``MAX_NAMED``; of how many in all.
    anomalies: Sequence[Anomaly] = ()
    anomaly_count: int = 0

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.anomaly_count

    @property
    def verdict(self) -> str:
        """Return what was found, in a few words."""
        if self.is_sound:
            return "Complète et inchangée" if self.count else "Aucun document"
        return formats.plural(self.anomaly_count, "anomalie")


@dataclass(frozen=True, slots=True)
class Check:
    """One run of the continuity report."""

    id: int
    checked_at: dt.datetime
    #: Who asked for it; empty for the night's own.
    person_name: str
    #: None: of all years.
    year: int | None
    reports: Sequence[SeriesReport]

    @property
    def documents(self) -> int:
        """Return how many documents were read."""
        return sum(report.count for report in self.reports)

    @property
    def anomalies(self) -> int:
        """Return how many things are wrong in all."""
        return sum(report.anomaly_count for report in self.reports)

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing is wrong in any series."""
        return not self.anomalies

    @property
    def verdict(self) -> str:
        """Return what was found, in a sentence: calm where all is well, exact where it is not."""
        found = f"{formats.plural(self.documents, 'document')} dans {formats.plural(len(self.reports), 'série')}"
        if self.is_sound:
            if not self.documents:
                return "Aucun document n’a encore été établi."
            return (
                f"{found}\u00a0: aucun numéro ne manque, aucun n’est en double, les dates se suivent et aucun document "
                "n’a été modifié."
            )
        unsound = [report.code for report in self.reports if not report.is_sound]
        where = f"la série {unsound[0]}" if len(unsound) == 1 else formats.plural(len(unsound), "série")
        return f"{found}\u00a0: {formats.plural(self.anomalies, 'anomalie')} dans {where}."

    def of(self, year: int | None, seller_id: int | None) -> "Check":
        """Return what it found of a year or a seller alone, where they are given."""
        kept = [
            report for report in self.reports if year in {None, report.year} and seller_id in {None, report.seller_id}
        ]
        return replace(self, reports=kept)


def range_of_missing(code: str, first: int, last: int) -> Anomaly:
    """Return the anomaly of numbers that no document bears."""
    until = document_number(code, last) if last > first else ""
    return Anomaly(AnomalyKind.MISSING, document_number(code, first), until, last - first + 1)


def reports_to_json(reports: Iterable[SeriesReport]) -> list[dict[str, Any]]:
    """Return reports as JSON values."""
    return [asdict(report) for report in reports]


def reports_from_json(said: Iterable[Mapping[str, Any]]) -> list[SeriesReport]:
    """Return the reports that a check keeps."""
    return [
        SeriesReport(
            **dict(each)
            | {
                "kind": DocumentKind(each["kind"]),
                "anchor": Anchor(**each["anchor"]),
                "anomalies": tuple(
                    Anomaly(**found | {"kind": AnomalyKind(found["kind"])}) for found in each["anomalies"]
                ),
            }
        )
        for each in said
    ]
