"""Numbered documents in a ZIP: the very files that are stored, or a word on each that cannot be handed out.

One that is lost or altered is made again on the spot: whoever waits for the ZIP needs all of them now.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from db.domain.errors import MarketplaceError
from db.domain.files import FileState
from db.domain.formats import DASH, plural
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.papers import in_parts
from db.queries.stored_documents import Original, originals
from db.services.document_files import StoredDocument, report_damage
from db.storage import FileMissingError, Storage
from jobs.documents.logos import Logos
from jobs.documents.original import original_again
from jobs.documents.papers.archive import Archive
from jobs.makers import Progress

_READ_AT_ONCE = 250


class NoneStoredError(MarketplaceError):
    """Not one of the files can be handed out now."""

    def __init__(self, documents: int) -> None:
        super().__init__(
            f"Aucun de ces fichiers n’est disponible pour l’instant ({plural(documents, 'document')})\u00a0: ils sont "
            "en préparation ou endommagés. Réessayez dans quelques minutes, ou demandez un seul PDF."
        )


@dataclass(slots=True)
class Originals:
    """The stored files of some documents, on their way into a ZIP."""

    engine: sa.Engine
    #: Of the documents, in the order in which they are put in.
    ids: Sequence[int]
    viewer: Viewer
    place: Storage
    logos: Logos
    progress: Progress
    #: Of each document that is not among them: why.
    missing: list[str] = field(default_factory=list)
    #: What is to be known of some that are.
    notes: list[str] = field(default_factory=list)

    def zip(self, archive: Archive) -> None:
        """Put all of them in.

        Raises:
            NoneStoredError: There is none to put in.
            StorageError: The place of stored files does not answer.
        """
        done = 0
        for ids in in_parts(self.ids, _READ_AT_ONCE):
            with reading(self.engine) as session:
                found = originals(session, self.viewer, ids)
            for each in found:
                self._add(archive, each)
                done += 1
                self.progress(done)
        if done and not archive.files:
            raise NoneStoredError(done)

    def _add(self, archive: Archive, original: Original) -> None:
        content = self._content(original) if original.sha256 else None
        if content is None:
            self.missing.append(f"{original.number}\u00a0: absent, {_why(original)}.")
            return
        if original.is_flagged:
            self.notes.append(f"{original.number}\u00a0: présent, mais signalé par le contrôle officiel Factur-X.")
        words = (original.number, original.order_number, original.customer_name)
        archive.add(f" {DASH} ".join(each for each in words if each), content)

    def _content(self, original: Original) -> bytes | None:
        """Return the file as it was made: what is stored, or what comes out the same once more."""
        stored = self._stored(original)
        if hashlib.sha256(stored).hexdigest() == original.sha256:
            return stored
        if original.state is FileState.READY:
            self._report(original)
        again = original_again(self.engine, original.document_id, self.logos, original.sha256)
        if again is not None:
            lost = "son fichier conservé était perdu ou altéré"
            self.notes.append(f"{original.number}\u00a0: présent, refait à l’identique\u00a0; {lost}.")
        return again

    def _stored(self, original: Original) -> bytes:
        try:
            with self.place.open(original.ref) as stored:
                return stored.read()
        except FileMissingError:
            return b""

    def _report(self, original: Original) -> None:
        if original.file_id is not None:
            with transaction(self.engine) as session:
                document = StoredDocument(original.file_id, original.ref, original.sha256)
                report_damage(session, document, utc_now())


def _why(original: Original) -> str:
    if original.sha256:
        return "son fichier est perdu ou altéré et n’a pas pu être refait à l’identique"
    match original.state:
        case FileState.QUEUED | FileState.MAKING:
            return "son fichier est encore en préparation"
        case FileState.FAILED:
            return "son fichier n’a pas pu être préparé"
    return "son fichier n’existe pas"
