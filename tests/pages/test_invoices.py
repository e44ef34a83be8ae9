"""Finances › Factures, as the people of the house use it."""

import datetime as dt

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain.actor import SYSTEM
from db.domain.credit import CreditRequest
from db.domain.document_filter import DocumentFilter
from db.domain.documents import DocumentKind
from db.domain.files import FileKind, FileState
from db.domain.filter_json import filter_from_json
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.models import Document, DueDocument, Seller, StoredFile
from db.services.documents.continuity import keep_check
from db.services.documents.due import issue_next
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.exports import wanted_export
from tests.dashboard.apptest import open_page
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_issuer, create_seller
from tests.pages.test_continuity import BOOKS, TORN

ALL = {"periode": "tout"}


@pytest.fixture
def fay(signed_up):
    return signed_up(Role.FINANCE, name="Fay Finance")


@pytest.fixture
def shop(use_database):
    """Two invoices of 61,31 today, one of them wholly credited, and one a hundred days ago."""
    now = utc_now()
    with transaction() as session:
        tea = create_issuer(session, code="THE")
        old = issue_invoice(session, SYSTEM, tea_order(session, tea, number="T-1").id, now - dt.timedelta(days=100))
        new = issue_invoice(session, SYSTEM, tea_order(session, tea, number="T-2").id, now)
        gone = issue_invoice(session, SYSTEM, tea_order(session, tea, number="T-3").id, now)
        note = issue_credit_note(session, SYSTEM, gone.document_id, CreditRequest(whole=True), "Retour", now)
        session.execute(sa.update(StoredFile).values(state=FileState.READY, sha256="ab" * 32, size_bytes=29_500))
        named = {"old": old, "new": new, "gone": gone, "note": note}
        return {name: each.document_id for name, each in named.items()} | {"seller": tea.id}


def open_invoices(person_id: int, **query: str) -> AppTest:
    at = open_page("/factures", person_id=person_id, query=query)
    assert not at.exception
    return at


def cells(at: AppTest, column: str) -> list[object]:
    return at.dataframe[0].value[column].tolist() if at.dataframe else []


def statuses(at: AppTest) -> list[list[str]]:
    return [list(labels) for labels in cells(at, "Statut")]


def texts(at: AppTest) -> str:
    return "\n".join(each.value for each in (*at.markdown, *at.caption, *at.info, *at.success, *at.error, *at.warning))


def button(at: AppTest, label: str):
    return next((each for each in at.button if each.label == label), None)


def set_file(document_id: int, **columns: object) -> None:
    with transaction() as session:
        session.execute(sa.update(StoredFile).where(StoredFile.document_id == document_id).values(**columns))


# The list.


def test_it_opens_on_this_month_with_its_totals_per_rate(fay, shop):
    at = open_invoices(fay)
    year = local_day(utc_now()).year
    assert cells(at, "Type") == ["Avoir", "Facture", "Facture"]
    assert statuses(at) == [["Sur " + cells(at, "Numéro")[1].replace("-THE-", "…")], ["Soldée par avoir"], ["Réglée"]]
    assert cells(at, "TTC") == ["−61,31\u00a0€", "61,31\u00a0€", "61,31\u00a0€"]
    assert cells(at, "Numéro")[0] == f"AV{year}-THE-000001"
    assert "**3\u00a0documents**" in texts(at)
    # What is left is one invoice: 23,70 + 1,30 at 5,5 %, 30,26 + 6,05 at 20 %.
    assert "| Base HT | 23,70\u00a0€ | 30,26\u00a0€ | **53,96\u00a0€** |" in texts(at)
    assert "| TVA | 1,30\u00a0€ | 6,05\u00a0€ | **7,35\u00a0€** |" in texts(at)
    assert "| Net TTC | 25,00\u00a0€ | 36,31\u00a0€ | **61,31\u00a0€** |" in texts(at)
    assert "| Factures TTC | 50,00\u00a0€ | 72,62\u00a0€ | **122,62\u00a0€** |" in texts(at)
    assert "| Avoirs TTC | −25,00\u00a0€ | −36,31\u00a0€ | **−61,31\u00a0€** |" in texts(at)
    of_invoices = texts(open_invoices(fay, type="factures"))
    assert "| TTC | 50,00\u00a0€ |" in of_invoices
    assert "Avoirs TTC" not in of_invoices


def test_every_filter_stands_in_the_address(fay, shop):
    found = {
        ("type", "avoirs"): 1,
        ("type", "factures"): 3,
        ("statut", "soldee"): 1,
        ("numero", "T-1"): 1,
        ("min", "61,31"): 4,
        ("max", "10"): 0,
        ("vendeur", str(shop["seller"])): 4,
        ("vendeur", "999"): 0,
        ("du", local_day(utc_now()).isoformat()): 3,
    }
    for (name, value), count in found.items():
        query = ({} if name == "du" else ALL) | {name: value}
        assert len(cells(open_invoices(fay, **query), "Numéro")) == count, name


