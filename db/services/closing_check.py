"""Verify closed months: that their chain is whole, and that each still comes out as it was frozen."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain import formats
from db.domain.balances import Subject
from db.domain.closing import differences, month_words
from db.domain.documents import FIRST_HASH
from db.domain.months import add_months
from db.domain.snapshot_json import chained_hash
from db.models import Seller
from db.queries.closing_figures import month_figures
from db.queries.closings import ClosedMonth, all_closed_months

#: Differences that are told of a month: a database that was torn apart has them by the thousand.
_TOLD = 20


def closing_findings(session: Session) -> Iterator[dict[str, Any]]:
    """Compare every closed month with what it was frozen as; the rows are those of ``balance_findings``."""
    for closed, faults in verify_closings(session):
        for sentence in faults:
            yield {
                "subject": Subject.CLOSINGS,
                "expected": 0,
                "found": 0,
                "sentence": f"Clôture {formats.of_month(closed.month.year, closed.month.month)}\u00a0: {sentence}",
            }


def verify_closings(session: Session) -> Iterator[tuple[ClosedMonth, list[str]]]:
    """Return each closed month, the oldest first, with what is wrong with it in sentences; none: it is sound."""
    sellers = {row.id: row.name for row in session.execute(sa.select(Seller.id, Seller.name))}
    before: ClosedMonth | None = None
    for closed in all_closed_months(session):
        yield closed, [*_faults_of_chain(before, closed), *_faults_of_figures(session, closed, sellers)]
        before = closed


def _faults_of_chain(before: ClosedMonth | None, closed: ClosedMonth) -> Iterator[str]:
    if before is not None and closed.month != add_months(before.month, 1):
        yield f"la clôture précédente manque, après {month_words(before.month)}."
    if closed.previous_hash != (before.content_hash if before else FIRST_HASH):
        yield "elle ne suit pas la clôture d’avant\u00a0: la chaîne est rompue."
    if closed.content_hash != chained_hash(closed.previous_hash, closed.figures):
        yield "ses chiffres figés ont été modifiés\u00a0: son empreinte n’est plus la leur."
    said = closed.figures
    as_frozen = (said.get("month"), said.get("closed_at"), said.get("closed_by"), said.get("note"))
    if as_frozen != (closed.month.isoformat(), closed.closed_at.isoformat(), closed.person_name, closed.note):
        yield "son mois, sa date, son auteur ou sa justification ont été modifiés."


def _faults_of_figures(session: Session, closed: ClosedMonth, sellers: dict[int, str]) -> Iterator[str]:
    found = differences(closed.figures, month_figures(session, closed.month, closed.closed_at))
    yield from (f"{difference.sentence(sellers)}." for difference in found[:_TOLD])
    if len(found) > _TOLD:
        yield f"et {len(found) - _TOLD} autres montants."
