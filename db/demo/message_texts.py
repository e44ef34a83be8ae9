"""The prepared messages a shop starts with: one file each, its first lines the name and the subject."""

from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent / "messages"


def message_texts() -> Iterator[tuple[str, str, str]]:
    """Yield the name, subject and body of each text."""
    for file in sorted(_FOLDER.glob("*.txt")):
        head, _, body = file.read_text(encoding="utf-8").partition("\n\n")
        name, subject = (line.partition(" : ")[2] for line in head.splitlines())
        yield name, subject, body.strip()