def test_what_is_typed_goes_into_the_address_and_is_looked_for_at_any_time(fay, shop):
    at = open_invoices(fay, type="factures")
    field = next(each for each in at.text_input if each.label.startswith("N°"))
    field.input("T-1").run()
    assert at.query_params == {"type": "factures", "periode": "tout", "numero": "T-1"}
    assert len(cells(at, "Numéro")) == 1
    button(at, "Effacer").click().run()
    assert at.query_params == {"type": "factures"}


def test_amounts_are_read_with_care(fay, shop):
    at = open_invoices(fay)
    next(each for each in at.text_input if each.label == "De").input("beaucoup").run()
    assert "n’est pas un montant" in at.error[0].value
    next(each for each in at.text_input if each.label == "De").input("61,31").run()
    assert at.query_params == {"min": "61,31"}


def test_a_period_that_ends_before_it_begins_is_refused(fay, shop):
    at = open_invoices(fay, du="2026-02-01", au="2026-03-01")
    at.date_input[0].set_value(dt.date(2026, 4, 1)).run()
    assert "« Du »" in at.error[0].value
    assert at.query_params == {"du": "2026-02-01", "au": "2026-03-01"}


def test_nothing_found_offers_the_ways_on(fay, shop):
    at = open_invoices(fay, numero="F1999", periode="mois-dernier")
    assert "Aucun document ne correspond" in texts(at)
    button(at, "Chercher à toutes les dates").click().run()
    assert at.query_params == {"periode": "tout", "numero": "F1999"}
    button(at, "Effacer les filtres").click().run()
    assert at.query_params == {}


@pytest.mark.parametrize("value", ["abc", "99999999999999999999", "' OR 1=1", "\u0000"])
def test_nothing_in_the_address_breaks_the_page(fay, shop, value):
    names = ("type", "periode", "du", "au", "vendeur", "statut", "min", "max", "numero", "client", "avant", "document")
    open_invoices(fay, **dict.fromkeys(names, value))


def test_a_seller_sees_their_own_alone_and_has_nothing_to_export(signed_up, shop):
    other = signed_up(Role.SELLER)
    at = open_invoices(other, **ALL)
    assert "Aucun document" in texts(at)
    assert button(at, "Exporter") is None
    assert "n’existe pas ou ne vous est pas accessible" in texts(open_invoices(other, document=str(shop["new"]), **ALL))
    own = signed_up(Role.SELLER, seller_id=shop["seller"])
    assert len(cells(open_invoices(own, **ALL), "Numéro")) == 4


# One document.


def test_a_document_is_shown_with_what_belongs_to_it(fay, shop):
    at = open_invoices(fay, document=str(shop["gone"]))
    assert at.subheader[0].value.startswith("Facture F")
    shown = texts(at)
    assert "Thé vert bio" in shown
    assert "par le système" in shown
    assert "Porté en avoir depuis\\: 61\\,31" in shown.replace("\u00a0", "")
    related = next(each for each in at.button if each.label.startswith("Avoir AV"))
    related.click().run()
    assert at.query_params == {"document": str(shop["note"])}
    assert "Motif" in texts(at)


def test_who_issues_documents_may_credit_what_is_left(fay, signed_up, shop):
    def credit(person_id, name):
        return button(open_invoices(person_id, document=str(shop[name])), "Établir un avoir")

    assert credit(fay, "new")
    assert not credit(fay, "gone")
    assert not credit(fay, "note")
    assert not credit(signed_up(Role.SUPPORT), "new")


def test_a_failed_file_says_why_and_is_tried_again(fay, signed_up, shop):
    set_file(shop["new"], state=FileState.FAILED, error="La police manque.")
    at = open_invoices(fay, statut="a-verifier", document=str(shop["new"]))
    assert statuses(at) == [["À vérifier", "Réglée"]]
    assert "La police manque" in at.error[0].value
    button(at, "Réessayer").click().run()
    with reading() as session:
        state = session.scalar(sa.select(StoredFile.state).where(StoredFile.document_id == shop["new"]))
    assert state is FileState.QUEUED
    set_file(shop["new"], state=FileState.FAILED)
    assert button(open_invoices(signed_up(Role.SUPPORT), document=str(shop["new"])), "Réessayer") is None


def test_a_flagged_document_names_the_rule_and_what_to_do(fay, shop):
    set_file(shop["new"], is_flagged=True, faults=[{"rule": "BR-CO-15", "text": "Le total est faux."}])
    at = open_invoices(fay, document=str(shop["new"]))
    assert "BR\\-CO\\-15" in at.error[0].value
    assert "établissez un avoir du tout" in at.error[0].value
    assert button(at, "Réessayer") is None


# What is missing.


