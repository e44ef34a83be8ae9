"""A bank by others (mock-bank) takes our file, and we take its answers: accepted, rejected, paid, doubled, returned."""

import datetime as dt
import io
import json
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from urllib.error import HTTPError

import pytest
import sqlalchemy as sa
from mockbank.server import Config, make_server

from db.domain.bank_files import read_report
from db.domain.bank_matching import Verdict
from db.domain.bank_reports import BankReport
from db.domain.ledger import LedgerKind
from db.domain.payouts import PayoutState, reference_of
from db.engine import reading, transaction
from db.models import LedgerEntry, Payout
from db.services.payouts.bank_report import ReportApplied, apply_report, plan_report
from jobs.payouts.transfers import make_transfers
from tests.factories import create_payee
from tests.jobs.payouts.batches import DEBTOR_IBAN, Sent, finance, sent

#: A Thursday, on which the file is sent; the bank is to pay on Friday.
NOW = dt.datetime(2026, 11, 19, 9, 30, tzinfo=dt.UTC)
FRIDAY = dt.date(2026, 11, 20)
AFTER_A_WEEK = NOW + dt.timedelta(days=8)
#: Example of the registry of IBANs, Belgium; the bank of the test holds it, closed.
CLOSED_IBAN = "BE68539007547034"
PAID, CLOSED = 0, 1  # Which payout of the batch is which.


