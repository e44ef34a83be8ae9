import csv
import datetime as dt
import io

import pytest
import python_calamine
import sqlalchemy as sa

from db.domain.actor import Actor
from db.domain.document_filter import ListFormat
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.files import FileKind
from db.domain.ledger import LedgerKind
from db.domain.permissions import Role
from db.engine import transaction
from db.models import Person, StoredFile
from db.services.dac7 import ask_for_dac7
from db.services.ledger_rows import NewEntry, write_entries
from jobs.payouts.dac7 import make_dac7
from tests.conftest import NOW
from tests.factories import IBAN, create_payee, create_person, viewer_for

YEAR = 2026


def asked_for(engine: sa.Engine, form: ListFormat) -> dict[str, object]:
    """Book two sales of a seller whose name is a formula, ask for the file; return its arguments."""
    with transaction(engine) as session:
        seller = create_payee(session, name="=Thé; bio")
        rows = [(LedgerKind.SALE, 31_90, 2), (LedgerKind.FEE, -93, 2), (LedgerKind.SALE, 2_000_00, 11)]
        entries = [
            NewEntry(seller.id, "EUR", kind, cents, f"{place}", dt.datetime(YEAR, month, 3, tzinfo=dt.UTC), "", None)
            for place, (kind, cents, month) in enumerate(rows)
        ]
        write_entries(session, entries)
        actor = Actor.person(viewer_for(create_person(session, Role.FINANCE)))
        file_id = ask_for_dac7(session, actor, YEAR, form, 1, NOW)
        return session.get_one(StoredFile, file_id).arguments


def made(engine: sa.Engine, form: ListFormat) -> bytes:
    out = io.BytesIO()
    done = make_dac7(engine, asked_for(engine, form), out, lambda _done: None)
    assert (done.name, done.rows) == (f"dac7-2026.{form}", 1)
    return out.getvalue()


def test_the_csv_says_who_and_how_much_in_each_quarter(engine: sa.Engine) -> None:
    text = made(engine, ListFormat.CSV).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    told = [(row["Trimestre"], row["Nombre de ventes"], row["Contrepartie nette"], row["Commissions"]) for row in rows]
    # 31.90 − 0.93 = 30.97.
    assert told == [
        ("T1", "1", "30,97", "0,93"),
        ("T2", "0", "0,00", "0,00"),
        ("T3", "0", "0,00", "0,00"),
        ("T4", "1", "2000,00", "0,00"),
    ]
    first = rows[0]
    # 2,030.97 € is above 2,000 €: declared, although two sales are few.
    assert (first["À déclarer"], first["Vendeur"], first["SIREN"], first["Pays"]) == (
        "Oui",
        "'=Thé; bio",
        "404833048",
        "FR",
    )
    assert (first["IBAN"], first["Titulaire du compte"], first["Il manque"]) == (
        IBAN,
        "Maison du thé SARL",
        "",
    )


def test_the_workbook_has_amounts_as_numbers(engine: sa.Engine) -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(made(engine, ListFormat.XLSX)))
    titles, first, *rest = book.get_sheet_by_name("DAC7 2026").to_python()
    cells = dict(zip(titles, first, strict=True))
    assert (cells["Nombre de ventes"], cells["Contrepartie nette"]) == (1, 30.97)
    assert len(rest) == 3


def test_nothing_is_asked_for_where_nobody_was_credited(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        actor = Actor.person(viewer_for(create_person(session, Role.FINANCE)))
        with pytest.raises(InvalidInputError, match="2026"):
            ask_for_dac7(session, actor, YEAR, ListFormat.CSV, 0, NOW)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
def test_who_exports_nothing_cannot_ask_for_it(engine: sa.Engine, role: Role) -> None:
    with transaction(engine) as session:
        seller_id = create_payee(session).id if role is Role.SELLER else None
        actor = Actor.person(viewer_for(create_person(session, role, seller_id=seller_id)))
        with pytest.raises(NotAllowedError):
            ask_for_dac7(session, actor, YEAR, ListFormat.CSV, 1, NOW)


def test_who_lost_the_right_meanwhile_gets_no_file(engine: sa.Engine) -> None:
    arguments = asked_for(engine, ListFormat.CSV)
    with transaction(engine) as session:
        session.get_one(Person, arguments["person_id"]).role = Role.SUPPORT
    with pytest.raises(NotAllowedError):
        make_dac7(engine, arguments, io.BytesIO(), lambda _done: None)


def test_the_file_is_one_of_finance(engine: sa.Engine) -> None:
    asked_for(engine, ListFormat.CSV)
    with transaction(engine) as session:
        wanted = session.scalars(sa.select(StoredFile)).one()
        assert (wanted.kind, wanted.title) == (FileKind.DAC7, "Préparation DAC7 de 2026 (CSV)")
