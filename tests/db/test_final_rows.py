"""What payouts and fee invoices leave behind stays as it is, whatever words a statement finds for changing it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.domain.bank_details import SellerSubject
from db.models import Base, PayoutSettingsChange, SellerChange
from tests.factories import create_payee
from tests.fees import create_house, invoice_all, paid, sell
from tests.payouts import pays

FINAL = ("fee_documents", "payout_history", "payout_settings_changes", "seller_changes")
ONLY_SQLITE = pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)

#: Keys of a fee invoice that are not those of the one it would replace.
OTHER = {"id": "99", "number": "'X'", "cause": "'x'", "file_id": "-1", "sequence": "99"}
#: The only key that is the same.
SAME_KEY = [
    *(("fee_documents", key) for key in OTHER),
    *((table, "id") for table in FINAL[1:]),
]


@pytest.fixture(autouse=True)
def settled(session: Session) -> None:
    create_house(session)
    pays(session)
    seller = create_payee(session)
    sell(session, seller)
    paid(session, seller)
    assert len(invoice_all(session)) == 1
    session.add(SellerChange(seller_id=seller.id, subject=SellerSubject.IBAN, before="A", after="B", person_name="Ana"))
    session.add(PayoutSettingsChange(setting="four_eyes", before="oui", after="non", person_name="Ana"))
    session.flush()


def everything(session: Session) -> list[tuple[object, ...]]:
    return [tuple(row) for name in FINAL for row in session.execute(sa.select(Base.metadata.tables[name]))]


def copy_of_one(table: str, changed: dict[str, str]) -> str:
    """Return the words after INSERT: a row like one that is there, but for some columns."""
    names = [column.name for column in Base.metadata.tables[table].columns]
    picked = ", ".join(changed.get(name, name) for name in names)
    return f"INTO {table} ({', '.join(names)}) SELECT {picked} FROM {table} WHERE true LIMIT 1"


def assert_refused(session: Session, statement: str) -> None:
    before = everything(session)
    with pytest.raises(IntegrityError, match="a row is never changed or deleted"), session.begin_nested():
        session.execute(sa.text(statement))
    assert everything(session) == before


@ONLY_SQLITE
@pytest.mark.parametrize(("table", "key"), SAME_KEY)
@pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE"])
def test_sqlite_replaces_nothing_that_is_final(session: Session, table: str, key: str, verb: str) -> None:
    changed = {name: value for name, value in OTHER.items() if name != key} if table == "fee_documents" else {}
    assert_refused(session, f"{verb} {copy_of_one(table, changed)}")


@ONLY_SQLITE
def test_sqlite_writes_a_row_with_keys_of_its_own_as_ever(session: Session) -> None:
    count = len(everything(session))
    for table in FINAL[1:]:
        session.execute(sa.text(f"REPLACE {copy_of_one(table, {'id': '99'})}"))
    assert len(everything(session)) == count + 3


@pytest.mark.parametrize("table", FINAL)
def test_nothing_that_is_final_is_changed_or_deleted(session: Session, table: str) -> None:
    assert_refused(session, f"UPDATE {table} SET id = id")
    assert_refused(session, f"DELETE FROM {table}")
    assert_refused(session, f"INSERT {copy_of_one(table, {})} ON CONFLICT (id) DO UPDATE SET id = 7")
