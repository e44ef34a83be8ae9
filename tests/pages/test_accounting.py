"""Finances › Comptabilité: each report on the screen, its file, and the numbers of the accounts."""

import datetime as dt

import pytest
import sqlalchemy as sa

from db.domain.accounting import Account
from db.domain.accounting_reports import Report
from db.domain.files import FileKind
from db.domain.orders import PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.models import AuditEntry, Marketplace, Payment, StoredFile
from db.queries.accounting.chart import chart_of_accounts
from tests.dashboard.apptest import open_page
from tests.factories import create_order, create_seller

FEBRUARY = {"du": "2026-02-01", "au": "2026-02-28"}


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
def test_who_exports_nothing_does_not_get_to_the_books(signed_up, role):
    at = open_page("/comptabilite", person_id=signed_up(role))
    assert "Comptabilité" not in [header.value for header in at.header]


@pytest.mark.parametrize("report", list(Report))
def test_every_report_opens_on_an_empty_house(signed_up, report):
    at = open_page("/comptabilite", person_id=signed_up(Role.FINANCE), query={"etat": report.value})
    assert not at.exception
    assert [header.value for header in at.header] == ["Comptabilité"]


def test_what_nobody_understands_in_the_url_is_left_out(signed_up):
    query = {"etat": "rien", "du": "hier", "taux": "99999999999", "devise": "€", "page": "-2", "exercice": "0"}
    at = open_page("/comptabilite", person_id=signed_up(Role.FINANCE), query=query)
    assert not at.exception


def test_money_is_summed_by_means_and_told_row_by_row(signed_up):
    """By hand: 31.90 by card on 10 February, 11.90 of it given back by transfer: 20.00 is left."""
    at_noon = dt.datetime(2026, 2, 10, 11, tzinfo=dt.UTC)
    with transaction() as session:
        order = create_order(session, create_seller(session, "Maison du thé"), number="A-1")
        for kind, method, cents in (
            (PaymentKind.PAYMENT, PaymentMethod.CARD, 31_90),
            (PaymentKind.REFUND, PaymentMethod.TRANSFER, 11_90),
        ):
            row = {"state": PaymentRecordState.CAPTURED, "booked_at": at_noon, "received_at": at_noon}
            session.add(Payment(order_id=order.id, kind=kind, method=method, amount_cents=cents, **row))
    at = open_page("/comptabilite", person_id=signed_up(Role.FINANCE), query={"etat": Report.MONEY.value, **FEBRUARY})
    assert not at.exception
    by_means, by_seller, rows = (table.value for table in at.dataframe)
    assert list(by_means["Net"]) == ["31,90\u00a0€", "−11,90\u00a0€", "20,00\u00a0€"]
    assert list(by_seller["Vendeur"]) == ["Maison du thé"]
    assert list(rows["Montant"]) == ["31,90\u00a0€", "−11,90\u00a0€"]
    assert list(rows["Taux"]) == ["5,5\u00a0%", "5,5\u00a0%"]


def test_a_report_is_asked_for_as_it_is_shown(signed_up):
    at = open_page("/comptabilite", person_id=signed_up(Role.FINANCE), query={"etat": Report.VAT.value, **FEBRUARY})
    at.button(key="accounting_export_xlsx").click().run()
    assert not at.exception
    with reading() as session:
        wanted = session.scalars(sa.select(StoredFile)).one()
    assert (wanted.kind, wanted.title) == (FileKind.ACCOUNTING, "TVA du 01/02/2026 au 28/02/2026 (XLSX)")
    assert wanted.arguments["filter"]["first_day"] == "2026-02-01"


def test_the_fec_needs_the_siren_and_then_is_asked_for(signed_up):
    person_id = signed_up(Role.FINANCE)
    at = open_page("/comptabilite", person_id=person_id, query={"etat": Report.FEC.value, "exercice": "2025"})
    at.button(key="accounting_fec").click().run()
    assert any("SIREN" in each.value for each in [*at.error, *at.toast])
    with transaction() as session:
        session.add(Marketplace(id=1, name="Le Marché", siren="832000000"))
    at = open_page("/comptabilite", person_id=person_id, query={"etat": Report.FEC.value, "exercice": "2025"})
    at.button(key="accounting_fec").click().run()
    with reading() as session:
        assert (
            session.scalars(sa.select(StoredFile.title)).one()
            == "832000000FEC20251231.txt (provisoire, exercice à clore)"
        )


def test_an_administrator_changes_the_number_of_an_account_and_the_log_says_so(signed_up):
    at = open_page("/comptabilite", person_id=signed_up(Role.ADMIN), query={"etat": Report.FEC.value})
    (bank,) = [field for field in at.text_input if field.label == Account.BANK.label]
    bank.set_value("512900")
    (save,) = [each for each in at.button if each.label == "Enregistrer le plan comptable"]
    save.click().run()
    assert not at.exception
    with reading() as session:
        assert chart_of_accounts(session).number(Account.BANK) == "512900"
        (entry,) = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "accounts_changed"))
    assert (entry.details["before"], entry.details["after"]) == ({"Banque": "512000"}, {"Banque": "512900"})


def test_the_balance_of_a_year_begins_with_what_the_year_before_left(signed_up):
    """By hand: 31.90 by card in 2025, 11.90 of it given back by card in 2026: 20.00 is left."""
    with transaction() as session:
        order = create_order(session, create_seller(session), number="A-1")
        for kind, year, cents in ((PaymentKind.PAYMENT, 2025, 31_90), (PaymentKind.REFUND, 2026, 11_90)):
            at_noon = dt.datetime(year, 2, 10, 11, tzinfo=dt.UTC)
            row = {"state": PaymentRecordState.CAPTURED, "booked_at": at_noon, "method": PaymentMethod.CARD}
            session.add(Payment(order_id=order.id, kind=kind, amount_cents=cents, **row))
    query = {"etat": Report.FEC.value, "exercice": "2026"}
    at = open_page("/comptabilite", person_id=signed_up(Role.FINANCE), query=query)
    balance = at.dataframe[0].value.set_index("Compte")
    assert list(balance.loc["512100"])[1:] == ["31,90\u00a0€", "0,00\u00a0€", "11,90\u00a0€", "20,00\u00a0€"]
    assert list(balance.loc["Total"])[1:] == ["0,00\u00a0€", "11,90\u00a0€", "11,90\u00a0€", "0,00\u00a0€"]
