"""The tags that staff has made."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models import Tag


def tag_names(session: Session) -> dict[int, str]:
    """Return every tag, id → name, by name."""
    tags = session.execute(sa.select(Tag.id, Tag.name).order_by(sa.func.lower(Tag.name), Tag.id))
    return {tag.id: tag.name for tag in tags}
