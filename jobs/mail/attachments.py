"""Read the stored files that go with an e-mail."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from db.emails.types import AttachmentRef
from jobs.mail.senders import RefusedError

#: Providers refuse more than 30 MB with everything encoded; base64 adds a third.
MAX_BYTES = 20 * 1024 * 1024

ReadFile = Callable[[AttachmentRef], bytes]


def reader_of(files_url: str) -> ReadFile:
    """Return the function that reads a file from the folder at ``FILES_URL``."""
    url = urlsplit(files_url)
    if url.scheme != "file":
        return _refuse
    folder = Path(unquote(url.path)).resolve()

    def read(attachment: AttachmentRef) -> bytes:
        path = (folder / attachment.ref).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            return _refuse(attachment)
        if path.stat().st_size > MAX_BYTES:
            raise RefusedError(f"La pièce jointe « {attachment.name} » est trop lourde pour un e-mail.")
        return path.read_bytes()

    return read


def _refuse(attachment: AttachmentRef) -> bytes:
    raise RefusedError(f"La pièce jointe « {attachment.name} » est introuvable.")
