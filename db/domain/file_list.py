"""What « Fichiers » can be asked for."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from db.domain.files import FileKind, FileState


class FileTab(StrEnum):
    """The lists of the page; the value is what the URL says."""

    #: What somebody asked for: prints, labels, exports.
    ASKED_FOR = "demandes"
    #: The files of invoices and credit notes: nearly all there are.
    DOCUMENTS = "documents"
    #: Of these, those that finance has to look at.
    TROUBLED = "a-examiner"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return _LABELS[self]


_LABELS = {
    FileTab.ASKED_FOR: "Demandés",
    FileTab.DOCUMENTS: "Factures et avoirs",
    FileTab.TROUBLED: "À examiner",
}


@dataclass(frozen=True, slots=True)
class FileFilter:
    """Which files are asked for; what is None or empty does not matter."""

    tab: FileTab = FileTab.ASKED_FOR
    #: Among what was asked for alone: every document is of one kind.
    kind: FileKind | None = None
    state: FileState | None = None
    person_id: int | None = None
    #: Words of the title; of a document, its whole number.
    text: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None
