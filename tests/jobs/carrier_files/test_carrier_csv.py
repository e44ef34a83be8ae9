"""Carriers' upload files: the cells they expect, harmless in a spreadsheet, whatever people typed."""

import csv
import datetime as dt
import io
from dataclasses import replace
from threading import Event

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from db.domain.actor import SYSTEM
from db.domain.carrier_files import CarrierFile
from db.domain.files import FileState
from db.domain.labels import LabelFormat
from db.domain.postal import PostalAddress
from db.domain.spreadsheets import FORMULA_STARTS, is_formula
from db.engine import reading, transaction
from db.models import Order, StoredFile
from db.queries.labels import Labelled, Parcel
from db.services.labels import ask_for_carrier_csv, ask_for_labels
from db.storage import storage_at
from jobs.carrier_files.layouts import LAYOUTS, dialled
from jobs.carrier_files.make import line_of
from jobs.files import make_files
from jobs.run import Run
from tests.conftest import NOW
from tests.db.queries.test_labels import addressed

DAY = dt.date(2026, 11, 21)
SELLER = PostalAddress(company="Maison du thé", street="12 rue de la Monnaie", postcode="35000", city="Rennes")
HOME = PostalAddress("Évelyne Morin", "", "3 rue Neuve", "Bât. B", "01000", "Bourg", phone="+33 6 12 34 56 78",
                     email="e@example.org")  # fmt: skip
PARCEL = Parcel("N-1", SELLER, HOME, "Colissimo", "6A1", 1250, 31_90, "EUR", 1, 1)


def test_coliship_gets_the_fields_of_la_postes_own_module() -> None:
    cells = LAYOUTS[CarrierFile.COLISHIP].cells(PARCEL, DAY)
    assert len(cells) == 38
    assert cells[:3] == ("EXP", "N-1", "Maison du thé")
    assert cells[14:24] == ("", "Évelyne Morin", "", "3 rue Neuve", "Bât. B", "", "", "01000", "Bourg", "FR")
    assert (cells[25], cells[27], cells[29], cells[34]) == ("0612345678", "e@example.org", "DOM", "1250")
    relay = LAYOUTS[CarrierFile.COLISHIP].cells(replace(PARCEL, is_pickup_point=True), DAY)
    assert relay[29] == ""


def test_chronopost_gets_kilograms_and_its_own_date() -> None:
    cells = LAYOUTS[CarrierFile.CHRONOPOST].cells(PARCEL, DAY)
    assert (cells[3], cells[7], cells[12], cells[23], cells[29]) == ("Évelyne Morin", "01000", "N-1", "1.25",
                                                                    "21/11/2026")  # fmt: skip


def test_the_file_for_all_has_titles_and_iso_dates() -> None:
    layout = LAYOUTS[CarrierFile.GENERIC]
    said = dict(zip(layout.titles, layout.cells(PARCEL, DAY), strict=True))
    assert (said["Date"], said["Code postal"], said["Valeur"], said["Poids (g)"]) == ("2026-11-21", "01000", "31.90",
                                                                                     "1250")  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("+33 6 12 34 56 78", "0612345678"), ("+33 (0)6 12", "0612"), ("06.12.34", "061234"), ("+32 2 555", "00322555"),
     ("", ""), ("=1+1", "11")],
)  # fmt: skip
def test_a_phone_number_is_digits(typed: str, expected: str) -> None:
    assert dialled(typed) == expected


#: Often with what begins a formula, behind spaces or not.
texts = st.text(st.sampled_from((*FORMULA_STARTS, " ", "1", "A")), max_size=6) | st.text(max_size=20)


@given(texts, st.sampled_from(CarrierFile))
def test_no_cell_is_a_formula(text: str, kind: CarrierFile) -> None:
    address = PostalAddress(text, text, text, text, text, text, text, text, text)
    cells = line_of(LAYOUTS[kind], Parcel(text, address, address, text, text, 0, 0, text, 1, 1), DAY)
    assert not [cell for cell in cells if is_formula(cell) and not cell.startswith("'")]


@pytest.mark.parametrize("typed", [" =1+1", "\u00a0=1+1", "\t =1+1", "\n\r=1+1", "=1+1"])
def test_spaces_hide_no_formula(typed: str) -> None:
    parcel = replace(PARCEL, recipient=replace(HOME, name=typed))
    assert line_of(LAYOUTS[CarrierFile.GENERIC], parcel, DAY)[5] == "'=1+1"


def make(engine: sa.Engine, tmp_path, ask) -> tuple[StoredFile, bytes]:
    place = storage_at(f"file://{tmp_path}")
    with transaction(engine) as session:
        file_id = ask(session)
    make_files(Run(engine, "w", Event()), place=place)
    with reading(engine) as session:
        row = session.get_one(StoredFile, file_id)
        return row, place.open(row.ref).read() if row.state is FileState.READY else b""


@pytest.mark.parametrize("kind", CarrierFile)
def test_a_file_asked_for_is_made_in_the_encoding_its_tool_wants(engine: sa.Engine, tmp_path, kind) -> None:
    with transaction(engine) as session:
        ids = [addressed(session, number=number).id for number in ("N-1", " =N;2")]
    wanted = [Labelled(each) for each in ids]
    row, content = make(engine, tmp_path, lambda session: ask_for_carrier_csv(session, SYSTEM, wanted, kind, NOW))
    assert (row.state, row.done, row.media_type) == (FileState.READY, 2, "text/csv")
    lines = list(csv.reader(io.StringIO(content.decode(LAYOUTS[kind].encoding), newline=""), delimiter=";"))
    cells = lines[-1]
    assert len(lines) == (3 if LAYOUTS[kind].titles else 2)
    assert "'=N;2" in cells
    assert "Évelyne Morin" in cells


def test_labels_asked_for_are_made_and_those_of_deleted_orders_refused(engine: sa.Engine, tmp_path) -> None:
    with transaction(engine) as session:
        order_id = addressed(session, number="N-1").id

    def ask(session) -> int:
        return ask_for_labels(session, SYSTEM, [Labelled(order_id)], LabelFormat.A4, NOW, first_place=2)

    row, content = make(engine, tmp_path, ask)
    assert (row.name, row.title, content[:5]) == ("etiquette-N-1.pdf", "1\u00a0étiquette d’envoi, A4", b"%PDF-")
    with transaction(engine) as session:
        session.execute(sa.delete(Order))
    row, _ = make(engine, tmp_path, ask)
    assert (row.state, row.error) == (FileState.FAILED, "Ces colis n’existent plus\u00a0: il n’y a rien à étiqueter.")
