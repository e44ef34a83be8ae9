"""Read the stored files that go with an e-mail: what is sent is what was made, to the last byte."""

import hashlib
import mimetypes
from collections.abc import Callable

from db.emails.types import AttachmentRef
from db.storage import FileMissingError, StorageError, storage_at
from jobs.mail.senders import RefusedError, TryLaterError

#: Providers refuse more than 30 MB with everything encoded; base64 adds a third.
MAX_BYTES = 20 * 1024 * 1024

ReadFile = Callable[[AttachmentRef], bytes]
#: What is told of a document whose file is lost or altered.
ReportDamage = Callable[[AttachmentRef], None]


def media_type_of(name: str) -> str:
    """Return the media type that a file's name tells."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def reader_of(files_url: str, report_damage: ReportDamage | None = None) -> ReadFile:
    """Return the function that reads a file from the place of stored files at ``FILES_URL``.

    Args:
        files_url: Where stored files lie.
        report_damage: Told of a document whose file is not what was made; the e-mail waits for what becomes of it.
    """

    def read(attachment: AttachmentRef) -> bytes:
        try:
            content = _content(files_url, attachment)
        except FileMissingError:
            if not attachment.sha256:
                raise RefusedError(f"La pièce jointe « {attachment.name} » est introuvable.") from None
            content = b""
        except (StorageError, OSError) as error:
            raise TryLaterError(f"La pièce jointe « {attachment.name} » ne peut pas être lue : {error}") from error
        if attachment.sha256 and hashlib.sha256(content).hexdigest() != attachment.sha256:
            if report_damage:
                report_damage(attachment)
            raise TryLaterError(f"La pièce jointe « {attachment.name} » n’est plus celle qui a été faite")
        return content

    return read


def _content(files_url: str, attachment: AttachmentRef) -> bytes:
    place = storage_at(files_url)
    if place.size(attachment.ref) > MAX_BYTES:
        raise RefusedError(f"La pièce jointe « {attachment.name} » est trop lourde pour un e-mail.")
    with place.open(attachment.ref) as content:
        return content.read()
