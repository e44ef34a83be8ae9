"""Fichiers, as the people of the house use it."""

import datetime as dt

import pandas as pd
import pytest
import sqlalchemy as sa

from db.domain.actor import SYSTEM, Actor
from db.domain.files import FileKind, FileState
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Person, StoredFile
from db.services.documents.issue import issue_invoice
from db.services.files import ask_for_file
from tests.dashboard.apptest import open_page
from tests.factories import create_issuer, create_order, viewer_for

S = FileState


@pytest.fixture
def sam(signed_up):
    return signed_up(Role.SUPPORT, name="Sam Soutien")


def add_file(person_id, kind=FileKind.PAPERS, title="12 factures", **columns):
    with transaction() as session:
        actor = Actor.person(viewer_for(session.get_one(Person, person_id)))
        row = session.get_one(StoredFile, ask_for_file(session, actor, kind, title, {}, 12, utc_now()))
        ready = {"sha256": "ab" * 32, "size_bytes": 4_096, "name": "f.pdf", "media_type": "application/pdf", "done": 12}
        columns = (ready if columns.get("state") is S.READY else {}) | columns
        for name, value in columns.items():
            setattr(row, name, value)
        return row.id


def add_document(code="THE", **columns):
    with transaction() as session:
        seller = create_issuer(session, code=code)
        issued = issue_invoice(session, SYSTEM, create_order(session, seller).id, utc_now())
        row = session.scalars(sa.select(StoredFile).where(StoredFile.document_id == issued.document_id)).one()
        for name, value in {"state": S.READY, "sha256": "cd" * 32, "size_bytes": 48_000, **columns}.items():
            setattr(row, name, value)
        return row.id


def show(person_id, **query):
    at = open_page("/fichiers-produits", person_id=person_id, query=query)
    assert not at.exception
    return at


def cells(at, column):
    found = at.dataframe[0].value[column] if at.dataframe else []
    return [list(cell) if column == "État" else cell for cell in found]


def words(at):
    shown = (*at.markdown, *at.caption, *at.error, *at.warning, *at.info, *at.success)
    return "\n".join(element.value for element in shown).replace("\u00a0", " ").replace("\\", "")


def state_of(file_id):
    with reading() as session:
        return session.get_one(StoredFile, file_id).state


def press(at, label):
    next(button for button in at.button if button.label == label).click()
    at.run()
    assert not at.exception
    return at


def test_it_lists_what_was_asked_for_with_its_size_hash_and_expiry(sam):
    file_id = add_file(sam, state=S.READY, asked_at=dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC))
    add_file(sam, title="Une autre", state=S.FAILED, error="Ces colis n’existent plus.")
    add_document()
    at = show(sam)
    assert cells(at, "Fichier") == ["Une autre", "12 factures"]
    assert cells(at, "État") == [["Échec"], ["Prêt"]]
    assert cells(at, "Par") == ["Sam Soutien"] * 2
    # 4 096 bytes are 4,1 Ko; 30 days after the 21st of November is the 21st of December.
    assert [cells(at, name)[1] for name in ("Taille", "Empreinte", "Gardé jusqu’au", "Lien")] == [
        "5\u00a0Ko",
        "abababab…",
        "21/12/2026",
        f"/fichiers/{file_id}",
    ]
    assert pd.isna(cells(at, "Lien")[0])


def test_documents_are_kept_without_end_in_a_list_of_their_own(sam):
    add_file(sam)
    add_document()
    at = show(sam, liste="documents")
    assert cells(at, "Fichier") == ["Facture F2026-THE-000001 de 31,90\u00a0€"]
    assert cells(at, "Gardé jusqu’au") == ["sans limite"]
    assert cells(at, "Par") == ["Système"]


def test_a_document_in_trouble_stands_out_with_what_is_wrong(sam):
    add_document()
    at = show(sam)
    assert [option.content for option in at.segmented_control[0].proto.options][2] == "À examiner"
    file_id = add_document("CAFE", is_flagged=True, faults=[{"rule": "BR-CO-15", "text": "Total TTC *faux*"}])
    at = show(sam)
    assert ":red[:material/warning:] À examiner  **1**" in [
        option.content for option in at.segmented_control[0].proto.options
    ]
    at = show(sam, liste="a-examiner", n=str(file_id))
    assert cells(at, "État") == [["Prêt", "Non conforme"]]
    assert cells(at, "Problème") == ["BR-CO-15 – Total TTC *faux*"]
    assert "ce document n’est envoyé à personne." in words(at)
    assert "BR\\-CO\\-15 – Total TTC \\*faux\\*" in at.error[0].value
    assert at.code[0].value == "cd" * 32


