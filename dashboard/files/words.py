"""What is said of a file: how far it is, how large, how long it is kept, what is wrong with it."""

import datetime as dt

from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.files import FileState
from db.domain.time import local_day
from db.queries.files import FileRow
from db.services.files import KEPT_FOR

_HASH_SHOWN = 8

FLAGGED = "Le contrôle officiel y a relevé une erreur\u00a0: ce document n’est envoyé à personne."
_NOT_DRAWN = "N’a pas pu être imprimé tel quel\u00a0:"
_LOST = "Ce qui était conservé est perdu ou altéré et n’a pas pu être refait à l’identique."


def progress_words(row: FileRow, now: dt.datetime) -> str:
    """Return « Étiquettes… · 312 sur 1 000 · encore 12 s », as Markdown."""
    title = escape_markdown(row.title)
    if row.state is FileState.QUEUED:
        return f"{title} · en attente du travail de fond"
    words = f"{title} · {formats.integer(row.done)} sur {formats.integer(row.total)}"
    left = row.time_left(now)
    return f"{words} · encore {formats.short_duration(left)}" if left else words


def size_words(size: int) -> str:
    """Return « 12 Ko » or « 3 Mo »: never less than is there."""
    kilobytes = max(1, -(-size // 1000))
    if kilobytes < 1000:
        return f"{kilobytes}{formats.NO_BREAK_SPACE}Ko"
    return f"{formats.integer(-(-kilobytes // 1000))}{formats.NO_BREAK_SPACE}Mo"


def short_hash(sha256: str) -> str:
    """Return the beginning of a hash, by which two files are told apart at a glance."""
    return f"{sha256[:_HASH_SHOWN]}…"


def kept_until(row: FileRow) -> dt.date | None:
    """Return the last day on which a file is surely there; None for what is kept for ever."""
    kept = KEPT_FOR.get(row.kind)
    return None if kept is None else local_day(row.asked_at + kept)


def kept_words(row: FileRow) -> str:
    """Return « jusqu’au 21/12/2026 », or that it is kept without end."""
    until = kept_until(row)
    return f"jusqu’au {formats.date(until)}" if until else "sans limite"


def trouble_words(row: FileRow) -> list[str]:
    """Return what is wrong with a file, a plain sentence each; nothing where all is well."""
    said = []
    if row.state is FileState.DAMAGED:
        said.append(_LOST)
    if row.error:
        said.append(row.error)
    if row.is_flagged:
        said.append(FLAGGED)
    said += [" ".join(filter(None, [each.get("rule", ""), "–", each.get("text", "")])) for each in row.faults]
    return said


def warning_words(row: FileRow) -> list[str]:
    """Return what could not be printed as it is written, or which papers are missing; a plain sentence each."""
    if row.document_id is None:
        lacking = f"Ce fichier est incomplet\u00a0: {row.missing_words}." if row.missing_words else ""
        return [*filter(None, [lacking]), *(each.get("text", "") for each in row.warnings)]
    return [f"{_NOT_DRAWN} {each.get('text', '')}" for each in row.warnings]


def short_trouble(row: FileRow) -> str:
    """Return what is wrong in one line of a table: the rule that failed, or else the first sentence."""
    said = trouble_words(row)
    return said[-1] if row.faults else said[0] if said else ""
