"""The file of transfers: conform, readable on the sellers' statements, the same for the same batch, or none."""

import datetime as dt
import hashlib
import io
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa
import xmlschema

from db.domain.files import FileState
from db.domain.payouts import PayoutState, reference_of
from db.engine import reading, transaction
from db.models import Payout, Seller, StoredFile, TransferBatch
from db.queries.transfers import BatchFacts, Transfer
from db.services.payouts.exporting import undo_export
from db.storage import storage_at
from jobs.files import make_files
from jobs.makers import Made
from jobs.payouts import transfers as maker
from jobs.payouts.pain001 import TransfersRefusedError, transfer_file
from jobs.payouts.transfers import make_transfers
from jobs.payouts.wording import remittance, sepa_text
from jobs.run import Run
from tests.factories import IBAN, create_payee
from tests.jobs.payouts.batches import DEBTOR_IBAN, Sent, finance, sent

#: A Thursday on which banks settle.
NOW = dt.datetime(2026, 11, 19, 9, 30, tzinfo=dt.UTC)
TODAY = NOW.date()
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
BATCH = BatchFacts(
    "VIR-20261119-000007", dt.date(2026, 11, 20), "Les Halles & Cie", DEBTOR_IBAN, "", "EUR", 1, 30_97, NOW, None
)
ONE = Transfer(
    12, PayoutState.EXPORTED, 30_97, "Maison du thé SARL", IBAN, "", "Maison du thé",
    dt.date(2026, 11, 3), dt.date(2026, 11, 17),
)  # fmt: skip


def text(content: bytes, path: str) -> str:
    found = ET.fromstring(content).findtext(f".//{path}", namespaces=NS)
    assert found is not None, path
    return found


def make(engine: sa.Engine, batch: Sent) -> tuple[Made, bytes]:
    out = io.BytesIO()
    made = make_transfers(engine, {"batch_id": batch.batch_id}, out, lambda _done: None)
    return made, out.getvalue()


def test_a_transfer_says_what_the_seller_reads_on_its_statement() -> None:
    assert (
        remittance("REV-000012", "Maison du thé", ONE.first_on, ONE.last_on)
        == "REV-000012 Maison du the 03/11-17/11/2026"
    )
    assert remittance("REV-000012", "Thé", dt.date(2026, 11, 3), dt.date(2026, 11, 3)) == "REV-000012 The 03/11/2026"
    over_new_year = remittance("REV-000012", "Thé", dt.date(2026, 12, 30), dt.date(2027, 1, 4))
    assert over_new_year == "REV-000012 The 30/12/2026-04/01/2027"
    assert remittance("REV-000012", "Thé", None, None) == "REV-000012 The"


def test_a_long_name_is_cut_and_never_the_reference_or_the_days() -> None:
    said = remittance("REV-000012", "Très long " * 30, ONE.first_on, ONE.last_on)
    assert len(said) == 140
    assert said.startswith("REV-000012 Tres long")
    assert said.endswith(" 03/11-17/11/2026")


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("Maison du thé & Cie", "Maison du the + Cie"),
        ("Œufs « d’Été » – 12 €", "OEufs d'Ete - 12 EUR"),
        ("//Slash//es/", "Slash/es"),
        ("Ελλάδα", "Ellada"),
        ("a\n<b>_c", "a b c"),
        ("🍵", ""),
    ],
)
def test_a_name_is_written_in_the_characters_that_banks_take(written: str, taken: str) -> None:
    assert sepa_text(written, 70) == taken


def test_the_file_is_one_that_the_schema_of_iso_20022_takes(shared_data: Path) -> None:
    content = transfer_file(BATCH, [ONE])
    xmlschema.XMLSchema(str(shared_data / "pain" / "pain.001.001.09.xsd")).validate(content.decode())
    assert text(content, "p:MsgId") == text(content, "p:PmtInfId") == "VIR-20261119-000007"
    # 9:30 UTC, in Paris in November.
    assert text(content, "p:CreDtTm") == "2026-11-19T10:30:00"
    assert (text(content, "p:GrpHdr/p:NbOfTxs"), text(content, "p:GrpHdr/p:CtrlSum")) == ("1", "30.97")
    assert text(content, "p:ReqdExctnDt/p:Dt") == "2026-11-20"
    assert (text(content, "p:Dbtr/p:Nm"), text(content, "p:DbtrAcct/p:Id/p:IBAN")) == ("Les Halles + Cie", DEBTOR_IBAN)
    assert text(content, "p:DbtrAgt/p:FinInstnId/p:Othr/p:Id") == "NOTPROVIDED"
    assert text(content, "p:EndToEndId") == "REV-000012"
    assert (text(content, "p:InstdAmt"), text(content, "p:Cdtr/p:Nm")) == ("30.97", "Maison du the SARL")
    assert text(content, "p:Ustrd") == "REV-000012 Maison du the 03/11-17/11/2026"
    assert text(content, "p:SvcLvl/p:Cd") == "SEPA"
    # Each payout is a line of its own on the account's statement.
    assert text(content, "p:BtchBookg") == "false"