def owe(order_id: int) -> None:
    now = utc_now()
    with transaction() as session:
        session.add(DueDocument(order_id=order_id, kind=DocumentKind.INVOICE, due_at=now))
    with transaction() as session:
        issue_next(session, now)


def test_what_is_held_up_is_told_with_the_way_to_the_seller(fay, signed_up, shop):
    with transaction() as session:
        order_id = tea_order(session, create_seller(session, "Sans papiers"), number="S-1").id
    owe(order_id)
    at = open_invoices(fay, type="a-etablir")
    assert "**1\u00a0document** de Sans papiers" in texts(at)
    assert "il manque la raison sociale" in texts(at).replace("\\", "")
    assert "Demandez à un administrateur de compléter cette fiche." in texts(at)
    ada = open_invoices(signed_up(Role.ADMIN), type="a-etablir")
    assert "Ouvrir la fiche de Sans papiers" in [link.proto.label for link in ada.get("page_link")]


def test_trying_again_issues_what_can_be_issued_now(fay, shop):
    with transaction() as session:
        seller = create_seller(session, "Sans papiers")
        order_id, seller_id = tea_order(session, seller).id, seller.id
    owe(order_id)
    with transaction() as session:
        whole = create_issuer(session)
        session.execute(
            sa.update(Seller)
            .where(Seller.id == seller_id)
            .values(
                {
                    name: getattr(whole, name)
                    for name in ("legal_name", "siren", "street", "city", "vat_number", "mandate_signed_on")
                }
            )
        )
    at = open_invoices(fay, type="a-etablir")
    button(at, "Réessayer maintenant").click().run()
    assert at.toast[0].value == "Nouvel essai pour 1\u00a0document."
    with transaction() as session:
        assert issue_next(session, utc_now())
        assert session.scalar(sa.select(Document.id).where(Document.order_id == order_id))


def test_missing_invoices_are_asked_for_in_a_dialog_that_says_the_effects(fay, signed_up, shop):
    with transaction() as session:
        for number in ("M-1", "M-2"):
            tea_order(session, session.get_one(Seller, shop["seller"]), number=number, placed_at=utc_now())
    at = open_invoices(fay)
    assert "**2\u00a0commandes payées** de cette période n’ont pas de facture." in texts(at)
    assert "À établir · 2 sans facture" in at.get("button_group")[0].options
    button(at, "Voir").click().run()
    assert at.query_params == {"type": "a-etablir"}
    at.button(key="documents_issue_missing").click().run()
    assert "**2\u00a0factures sont établies**, une par commande" in texts(at)
    assert "seul un avoir la corrige" in texts(at)
    at.button(key="documents_confirm").click().run()
    assert at.toast[0].value.startswith("2\u00a0factures vont être établies")
    assert "Aucune commande payée de cette période n’a été oubliée." in texts(at)
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(DueDocument)) == 2
    support = open_invoices(signed_up(Role.SUPPORT), type="a-etablir")
    assert "documents_issue_missing" not in [each.key for each in support.button]


def test_a_list_is_exported_as_it_is_filtered(fay, shop):
    at = open_invoices(fay, type="avoirs", **ALL)
    at.button(key="export_list").click().run()
    # One document of two rates.
    assert "**2\u00a0lignes**, toutes celles que les filtres de la page retiennent." in texts(at)
    at.button(key="export_confirm").click().run()
    with reading() as session:
        row = session.scalars(sa.select(StoredFile).where(StoredFile.kind == FileKind.EXPORT)).one()
        asked = wanted_export(session, row.arguments)
    wanted = filter_from_json(DocumentFilter, asked.request.filter)
    assert wanted == DocumentFilter(kind=DocumentKind.CREDIT_NOTE)
    assert asked.viewer.person_id == fay
    assert row.title == "Factures et avoirs\u00a0: 2\u00a0lignes (Excel)"
    assert at.query_params["fichier"] == str(row.id)


def test_anomalies_of_the_last_check_are_told_where_documents_are_read_and_exported(fay, signed_up, shop):
    said = "Le dernier contrôle a trouvé des anomalies\u00a0: F2026-THE."
    assert said not in texts(open_invoices(fay)).replace("\\", "")
    with transaction() as session:
        keep_check(session, [TORN, BOOKS], utc_now())
    at = open_invoices(fay)
    assert said in texts(at).replace("\\", "")
    assert "Voir la continuité" in [link.proto.label for link in at.get("page_link")]
    at.button(key="export_list").click().run()
    assert texts(at).replace("\\", "").count(said) == 2
    for other in (signed_up(Role.SUPPORT), signed_up(Role.SELLER)):
        assert said not in texts(open_invoices(other)).replace("\\", "")
    with transaction() as session:
        keep_check(session, [BOOKS], utc_now())
    assert said not in texts(open_invoices(fay)).replace("\\", "")


def test_support_exports_nothing(signed_up, shop):
    assert button(open_invoices(signed_up(Role.SUPPORT)), "Exporter") is None
