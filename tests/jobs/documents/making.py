"""Documents of a committed database, and what became of their files."""

import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import StoredFile
from db.services.documents.issue import issue_invoice
from db.storage import storage
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_issuer


def invoices(engine: sa.Engine, count: int = 1, **columns: object) -> list[int]:
    """Issue some invoices of one seller; return their files."""
    with transaction(engine) as session:
        seller = create_issuer(session, **({"code": "THE"} | columns))
        issued = [issue_invoice(session, SYSTEM, tea_order(session, seller).id, utc_now()) for _ in range(count)]
        documents = [each.document_id for each in issued]
        found = sa.select(StoredFile.id).where(StoredFile.document_id.in_(documents)).order_by(StoredFile.id)
        return list(session.scalars(found))


def stored(engine: sa.Engine, file_id: int) -> StoredFile:
    with reading(engine) as session:
        row = session.get_one(StoredFile, file_id)
        session.expunge(row)
        return row


def content(row: StoredFile) -> bytes:
    with storage().open(row.ref) as opened:
        return opened.read()
