"""The continuity report as it was kept: the last check, and one of the earlier ones."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.continuity import Check, reports_from_json
from db.domain.errors import NotFoundError
from db.domain.files import FileKind
from db.domain.viewer import Viewer
from db.models import DocumentCheck


def last_check(session: Session, viewer: Viewer, year: int | None = None) -> Check | None:
    """Return the last check that read all the series of a year, or all there are.

    Raises:
        NotAllowedError: The person may not see the documents of all sellers.
    """
    viewer.require(FileKind.CONTINUITY.permission)
    covers = sa.or_(DocumentCheck.year.is_(None), DocumentCheck.year == year)
    row = session.scalars(
        sa.select(DocumentCheck).where(covers).order_by(DocumentCheck.id.desc()).limit(1)
    ).one_or_none()
    return _check(row) if row else None


def unsound_series(session: Session) -> tuple[str, ...]:
    """Return which series the last check, or one of a year since, found unsound."""
    last_whole = (
        sa.select(DocumentCheck.id)
        .where(DocumentCheck.year.is_(None))
        .order_by(DocumentCheck.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    reports = session.scalar(
        sa.select(DocumentCheck.report)
        .where(DocumentCheck.is_sound.is_(sa.false()), DocumentCheck.id >= sa.func.coalesce(last_whole, 0))
        .order_by(DocumentCheck.id.desc())
        .limit(1)
    )
    return tuple(report.code for report in reports_from_json(reports or []) if not report.is_sound)


def check_to_print(session: Session, check_id: int) -> Check:
    """Return one check, for the worker.

    Raises:
        NotFoundError: There is none of this number.
    """
    row = session.get(DocumentCheck, check_id)
    if row is None:
        raise NotFoundError("Ce contrôle n’existe pas. Lancez-en un nouveau depuis Finances › Continuité.")
    return _check(row)


def _check(row: DocumentCheck) -> Check:
    return Check(row.id, row.checked_at, row.person_name, row.year, tuple(reports_from_json(row.report)))
