"""Finances › DAC7: what is to be declared, what is missing for it, and the file."""

import datetime as dt

import pytest
import sqlalchemy as sa

from db.domain.files import FileKind
from db.domain.ledger import LedgerKind
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.models import StoredFile
from db.services.ledger_rows import NewEntry, write_entries
from tests.dashboard.apptest import open_page
from tests.factories import create_payee

YEAR = 2024


def sold(name, cents, **columns):
    """A seller that was credited an amount in February, less a fee of 1.00."""
    at = dt.datetime(YEAR, 2, 5, tzinfo=dt.UTC)
    with transaction() as session:
        seller_id = create_payee(session, name, **columns).id
        amounts = {LedgerKind.SALE: cents, LedgerKind.FEE: -1_00}
        write_entries(
            session,
            [NewEntry(seller_id, "EUR", kind, each, f"{name}:{kind}", at, "", None) for kind, each in amounts.items()],
        )
    return seller_id


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
def test_who_exports_nothing_does_not_get_to_the_page(signed_up, role):
    at = open_page("/dac7", person_id=signed_up(role))
    assert "DAC7" not in [header.value for header in at.header]


def test_a_year_without_a_sale_says_so(signed_up):
    at = open_page("/dac7", person_id=signed_up(Role.FINANCE), query={"annee": "2024"})
    assert not at.exception
    assert any("Aucun vendeur n’est à déclarer" in each.value for each in at.info)


def test_declared_sellers_come_with_their_quarters_and_the_day_of_the_declaration(signed_up):
    sold("Maison du thé", 3_001_00)
    sold("Petit miel", 11_00)
    at = open_page("/dac7", person_id=signed_up(Role.MANAGER), query={"annee": "2024"})
    assert not at.exception
    assert any("1\u00a0vendeur à déclarer** avant le 31/01/2025" in each.value for each in at.markdown)
    table = at.dataframe[0].value
    # 3,001.00 less a fee of 1.00.
    assert table.iloc[0].to_dict() == {
        "Vendeur": "Maison du thé", "À savoir": "Fiche complète", "Ventes": "1",
        "T1": "3\u202f000,00\u00a0€", "T2": "0,00\u00a0€", "T3": "0,00\u00a0€", "T4": "0,00\u00a0€",
        "Année": "3\u202f000,00\u00a0€", "Commissions": "1,00\u00a0€",
    }  # fmt: skip
    at = open_page("/dac7", person_id=signed_up(Role.MANAGER), query={"annee": "2024", "liste": "exclus"})
    assert list(at.dataframe[0].value["À savoir"]) == ["Sous les seuils"]


def test_what_is_missing_is_named_with_the_way_to_it(signed_up):
    seller_id = sold("Anne Le Goff", 5_000_00, is_person=True, iban=None)
    query = {"annee": "2024", "vendeur": str(seller_id)}
    at = open_page("/dac7", person_id=signed_up(Role.ADMIN), query=query)
    assert not at.exception
    missing = "l’IBAN, la date de naissance et le numéro fiscal ou, à défaut, le lieu de naissance"
    assert [each.value for each in at.warning] == [f"Il manque {missing}."]
    links = [each.value for each in at.markdown if "Compléter" in each.value]
    assert [f"/vendeurs?vendeur={seller_id}&volet=" in link for link in links] == [True, True]
    at = open_page("/dac7", person_id=signed_up(Role.FINANCE), query=query)
    assert any("Un administrateur complète" in each.value for each in at.caption)


def test_the_file_is_asked_for_in_a_click(signed_up):
    sold("Maison du thé", 3_001_00)
    at = open_page("/dac7", person_id=signed_up(Role.FINANCE), query={"annee": "2024"})
    at.button(key="dac7_export_csv").click().run()
    assert not at.exception
    with reading() as session:
        wanted = session.scalars(sa.select(StoredFile)).one()
    assert (wanted.kind, wanted.arguments["year"], wanted.arguments["format"]) == (FileKind.DAC7, 2024, "csv")
