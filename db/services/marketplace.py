"""The marketplace's own row: who it is. The environment fills it first; afterwards it is edited in Réglages."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Marketplace


def introduce_marketplace(session: Session, identity: Mapping[str, str]) -> None:
    """Write who the marketplace is, where nobody has done so yet.

    Args:
        session: The caller's transaction.
        identity: Columns of the row: name, legal_name, siren, vat_number, email.
    """
    if session.scalar(sa.select(Marketplace.id)) is not None:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # Two dashboards that start at the same moment: the second one's row is not needed.
    session.execute(insert(Marketplace).values(id=1, **identity).on_conflict_do_nothing())
