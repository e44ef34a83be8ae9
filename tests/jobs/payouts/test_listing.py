"""The list of payouts as a file: a row each, what accounting compares with the bank's statement."""

import csv
import io

import pytest
import python_calamine
import sqlalchemy as sa

from db.domain.document_filter import ListFormat
from db.domain.errors import NotAllowedError
from db.domain.payout_filter import PayoutFilter, PayoutTab
from db.domain.permissions import Role
from db.engine import transaction
from db.models import Person, StoredFile
from db.services.payout_lists import ask_for_payout_list
from db.services.payouts.marking import mark_paid
from jobs.makers import Made
from jobs.payouts import listing
from jobs.payouts.listing import NothingToListError, make_payout_list
from tests.conftest import NOW
from tests.factories import create_payee, create_person, viewer_for
from tests.payouts import TODAY, exported, finance, prepared


def asked(engine: sa.Engine, wanted: PayoutFilter, form: ListFormat = ListFormat.CSV) -> dict[str, object]:
    with transaction(engine) as session:
        clerk = viewer_for(create_person(session, Role.FINANCE))
        file_id = ask_for_payout_list(session, clerk, wanted, form, NOW)
        return dict(session.get_one(StoredFile, file_id).arguments)


def made(engine: sa.Engine, arguments: dict[str, object]) -> tuple[Made, bytes]:
    out = io.BytesIO()
    return make_payout_list(engine, arguments, out, lambda _done: None), out.getvalue()


@pytest.fixture
def three(engine: sa.Engine) -> None:
    """One to approve of 10,00 €, one paid of 100,00 €, one of 30,00 € that nobody may pay: it has no IBAN."""
    with transaction(engine) as session:
        prepared(session, create_payee(session, "=Formule"), 10_00)
        paid = exported(session, create_payee(session, "Maison du thé"))
        mark_paid(session, finance(session), paid.id, paid.version, TODAY, NOW)
        prepared(session, create_payee(session, "Sans IBAN", iban=None), 30_00)


@pytest.mark.usefixtures("three")
def test_each_payout_is_a_row_and_no_formula(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_READ_AT_ONCE", 2)  # More than one piece.
    done, contents = made(engine, asked(engine, PayoutFilter(PayoutTab.ALL)))
    rows = list(csv.DictReader(io.StringIO(contents.decode("utf-8-sig")), delimiter=";"))
    by_seller = {row["Vendeur"]: row for row in rows}
    assert (done.rows, len(rows), done.media_type) == (3, 3, "text/csv")
    assert set(by_seller) == {"'=Formule", "Maison du thé", "Sans IBAN"}
    paid = by_seller["Maison du thé"]
    assert [paid[name] for name in ("État", "Ventes", "Net", "Écritures", "Devise", "Payé le")] == [
        "Payé", "100,00", "100,00", "1", "EUR", "21/11/2026"
    ]  # fmt: skip
    # An account number goes no further than where it is paid: its country, key and end are enough to compare.
    assert paid["IBAN"] == "FR14 •••• •••• 2606"
    # What the bank's statement calls the file.
    assert paid["Remise"].startswith("VIR-")
    assert paid["Approuvé par"].startswith("Personne")
    held = by_seller["Sans IBAN"]
    assert (held["État"], held["Motif"], held["IBAN"], held["Préparé par"]) == (
        "Retenu",
        "IBAN manquant",
        "",
        "Système",
    )


@pytest.mark.usefixtures("three")
def test_the_workbook_says_the_same_in_numbers(engine: sa.Engine) -> None:
    done, contents = made(engine, asked(engine, PayoutFilter(PayoutTab.PAID), ListFormat.XLSX))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(contents))
    head, row = book.get_sheet_by_name("Reversements").to_python()
    said = dict(zip(head, row, strict=True))
    assert done.name.endswith(".xlsx")
    assert (said["Net"], said["Écritures"], said["Payé le"]) == (100.0, 1.0, TODAY)


@pytest.mark.usefixtures("three")
def test_a_list_that_is_empty_by_now_is_told(engine: sa.Engine) -> None:
    arguments = asked(engine, PayoutFilter(PayoutTab.PAID))
    arguments["filter"] = PayoutFilter(PayoutTab.REJECTED).to_json()
    with pytest.raises(NothingToListError):
        made(engine, arguments)


@pytest.mark.usefixtures("three")
def test_who_left_meanwhile_gets_no_list(engine: sa.Engine) -> None:
    arguments = asked(engine, PayoutFilter(PayoutTab.PAID))
    with transaction(engine) as session:
        left = sa.update(Person).where(Person.id == arguments["person_id"]).values(is_active=False)
        session.execute(left)
    with pytest.raises(NotAllowedError):
        made(engine, arguments)
