"""Finances › Commissions, as finance and sellers use it."""

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain.files import FileState
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.models import FeeDocument, StoredFile
from tests.dashboard.apptest import open_page
from tests.factories import create_payee
from tests.fees import create_house, give_back, invoice_all, paid, sell
from tests.payouts import pays


@pytest.fixture
def fay(signed_up):
    return signed_up(Role.FINANCE, name="Fay Finance")


@pytest.fixture
def invoiced(use_database):
    """An invoice and a credit note for tea, an invoice for books whose PDF is there, and fees that wait."""
    with transaction() as session:
        create_house(session)
        pays(session)
        tea, books = create_payee(session, "Thé"), create_payee(session, "Livres")
        order = sell(session, tea)
        paid(session, tea)
        invoice_all(session)
        give_back(session, order)
        sell(session, tea, 100_00, 50)
        paid(session, tea)
        invoice_all(session)
        sell(session, books, 200_00, 6_00)
        paid(session, books)
        invoice_all(session)
        last = session.scalars(sa.select(FeeDocument).order_by(FeeDocument.id.desc()).limit(1)).one()
        file = session.get_one(StoredFile, last.file_id)
        file.state, file.sha256 = FileState.READY, "a" * 64
        waiting = create_payee(session, "Atelier", city="")
        sell(session, waiting)
        paid(session, waiting)
        return {"tea": tea.id, "books": books.id, "last": last.id}


def open_fees(person_id: int, **query: str) -> AppTest:
    at = open_page("/commissions", person_id=person_id, query=query)
    assert not at.exception
    return at


def cells(at: AppTest, column: str) -> list[object]:
    return at.dataframe[0].value[column].tolist() if at.dataframe else []


def texts(at: AppTest) -> str:
    said = "\n".join(each.value for each in (*at.markdown, *at.caption, *at.info, *at.success, *at.warning, *at.error))
    return said.replace("\\", "").replace("\u00a0", " ")


def test_all_that_was_invoiced_is_listed_with_what_it_comes_to(invoiced, fay):
    at = open_fees(fay)
    assert cells(at, "Numéro") == ["FC2026-000002", "AC2026-000001", "FC2026-000001"]
    assert cells(at, "Type") == ["Facture", "Avoir", "Facture"]
    assert cells(at, "Vendeur") == ["Livres", "Thé", "Thé"]
    assert [isinstance(each, str) for each in cells(at, "PDF")] == [True, False, False]
    # 0.93 − 0.43 + 6.00 €; 0.78 − 0.36 + 5.00 €.
    assert "3 documents · HT 5,42 € · TVA 1,08 € · TTC 6,50 €" in texts(at).replace("**", "")


def test_a_document_beside_the_list_leads_to_its_payout(invoiced, fay):
    at = open_fees(fay, document=str(invoiced["last"]))
    said = texts(at)
    assert "Retenue sur le reversement" in said
    assert "| Commission, 1 vente | 1 | 20 % | 6,00 € |" in said
    assert any("commissions −6,00" in each.proto.label for each in at.get("page_link"))


def test_what_waits_says_what_to_complete(invoiced, fay):
    at = open_fees(fay, liste="a-facturer")
    assert cells(at, "Vendeur") == ["Atelier"]
    assert "La fiche de Atelier est incomplète : il manque l’adresse." in texts(at)


def test_a_seller_sees_its_own_and_no_name_of_others(invoiced, signed_up):
    at = open_fees(signed_up(Role.SELLER, seller_id=invoiced["books"]))
    assert cells(at, "Numéro") == ["FC2026-000002"]
    assert "6,00 €" in texts(at)
    at = open_fees(signed_up(Role.SELLER, seller_id=invoiced["tea"]), document=str(invoiced["last"]))
    assert "n’existe pas ou ne vous est pas accessible" in texts(at)


def test_a_filter_that_finds_nothing_says_so(invoiced, fay):
    assert "Aucun document ne correspond" in texts(open_fees(fay, q="FC2019"))


def test_before_the_first_invoice_the_page_says_when_it_comes(use_database, fay):
    assert "Aucune commission n’est encore facturée" in texts(open_fees(fay))


def test_a_file_that_could_not_be_made_is_tried_again(invoiced, fay):
    with transaction() as session:
        file_id = session.scalars(sa.select(FeeDocument.file_id).where(FeeDocument.id == invoiced["last"])).one()
        session.get_one(StoredFile, file_id).state = FileState.FAILED
    at = open_fees(fay, document=str(invoiced["last"]))
    next(each for each in at.button if each.label == "Réessayer").click().run()
    with reading() as session:
        assert session.get_one(StoredFile, file_id).state is FileState.QUEUED
