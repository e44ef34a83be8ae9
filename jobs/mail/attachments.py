"""Read the stored files that go with an e-mail."""

from collections.abc import Callable

from db.emails.types import AttachmentRef
from db.storage import FileMissingError, StorageError, storage_at
from jobs.mail.senders import RefusedError, TryLaterError

#: Providers refuse more than 30 MB with everything encoded; base64 adds a third.
MAX_BYTES = 20 * 1024 * 1024

ReadFile = Callable[[AttachmentRef], bytes]


def reader_of(files_url: str) -> ReadFile:
    """Return the function that reads a file from the place of stored files at ``FILES_URL``."""

    def read(attachment: AttachmentRef) -> bytes:
        try:
            place = storage_at(files_url)
            if place.size(attachment.ref) > MAX_BYTES:
                raise RefusedError(f"La pièce jointe « {attachment.name} » est trop lourde pour un e-mail.")
            with place.open(attachment.ref) as content:
                return content.read()
        except FileMissingError:
            raise RefusedError(f"La pièce jointe « {attachment.name} » est introuvable.") from None
        except (StorageError, OSError) as error:
            raise TryLaterError(f"La pièce jointe « {attachment.name} » ne peut pas être lue : {error}") from error

    return read
