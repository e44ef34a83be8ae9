"""Fees that are invoiced by the month: what is settled late, and what cancels out, is invoiced once all the same."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.files import FileState
from db.domain.payouts import FeeInvoicing
from db.domain.permissions import Role
from db.domain.snapshot_json import fees_from_json
from db.engine import reading, transaction
from db.models import FeeDocument, Payout, Seller, StoredFile, TransferBatch
from db.services.fee_invoices.due import DueFees, due_fees
from db.services.fee_invoices.issue import issue_fees
from db.services.fee_invoices.waiting import waiting_fees
from db.services.payouts.exporting import export_payouts
from tests.conftest import NOW
from tests.db.together import together
from tests.factories import book, create_payee, create_person, viewer_for
from tests.fees import create_house, document, give_back, invoice_all, paid, sell
from tests.payouts import MONDAY, TODAY, approved, finance, pays, shown

OCTOBER = dt.datetime(2026, 10, 15, 12, tzinfo=dt.UTC)
#: After the end of November, the month of NOW.
DECEMBER = dt.datetime(2026, 12, 3, 9, tzinfo=dt.UTC)


@pytest.fixture
def seller(session: Session) -> Seller:
    create_house(session)
    pays(session, fee_invoicing=FeeInvoicing.MONTHLY)
    return create_payee(session)


def exported_in_october(session: Session, seller: Seller) -> tuple[Payout, StoredFile]:
    """A transfer of October whose file is not made yet."""
    sell(session, seller)
    payout = approved(session, seller)
    batch_id = export_payouts(session, finance(session), [shown(payout)], MONDAY, "late", NOW)
    payout.closed_at = OCTOBER
    session.flush()
    return payout, session.get_one(StoredFile, session.get_one(TransferBatch, batch_id).file_id)


def make(session: Session, file: StoredFile) -> None:
    file.state, file.sha256 = FileState.READY, "0" * 64
    session.flush()


def cancel_out(session: Session, seller: Seller) -> list[int]:
    """Two payouts of October: 0,93 € withheld with the one, given back with the other."""
    order = sell(session, seller)
    first = paid(session, seller, OCTOBER)
    book(session, seller, 100_00, TODAY)
    give_back(session, order)
    return [first.id, paid(session, seller, OCTOBER).id]


def why(session: Session, now: dt.datetime) -> str:
    (waiting,) = waiting_fees(session, viewer_for(create_person(session, Role.FINANCE)), now)
    assert not waiting.is_blocked
    return waiting.why


def test_what_is_settled_after_its_month_was_invoiced_gets_a_further_invoice_of_that_month(
    session: Session, seller: Seller
) -> None:
    sell(session, seller)
    paid(session, seller, OCTOBER)
    late, file = exported_in_october(session, seller)
    assert invoice_all(session) == ["FC2026-000001"]
    assert why(session, NOW).startswith("Une fois le fichier de virements prêt")
    make(session, file)
    assert why(session, NOW) == "Dans un instant, d’elles-mêmes."
    assert invoice_all(session) == ["FC2026-000002"]
    invoice = document(session, "FC2026-000002")
    assert (invoice.cause, invoice.gross_cents) == (f"month:2026-10:{seller.id}:EUR:{late.id}", 93)
    assert invoice_all(session) == []


def test_a_month_that_cancels_out_is_invoiced_with_the_sellers_next(session: Session, seller: Seller) -> None:
    ids = cancel_out(session, seller)
    assert invoice_all(session) == []
    assert why(session, NOW).startswith("Retenues et rendues, elles s’annulent à ce jour")
    sell(session, seller, 100_00, 2_90)
    ids.append(paid(session, seller).id)
    assert invoice_all(session) == []
    assert why(session, NOW).startswith("Le 01/12/2026")
    assert invoice_all(session, DECEMBER) == ["FC2026-000001"]
    invoice = document(session, "FC2026-000001")
    # 0.93 − 0.93 + 2.90 = 2.90.
    assert (invoice.gross_cents, invoice.cause) == (2_90, f"month:2026-11:{seller.id}:EUR:{ids[0]}")
    assert fees_from_json(invoice.snapshot).payouts == tuple(f"REV-{each:06d}" for each in ids)
    assert due_fees(session, DECEMBER) == []


def test_two_sellers_whose_months_cancel_out_are_never_on_one_invoice(session: Session, seller: Seller) -> None:
    cancel_out(session, seller)
    other = create_payee(session)
    sell(session, other)
    payout = paid(session, other)
    (due,) = due_fees(session, DECEMBER)
    assert (due.seller_id, due.payout_ids) == (other.id, (payout.id,))


def test_workers_that_saw_different_payouts_of_a_month_invoice_each_once(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        create_house(session)
        pays(session, fee_invoicing=FeeInvoicing.MONTHLY)
        seller = create_payee(session)
        sell(session, seller)
        paid(session, seller, OCTOBER)
        _, file = exported_in_october(session, seller)
        before = due_fees(session, NOW)
        make(session, file)
    with reading(engine) as session:
        after = due_fees(session, NOW)
    assert [len(each.payout_ids) for each in (*before, *after)] == [1, 2]

    def work(seen: list[DueFees]) -> None:
        for each in seen:
            with transaction(engine) as session:
                issue_fees(session, SYSTEM, each, NOW)

    together(lambda: work(before), lambda: work(after), lambda: work(before))
    with transaction(engine) as session:
        invoice_all(session)
        assert due_fees(session, NOW) == []
        stated = [
            reference
            for snapshot in session.scalars(sa.select(FeeDocument.snapshot))
            for reference in fees_from_json(snapshot).payouts
        ]
        ids = session.scalars(sa.select(Payout.id)).all()
    assert sorted(stated) == sorted(f"REV-{each:06d}" for each in ids)
