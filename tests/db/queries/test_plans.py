"""The hints to the databases change plans, never what is found."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.queries.plans import no_reason, not_indexed


@pytest.mark.parametrize("hint", [not_indexed, no_reason])
def test_an_or_inside_a_hint_stays_inside(session: Session, hint: type[sa.ColumnElement[bool]]) -> None:
    either = hint(sa.or_(sa.true(), sa.literal(1) == 2))
    assert session.scalar(sa.select(1).where(sa.literal(1) == 2, either)) is None
