"""What is issued stays as it is, whatever words a statement finds for changing it."""

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.models import Document, DocumentVat
from db.services.documents.issue import issue_invoice
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_issuer

TABLES = {"documents": Document.__table__, "document_vat": DocumentVat.__table__}
ONLY_SQLITE = pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)

#: Columns of a new row that are not those of the one it would replace, so that one key alone is the same.
SAME_KEY = {
    "id": ("documents", {"number": "'X'", "sequence": "99"}),
    "number": ("documents", {"id": "99", "sequence": "99"}),
    "series and sequence": ("documents", {"id": "99", "number": "'X'"}),
    "series and sequence, without an id": ("documents", {"id": "NULL", "number": "'X'"}),
    "document and rate": ("document_vat", {}),
}


@pytest.fixture(autouse=True)
def issued(session: Session) -> None:
    seller = create_issuer(session, code="THE")
    for _ in range(2):
        issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW)
    session.flush()


def everything(session: Session) -> list[tuple[object, ...]]:
    return [tuple(row) for table in TABLES.values() for row in session.execute(sa.select(table))]


def copy_of_one(table: str, other: dict[str, str]) -> str:
    """Return the words after INSERT: a row like one that is there, but for some columns."""
    names = [column.name for column in TABLES[table].columns]
    changed = {"gross_cents": "net_cents", "vat_cents": "0"} | other
    picked = ", ".join(changed.get(name, name) for name in names)
    # Of the first document, whichever its number; a rate of it.
    first = "id" if table == "documents" else "document_id"
    return (
        f"INTO {table} ({', '.join(names)}) SELECT {picked} FROM {table} "
        f"WHERE {first} = (SELECT min(id) FROM documents) ORDER BY 1 LIMIT 1"
    )


def assert_refused(session: Session, statement: str) -> None:
    before = everything(session)
    with pytest.raises(IntegrityError, match="an issued document is never changed or deleted"), session.begin_nested():
        session.execute(sa.text(statement))
    assert everything(session) == before


@ONLY_SQLITE
@pytest.mark.parametrize("key", SAME_KEY)
@pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE", "INSERT", "INSERT OR IGNORE"])
def test_sqlite_replaces_nothing_that_is_issued(session: Session, key: str, verb: str) -> None:
    table, other = SAME_KEY[key]
    assert_refused(session, f"{verb} {copy_of_one(table, other)}")


@ONLY_SQLITE
def test_sqlite_replaces_no_rate_by_its_hidden_number(session: Session) -> None:
    words = copy_of_one("document_vat", {"rate_bp": "1"})
    into, _, rest = words.partition(" (")
    assert_refused(session, f"REPLACE {into} (rowid, {rest.replace('SELECT ', 'SELECT rowid, ', 1)}")


@ONLY_SQLITE
def test_a_row_with_keys_of_its_own_is_written_as_ever(session: Session) -> None:
    count = len(everything(session))
    session.execute(sa.text("INSERT " + copy_of_one("documents", {"id": "99", "number": "'X'", "sequence": "99"})))
    session.execute(sa.text("REPLACE " + copy_of_one("document_vat", {"rate_bp": "1"})))
    assert len(everything(session)) == count + 2


@ONLY_SQLITE
def test_sqlite_looks_for_the_same_keys_by_their_indexes(session: Session) -> None:
    found = session.execute(sa.text("SELECT tbl_name, sql FROM sqlite_master WHERE name LIKE '%_never_replace'")).all()
    assert {table for table, _ in found} >= set(TABLES)
    for table, sql in found:
        looked_for = re.sub(r"NEW\.\w+", "1", sql.partition("EXISTS (")[2].partition(") BEGIN")[0])
        plan = [row.detail for row in session.execute(sa.text(f"EXPLAIN QUERY PLAN {looked_for}"))]
        assert not [step for step in plan if step.startswith("SCAN")], (table, plan)


def test_an_upsert_changes_nothing_that_is_issued(session: Session) -> None:
    for table, key in (("documents", "number"), ("document_vat", "document_id, rate_bp")):
        names = [column.name for column in TABLES[table].columns]
        picked = ", ".join({"id": "99", "sequence": "99"}.get(name, name) for name in names)
        assert_refused(
            session,
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {picked} FROM {table} WHERE true LIMIT 1 "
            f"ON CONFLICT ({key}) DO UPDATE SET net_cents = 0",
        )