def test_a_bic_is_written_where_it_is_one() -> None:
    content = transfer_file(replace(BATCH, debtor_bic="COBADEFFXXX"), [replace(ONE, bic="PSSTFRPP")])
    assert text(content, "p:DbtrAgt/p:FinInstnId/p:BICFI") == "COBADEFFXXX"
    assert text(content, "p:CdtrAgt/p:FinInstnId/p:BICFI") == "PSSTFRPP"
    wrong = transfer_file(BATCH, [replace(ONE, bic="Banque postale")])
    assert b"BICFI" not in wrong


def test_the_same_batch_makes_the_same_bytes() -> None:
    assert transfer_file(BATCH, [ONE]) == transfer_file(BATCH, [ONE])


@pytest.mark.parametrize(
    ("transfer", "sentence"),
    [
        (replace(ONE, holder="🍵"), "Le titulaire de REV-000012 ne s’écrit pas"),
        (replace(ONE, iban="FR00"), "n’est pas conforme"),
        (replace(ONE, net_cents=-1), "n’est pas conforme"),
    ],
)
def test_what_no_bank_would_take_makes_no_file(transfer: Transfer, sentence: str) -> None:
    with pytest.raises(TransfersRefusedError, match=sentence):
        transfer_file(BATCH, [transfer])


def test_the_worker_writes_what_was_transmitted(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maker, "_READ_AT_ONCE", 1)  # More than one piece.
    with transaction(engine) as session:
        tea = create_payee(session, "Maison du thé")
        honey = create_payee(session, "Miel", account_holder="Léa Miel")
        batch = sent(session, [(tea, 30_97), (honey, 1_234_56)], NOW)
    made, content = make(engine, batch)
    assert (made.rows, made.name) == (2, f"virements-{batch.message_id}.xml")
    assert text(content, "p:GrpHdr/p:CtrlSum") == "1265.53"
    written = [each.text for each in ET.fromstring(content).iterfind(".//p:EndToEndId", NS)]
    assert written == [reference_of(payout_id) for payout_id in batch.payout_ids]
    names = [each.text for each in ET.fromstring(content).iterfind(".//p:Cdtr/p:Nm", NS)]
    assert names == ["Maison du the SARL", "Lea Miel"]
    # The order was placed two weeks before 19 November.
    assert text(content, "p:Ustrd").endswith(" Maison du the 05/11/2026")
    assert make(engine, batch)[1] == content


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (sa.update(Payout).values(state=PayoutState.PAID, paid_on=TODAY), "Plus rien n’est à payer de REV-"),
        (sa.update(Payout).values(iban="FR7630006000011234567890180"), "L’IBAN approuvé de REV-"),
        (
            sa.update(TransferBatch).values(total_cents=1),
            "compte 1\u00a0virement pour 0,01\u00a0€, mais il s’y trouve 1 pour",
        ),
        (sa.update(TransferBatch).values(undone_at=NOW), "a été retirée"),
    ],
)
def test_a_batch_that_is_not_as_it_was_ordered_makes_no_file(
    engine: sa.Engine, change: sa.Update, sentence: str
) -> None:
    with transaction(engine) as session:
        batch = sent(session, [(create_payee(session), 30_97)], NOW)
        session.execute(change)
    with pytest.raises(TransfersRefusedError, match=sentence):
        make(engine, batch)


def test_a_seller_that_is_renamed_later_is_paid_under_the_name_that_was_approved(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        batch = sent(session, [(create_payee(session), 30_97)], NOW)
        session.execute(sa.update(Seller).values(legal_name="Autre SARL", iban="BE68539007547034"))
    content = make(engine, batch)[1]
    assert (text(content, "p:Cdtr/p:Nm"), text(content, "p:CdtrAcct/p:Id/p:IBAN")) == ("Maison du the SARL", IBAN)


def file_of(engine: sa.Engine, batch: Sent) -> StoredFile:
    with reading(engine) as session:
        file_id = session.get_one(TransferBatch, batch.batch_id).file_id
        row = session.get_one(StoredFile, file_id)
        session.expunge(row)
        return row


def test_the_file_is_stored_once_with_its_hash(engine: sa.Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        batch = sent(session, [(create_payee(session), 30_97)], NOW)
    place = storage_at(f"file://{tmp_path}")
    assert make_files(Run(engine, "worker", Event()), place=place) == 1
    kept = file_of(engine, batch)
    with place.open(kept.ref) as stored:
        content = stored.read()
    assert (kept.state, kept.sha256) == (FileState.READY, hashlib.sha256(content).hexdigest())
    assert content == make(engine, batch)[1]


def test_what_cannot_be_written_fails_with_its_sentence_and_leaves_nothing(engine: sa.Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        batch = sent(session, [(create_payee(session), 30_97), (create_payee(session, legal_name="🍵"), 1_00)], NOW)
    assert make_files(Run(engine, "worker", Event()), place=storage_at(f"file://{tmp_path}")) == 1
    kept = file_of(engine, batch)
    assert (kept.state, kept.tries) == (FileState.FAILED, 1)
    assert "ne s’écrit pas dans un virement" in kept.error
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    with transaction(engine) as session:
        undo_export(session, finance(session), batch.batch_id, "Nom à corriger", NOW)
    with reading(engine) as session:
        assert {session.get_one(Payout, each).state for each in batch.payout_ids} == {PayoutState.APPROVED}
