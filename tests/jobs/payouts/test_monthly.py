"""Each seller of whom something was booked gets the month's statement once: killed, doubled or late, whatever runs."""

import datetime as dt
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.ledger import LedgerKind
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.payout_statements import OfMonth, statement_of_json
from db.emails.rendering import render_batch
from db.engine import reading, transaction
from db.models import OutboxMessage, StoredFile
from db.services.ledger_rows import NewEntry, write_entries
from jobs.payouts import monthly
from jobs.payouts.monthly import send_statements
from jobs.run import Run
from tests.factories import create_payee

ROOT = Path(__file__).parents[3]
SELLERS = 12
NOVEMBER = dt.date(2026, 11, 1)
#: Five in the morning of the first of December, in Paris.
FIRST_NIGHT = dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def first_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monthly, "utc_now", lambda: FIRST_NIGHT)


@pytest.fixture
def seller_ids(engine: sa.Engine) -> list[int]:
    """Sellers that sold for 31,90 € in October and for 100,00 € in November; one more has no address, one no sale."""
    with transaction(engine) as session:
        told = [create_payee(session, f"Vendeur {n}", email=f"v{n}@example.org") for n in range(SELLERS)]
        silent = create_payee(session, "Sans adresse")
        create_payee(session, "Sans vente", email="rien@example.org")
        for seller in (*told, silent):
            for month, cents in ((10, 31_90), (11, 100_00)):
                at = dt.datetime(2026, month, 15, 9, tzinfo=dt.UTC)
                cause = f"monthly:{seller.id}:{month}"
                write_entries(
                    session,
                    [NewEntry(seller.id, "EUR", LedgerKind.SALE, cents, cause, at, "Système", due_on=at.date())],
                )
        return [seller.id for seller in told]


def run(engine: sa.Engine) -> int:
    return send_statements(Run(engine, "test", Event()))


def told(engine: sa.Engine) -> list[OutboxMessage]:
    with reading(engine) as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.recipient)))


def test_each_seller_of_the_month_is_written_to_once_however_often_it_runs(
    engine: sa.Engine, seller_ids: list[int]
) -> None:
    assert run(engine) == SELLERS
    assert run(engine) == 0
    letters = told(engine)
    assert {letter.recipient for letter in letters} == {f"v{n}@example.org" for n in range(SELLERS)}
    assert {(letter.template, letter.state) for letter in letters} == {
        (EmailTemplate.SELLER_STATEMENT, OutboxState.QUEUED)
    }
    with reading(engine) as session:
        files = list(session.scalars(sa.select(StoredFile)))
        assert {statement_of_json(file.arguments) for file in files} == {OfMonth(each, NOVEMBER) for each in seller_ids}
        assert {letter.attachments[0]["statement_file"] for letter in letters if letter.attachments} == {
            str(file.id) for file in files
        }


@pytest.mark.usefixtures("seller_ids")
def test_the_email_says_what_the_month_adds_up_from(engine: sa.Engine) -> None:
    run(engine)
    letter = told(engine)[0]
    with reading(engine) as session:
        text = render_batch(session, [letter], FIRST_NIGHT)[letter.id].text
    for said in (
        "Bonjour Vendeur 0,",
        "novembre 2026",
        "Solde au 01/11/2026\u00a0: 31,90\u00a0€",
        "Ventes\u00a0: 100,00\u00a0€",
        "Solde au 30/11/2026\u00a0: 131,90\u00a0€",
    ):
        assert said in text, said


def test_a_worker_that_was_away_on_the_first_sends_them_later(
    engine: sa.Engine, seller_ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monthly, "utc_now", lambda: FIRST_NIGHT + dt.timedelta(days=20))
    assert run(engine) == len(seller_ids)
    monkeypatch.setattr(monthly, "utc_now", lambda: FIRST_NIGHT + dt.timedelta(days=35))
    assert run(engine) == 0  # In December nothing was booked.


def test_two_workers_at_once_send_what_one_would(engine: sa.Engine, seller_ids: list[int]) -> None:
    workers = [Thread(target=run, args=(engine,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(told(engine)) == len(seller_ids)


_KILLED = """
import datetime as dt, os, signal, sys
from threading import Event
from db.engine import make_engine
from jobs.payouts import monthly
from jobs.run import Run

left = int(sys.argv[2])
honest = monthly.send_statement

def send_statement(session, *args):
    global left
    honest(session, *args)
    left -= 1
    if not left:  # Its transaction is not committed yet.
        os.kill(os.getpid(), signal.SIGKILL)

monthly.send_statement = send_statement
monthly.utc_now = lambda: dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)
monthly.send_statements(Run(make_engine(sys.argv[1]), "killed", Event()))
"""


def test_a_run_that_is_killed_is_gone_on_with(database_url: str, engine: sa.Engine, seller_ids: list[int]) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, database_url, "5"], cwd=ROOT, check=False, capture_output=True
    )
    assert killed.returncode < 0, killed.stderr.decode()
    assert len(told(engine)) == 4  # The fifth was rolled back with its transaction.
    assert run(engine) == len(seller_ids) - 4
    assert len(told(engine)) == len(seller_ids)


def test_a_statement_that_cannot_be_sent_keeps_no_other_back_and_is_sent_later(
    engine: sa.Engine, seller_ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = monthly.send_statement

    def fail_on_the_first(session: Session, wanted: OfMonth, now: dt.datetime) -> None:
        honest(session, wanted, now)
        if wanted.seller_id == seller_ids[0]:
            raise ValueError

    monkeypatch.setattr(monthly, "send_statement", fail_on_the_first)
    assert run(engine) == len(seller_ids) - 1
    monkeypatch.setattr(monthly, "send_statement", honest)
    assert run(engine) == 1
    assert len(told(engine)) == len(seller_ids)