class Bank:
    """The bank, as its customers reach it."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self.ask("POST", "/_mock/accounts", {"id": "US", "iban": DEBTOR_IBAN, "balance": 100_000_00, "name": "Halles"})
        closed = {"id": "THEM", "iban": CLOSED_IBAN, "behaviour": "closed-account", "name": "Miel"}
        self.ask("POST", "/_mock/accounts", closed)

    def ask(self, method: str, path: str, body: object = None) -> object:
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self._url + path, content, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                said, kind = answer.read(), answer.headers.get_content_type()
        except HTTPError as error:
            if error.code != HTTPStatus.UNPROCESSABLE_ENTITY:  # A refused file is an answer, too.
                raise
            said, kind = error.read(), error.headers.get_content_type()
        return json.loads(said) if kind == "application/json" else said.decode().strip()

    def reports(self, kind: str) -> list[BankReport]:
        """Take what the bank has to say, as its own files."""
        found = self.ask("GET", f"/_mock/mailbox?type={kind}")
        assert isinstance(found, list)
        return [read_report(message["body"].encode()) for message in found]


@pytest.fixture
def bank() -> Iterator[Bank]:
    server = make_server(Config(port=0, quiet=True, clock="2026-11-19T09:30"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Bank(server.server_address[1])
    server.shutdown()
    server.server_close()


@pytest.fixture
def batch(engine: sa.Engine) -> Sent:
    with transaction(engine) as session:
        good, closed = create_payee(session, "Maison du thé"), create_payee(session, "Miel", iban=CLOSED_IBAN)
        return sent(session, [(good, 30_97), (closed, 12_34)], NOW, FRIDAY)


def file_of(engine: sa.Engine, batch: Sent) -> bytes:
    out = io.BytesIO()
    make_transfers(engine, {"batch_id": batch.batch_id}, out, lambda _done: None)
    return out.getvalue()


def apply(engine: sa.Engine, reports: list[BankReport], now: dt.datetime = AFTER_A_WEEK) -> list[ReportApplied]:
    with transaction(engine) as session:
        actor = finance(session)
        return [apply_report(session, actor, report, now) for report in reports]


def payouts(engine: sa.Engine, batch: Sent) -> list[Payout]:
    with reading(engine) as session:
        return [session.get_one(Payout, payout_id) for payout_id in batch.payout_ids]


def states(engine: sa.Engine, batch: Sent) -> list[PayoutState]:
    return [payout.state for payout in payouts(engine, batch)]


def balance(engine: sa.Engine, payout_id: int) -> int:
    """What the seller of a payout is owed."""
    with reading(engine) as session:
        seller_id = session.get_one(Payout, payout_id).seller_id
        total = sa.select(sa.func.sum(LedgerEntry.amount_cents)).where(LedgerEntry.seller_id == seller_id)
        return int(session.execute(total).scalar_one())


def test_the_bank_finds_nothing_wrong_in_our_file(engine: sa.Engine, bank: Bank, batch: Sent) -> None:
    said = bank.ask("POST", "/_mock/validate", file_of(engine, batch))
    assert said == f"pain.001.001.09 {batch.message_id}: 1 batch, 2 payments, 0 findings"


def test_what_the_bank_rejects_is_due_again_and_what_it_debits_is_paid(
    engine: sa.Engine, bank: Bank, batch: Sent
) -> None:
    bank.ask("POST", "/payments", file_of(engine, batch))
    (status,) = bank.reports("pain.002")
    assert apply(engine, [status]) == [ReportApplied(0, 1, ())]
    assert states(engine, batch) == [PayoutState.EXPORTED, PayoutState.REJECTED]
    rejected = payouts(engine, batch)[CLOSED]
    assert rejected.rejection == "AC04 – Compte clos"
    assert (balance(engine, batch.payout_ids[PAID]), balance(engine, rejected.id)) == (0, 12_34)

    bank.ask("POST", "/_mock/advance?to=2026-11-23")
    (statement,) = [each for each in bank.reports("camt.053") if each.answers]
    assert apply(engine, [statement]) == [ReportApplied(1, 0, ())]
    paid = payouts(engine, batch)[PAID]
    assert (paid.state, paid.paid_on) == (PayoutState.PAID, FRIDAY)


def test_the_same_report_twice_changes_nothing(engine: sa.Engine, bank: Bank, batch: Sent) -> None:
    bank.ask("POST", "/payments", file_of(engine, batch))
    status = bank.reports("pain.002")
    bank.ask("POST", "/_mock/advance?to=2026-11-23")
    # The same debit, as a notification and on the statement.
    reports = status + bank.reports("camt.054") + bank.reports("camt.053")
    apply(engine, reports)
    versions = [payout.version for payout in payouts(engine, batch)]
    again = apply(engine, reports)
    assert set(again) == {ReportApplied(0, 0, ())}
    assert [payout.version for payout in payouts(engine, batch)] == versions


def test_a_file_that_is_sent_twice_makes_nothing_due_that_is_paid(engine: sa.Engine, bank: Bank, batch: Sent) -> None:
    content = file_of(engine, batch)
    bank.ask("POST", "/payments", content)
    bank.reports("pain.002")
    bank.ask("POST", "/payments", content)
    (refused,) = bank.reports("pain.002")
    assert [answer.code for answer in refused.answers] == ["DUPL"]
    with reading(engine) as session:
        planned = plan_report(session, finance(session), refused, NOW)
    assert [(line.reference, line.verdict) for line in planned.lines] == [(batch.message_id, Verdict.LOOK)]
    assert "le premier envoi vaut toujours" in planned.lines[0].sentence
    assert apply(engine, [refused]) == [ReportApplied(0, 0, ())]
    assert states(engine, batch) == [PayoutState.EXPORTED, PayoutState.EXPORTED]


def test_money_that_comes_back_days_later_is_due_again(engine: sa.Engine, bank: Bank, batch: Sent) -> None:
    late = {"days": 2, "reason": "MD07", "end_to_end_id": reference_of(batch.payout_ids[PAID])}
    bank.ask("PATCH", "/_mock/accounts/US", {"behaviour": "return-later", "parameters": late})
    bank.ask("POST", "/payments", file_of(engine, batch))
    bank.ask("POST", "/_mock/advance?to=2026-11-23")
    apply(engine, bank.reports("camt.053"))
    assert states(engine, batch)[PAID] is PayoutState.PAID
    # Two business days after Friday 20 November: Tuesday 24 November.
    bank.ask("POST", "/_mock/advance?to=2026-11-26")
    apply(engine, bank.reports("camt.053"))
    returned = payouts(engine, batch)[PAID]
    assert (returned.state, returned.rejection) == (PayoutState.REJECTED, "MD07 – Titulaire décédé")
    assert balance(engine, returned.id) == 30_97
    with reading(engine) as session:
        back = session.scalars(sa.select(LedgerEntry).where(LedgerEntry.payout_id == returned.id)).all()
    assert sorted((entry.kind, entry.amount_cents) for entry in back) == [
        (LedgerKind.BANK_REJECTION, 30_97),
        (LedgerKind.PAYOUT, -30_97),
    ]


def test_a_whole_file_that_the_bank_refuses_is_due_again(engine: sa.Engine, bank: Bank, batch: Sent) -> None:
    bank.ask("PATCH", "/_mock/accounts/US", {"behaviour": "reject-file"})
    bank.ask("POST", "/payments", file_of(engine, batch))
    assert apply(engine, bank.reports("pain.002")) == [ReportApplied(0, 2, ())]
    assert {payout.rejection for payout in payouts(engine, batch)} == {"FF01 – Format de fichier incorrect"}


def test_two_people_who_import_the_same_answer_at_once_note_it_once(engine: sa.Engine, bank: Bank, batch: Sent) -> None:
    bank.ask("POST", "/payments", file_of(engine, batch))
    (status,) = bank.reports("pain.002")
    together = threading.Barrier(2)

    def import_it(_person: int) -> list[ReportApplied]:
        together.wait(timeout=30)
        return apply(engine, [status])

    with ThreadPoolExecutor(2) as people:
        both = [applied for done in people.map(import_it, range(2)) for applied in done]
    assert sum(each.rejected for each in both) == 1
    assert balance(engine, batch.payout_ids[CLOSED]) == 12_34