def test_nothing_in_trouble_is_good_news_and_nothing_at_all_says_where_files_come_from(sam):
    assert show(sam, liste="a-examiner").success[0].value.startswith("Rien à examiner")
    assert "cochez des lignes" in show(sam).info[0].value
    assert "elles sont établies d’elles-mêmes" in show(sam, liste="documents").info[0].value
    assert "Effacez-les" in show(sam, q="rien").info[0].value


def test_what_is_under_way_shows_its_progress_and_is_given_up(sam):
    now = utc_now()
    started = now - dt.timedelta(seconds=10)
    file_id = add_file(sam, state=S.MAKING, done=3, started_at=started, claimed_by="w", claimed_until=now)
    at = show(sam)
    assert at.get("progress")[0].proto.text.startswith("12 factures · 3 sur 12 · encore 3")
    press(at, "Annuler")
    assert state_of(file_id) is S.CANCELLED
    assert [toast.value for toast in at.toast] == ["Abandonné\u00a0: 12 factures"]
    assert not at.get("progress")
    assert "Abandonné par Sam Soutien" in words(show(sam, n=str(file_id)))


def test_a_colleagues_file_is_shown_and_not_theirs_to_give_up(sam, signed_up):
    add_file(sam, title="12 bons", state=S.QUEUED)
    finn = signed_up(Role.FINANCE, name="Finn Finance", email="finn@example.org")
    at = show(finn)
    assert at.get("progress")[0].proto.text == "12 bons · en attente du travail de fond :small[Sam Soutien]"
    assert "Annuler" not in [button.label for button in at.button]


def test_a_pdf_opens_and_anything_downloads(sam):
    pdf = add_file(sam, state=S.READY)
    archive = add_file(sam, state=S.READY, name="f.zip", media_type="application/zip")
    urls = {n: [link.proto.url for link in show(sam, n=str(n)).get("link_button")] for n in (pdf, archive)}
    assert urls == {pdf: [f"/fichiers/{pdf}?voir=1", f"/fichiers/{pdf}"], archive: [f"/fichiers/{archive}"]}


def test_filters_stand_in_the_address(sam, signed_up):
    labels = add_file(sam, FileKind.LABELS, "5 étiquettes", state=S.READY)
    add_file(signed_up(Role.ADMIN, name="Ada", email="ada@example.org"), title="Liste", state=S.READY)
    assert cells(show(sam, type="labels"), "Fichier") == ["5 étiquettes"]
    assert cells(show(sam, par=str(sam)), "Fichier") == ["5 étiquettes"]
    assert cells(show(sam, q="ETIQUETTES"), "Fichier") == ["5 étiquettes"]
    assert cells(show(sam, etat="queued"), "Fichier") == []
    assert cells(show(sam, periode="hier"), "Fichier") == []
    assert len(cells(show(sam, periode="aujourdhui", n=str(labels)), "Fichier")) == 2


def test_a_filter_that_is_chosen_writes_the_address(sam):
    add_file(sam, FileKind.LABELS, "5 étiquettes")
    at = show(sam, fichier="1")
    box = next(box for box in at.selectbox if box.label == "Type")
    box.set_value(FileKind.LABELS).run()
    assert at.query_params["type"] == "labels"
    assert at.query_params["fichier"] == "1"  # What is waited for survives a reload.


def test_a_seller_sees_their_own(sam, signed_up):
    document = add_document()
    add_file(sam)
    other = signed_up(Role.SELLER, email="vendeur@example.org")
    assert cells(show(other), "Fichier") == []
    assert cells(show(other, liste="documents"), "Fichier") == []
    assert "Demandé par" not in [box.label for box in show(other).selectbox]
    assert "ne vous est pas accessible" in show(other, n=str(document)).info[-1].value


@pytest.mark.parametrize("value", ["abc", "-1", "99999999999999999999", "' OR 1=1", "\u0000"])
def test_nothing_in_the_address_breaks_the_page(sam, value):
    add_file(sam)
    for name in ("liste", "type", "etat", "par", "q", "periode", "avant", "apres", "n"):
        show(sam, **{name: value})


def test_a_printing_that_lacks_papers_says_how_many_in_the_list_and_beside_it(sam):
    why = "F2026-THE-000001\u00a0: absent, son fichier est encore en préparation."
    file_id = add_file(sam, state=S.READY, done=10, warnings=[{"text": why}])
    add_file(sam, title="12 avoirs", state=S.READY)
    at = show(sam)
    assert cells(at, "État") == [["Prêt"], ["Prêt", "Incomplet"]]
    at = show(sam, n=str(file_id))
    assert "Ce fichier est incomplet : 10 sur 12 : 2 manquent." in words(at)
    assert why.replace("\u00a0", " ") in words(at)
    assert "10 sur 12 : 2 manquent" in words(show(sam, fichier=str(file_id)))
