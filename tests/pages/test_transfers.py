"""Finances › Virements, as who deals with the bank uses it."""

import pytest
import sqlalchemy as sa

from db.domain.business_days import bank_day_from
from db.domain.files import FileState
from db.domain.payouts import PayoutState, reference_of
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.models import Payout, StoredFile, TransferBatch
from tests.dashboard.apptest import open_page
from tests.factories import create_payee
from tests.jobs.payouts.batches import sent


@pytest.fixture
def fanny(signed_up):
    return signed_up(Role.FINANCE, name="Fanny Finance")


@pytest.fixture
def batch(use_database):
    now = utc_now()
    with transaction() as session:
        tea, honey = create_payee(session, "Maison du thé"), create_payee(session, "Miel")
        return sent(session, [(tea, 30_97), (honey, 12_34)], now, bank_day_from(local_day(now)))


def opened(person_id, **query):
    at = open_page("/virements", person_id=person_id, query=query)
    assert not at.exception
    return at


def set_file(state, **values):
    with transaction() as session:
        session.execute(sa.update(StoredFile).values(state=state, **values))


def report_of(batch, states):
    told = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{reference_of(payout_id)}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"{'<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>' if status == 'RJCT' else ''}</TxInfAndSts>"
        for payout_id, status in zip(batch.payout_ids, states, strict=True)
    )
    day = local_day(utc_now()).isoformat()
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        f"<GrpHdr><CreDtTm>{day}T08:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{batch.message_id}</OrgnlMsgId></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts>{told}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def states(batch):
    with reading() as session:
        return [session.get_one(Payout, payout_id).state for payout_id in batch.payout_ids]


def button(at, key):
    return next(each for each in at.button if each.key == key)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
def test_who_has_nothing_to_do_with_the_bank_does_not_get_there(signed_up, role):
    at = open_page("/virements", person_id=signed_up(role))
    assert "Virements" not in [header.value for header in at.header]


def test_a_file_is_listed_with_what_the_bank_said_of_it(fanny, batch):
    row = opened(fanny).dataframe[0].value.iloc[0].to_dict()
    assert (row["Remise"], row["Virements"], row["Total"]) == (batch.message_id, "2", "43,31\u00a0€")
    assert row["À la banque"] == "2\u00a0en attente"
    at = opened(fanny, remise=str(batch.batch_id))
    assert list(at.dataframe[1].value["Montant"]) == ["30,97\u00a0€", "12,34\u00a0€"]
    assert set(at.dataframe[1].value["IBAN"]) == {"FR14 •••• •••• 2606"}


def test_without_any_file_the_way_to_one_is_told(fanny):
    assert "Aucun virement n’a encore été transmis" in " ".join(each.value for each in opened(fanny).markdown)


def test_the_bank_s_answer_is_told_before_it_is_noted(fanny, batch):
    at = opened(fanny, importer="oui")
    at.file_uploader[0].upload("retour.xml", report_of(batch, ["ACSC", "RJCT"]), "text/xml").run()
    assert not at.exception
    assert "**1\u00a0payé** · **1\u00a0rejeté**" in " ".join(each.value for each in at.markdown)
    assert list(at.dataframe[0].value["Ce qui suit"]) == ["Sera noté rejeté", "Sera noté payé"]
    assert states(batch) == [PayoutState.EXPORTED, PayoutState.EXPORTED]
    assert button(at, "transfers_apply").label == "Noter 1\u00a0payé et 1\u00a0rejeté"
    button(at, "transfers_apply").click().run()
    assert not at.exception
    assert states(batch) == [PayoutState.PAID, PayoutState.REJECTED]
    # The same file again has nothing to do any more.
    assert "transfers_apply" not in [each.key for each in at.button]
    assert set(at.dataframe[0].value["Ce qui suit"]) == {"Rien à faire"}


def test_another_file_is_refused_in_a_sentence(fanny):
    at = opened(fanny, importer="oui")
    at.file_uploader[0].upload("facture.xml", b"<Invoice/>", "text/xml").run()
    assert "Ce n’est pas une réponse de la banque" in at.error[0].value


def test_a_manager_looks_and_imports_nothing(signed_up, batch):
    manager = signed_up(Role.MANAGER)
    at = opened(manager, importer="oui", remise=str(batch.batch_id))
    assert not at.file_uploader
    assert len(at.dataframe) == 2


def test_a_file_that_failed_says_why_and_is_taken_back(fanny, batch):
    set_file(FileState.FAILED, error="Le titulaire de REV-000001 ne s’écrit pas dans un virement.")
    at = opened(fanny, remise=str(batch.batch_id))
    assert "ne s’écrit pas" in at.error[0].value
    button(at, "transfers_undo").click().run()
    assert "écrivez pourquoi" in at.error[0].value
    at.text_input(key="transfers_undo_reason").input("Nom à corriger").run()
    button(at, "transfers_undo").click().run()
    assert not at.exception
    assert states(batch) == [PayoutState.APPROVED, PayoutState.APPROVED]
    assert "a été retirée" in at.info[0].value


def test_a_file_that_is_ready_is_downloaded_and_not_taken_back(fanny, batch):
    set_file(FileState.READY, name="virements.xml", media_type="application/xml", sha256="0" * 64, size_bytes=1)
    at = opened(fanny, remise=str(batch.batch_id))
    with reading() as session:
        file_id = session.get_one(TransferBatch, batch.batch_id).file_id
    assert f"/fichiers/{file_id}" in str([each.proto for each in at.get("link_button")])
    assert "transfers_undo" not in [each.key for each in at.button]


def test_a_file_that_is_not_there_is_said_so(fanny):
    assert "n’existe pas" in opened(fanny, remise="999999").info[0].value
