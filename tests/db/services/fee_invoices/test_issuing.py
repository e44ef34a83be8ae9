"""The marketplace's fees, invoiced once: with each payout or by the month, whatever happens to the money."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.fee_invoices import FeesWaitError
from db.domain.files import FileKind, FileState
from db.domain.payouts import FeeInvoicing, PayoutState
from db.domain.snapshot import Original
from db.domain.snapshot_json import fees_from_json
from db.engine import reading, transaction
from db.models import FeeDocument, FeeSeries, Payout, PayoutHistory, Seller, StoredFile, TransferBatch
from db.services.fee_invoices.due import DueFees, due_fees, is_due
from db.services.fee_invoices.issue import issue_fees
from db.services.payouts.exporting import export_payouts, undo_export
from db.services.payouts.marking import reject
from tests.conftest import NOW
from tests.db.together import together
from tests.factories import create_payee
from tests.fees import create_house, document, give_back, invoice_all, paid, sell
from tests.payouts import MONDAY, TODAY, approved, finance, history, pays, prepare, shown


class _KilledError(Exception):
    """The worker died before its transaction ended."""


@pytest.fixture
def seller(session: Session) -> Seller:
    create_house(session)
    pays(session, fee_invoicing=FeeInvoicing.PER_PAYOUT)
    return create_payee(session)


def test_the_fee_of_a_payout_is_invoiced_once_it_is_settled(session: Session, seller: Seller) -> None:
    sell(session, seller)
    payout = paid(session, seller)
    version = payout.version
    assert invoice_all(session) == ["FC2026-000001"]
    invoice = document(session, "FC2026-000001")
    # 2.9 % of 31.90 € is 0.93 €, VAT included: 0.93 / 1.2 = 0.775.
    assert (invoice.net_cents, invoice.vat_cents, invoice.gross_cents) == (78, 15, 93)
    assert (invoice.seller_id, invoice.is_credit_note, invoice.cause) == (seller.id, False, f"payout:{payout.id}")
    stated = fees_from_json(invoice.snapshot)
    assert (stated.issuer.name, stated.buyer.company) == ("Place du Marché", "Maison du thé SARL")
    assert (stated.paid_cents, stated.due_cents) == (93, 0)
    assert stated.withheld_words == f"Retenue sur le reversement REV-{payout.id:06d}"
    assert [line.name for line in stated.lines] == ["Commission, 1\u00a0vente"]
    assert (payout.fee_document_id, payout.version) == (invoice.id, version)  # Nobody's act on it is refused for that.
    assert history(session, payout)[-1] == ("invoiced", "Facture FC2026-000001 de 0,93\u00a0€")
    file = session.get_one(StoredFile, invoice.file_id)
    assert (file.kind, file.state, file.seller_id) == (FileKind.FEE_DOCUMENT, FileState.QUEUED, seller.id)
    assert invoice_all(session) == []


def test_what_is_prepared_or_approved_is_not_invoiced(session: Session, seller: Seller) -> None:
    sell(session, seller)
    prepare(session, seller)
    assert due_fees(session, NOW) == []


def test_a_transfer_is_invoiced_once_its_file_is_there(session: Session, seller: Seller) -> None:
    sell(session, seller)
    payout = approved(session, seller)
    batch_id = export_payouts(session, finance(session), [shown(payout)], MONDAY, "first", NOW)
    assert invoice_all(session) == []
    file = session.get_one(StoredFile, session.get_one(TransferBatch, batch_id).file_id)
    file.state, file.sha256 = FileState.READY, "0" * 64
    session.flush()
    assert len(invoice_all(session)) == 1


def test_what_was_taken_out_of_a_file_that_failed_is_invoiced_when_it_leaves_for_good(
    session: Session, seller: Seller
) -> None:
    sell(session, seller)
    payout = approved(session, seller)
    batch_id = export_payouts(session, finance(session), [shown(payout)], MONDAY, "first", NOW)
    session.get_one(StoredFile, session.get_one(TransferBatch, batch_id).file_id).state = FileState.FAILED
    session.flush()
    undo_export(session, finance(session), batch_id, "Fichier refusé", NOW)
    assert invoice_all(session) == []
    paid_later = session.merge(payout)
    assert (paid_later.state, paid_later.fee_document_id) == (PayoutState.APPROVED, None)


def test_a_transfer_that_the_bank_rejects_stays_invoiced_once(session: Session, seller: Seller) -> None:
    sell(session, seller)
    payout = paid(session, seller)
    assert invoice_all(session) == ["FC2026-000001"]
    reject(session, finance(session), payout.id, payout.version, "AM04", "Provision insuffisante", TODAY, NOW)
    again = paid(session, seller)
    assert (again.net_cents, again.fee_cents) == (30_97, 0)
    assert invoice_all(session) == []


def test_more_given_back_than_withheld_is_a_credit_note_that_names_its_invoice(
    session: Session, seller: Seller
) -> None:
    order = sell(session, seller)
    paid(session, seller)
    invoice_all(session)
    give_back(session, order)
    sell(session, seller, 100_00, 50)
    payout = paid(session, seller)
    assert payout.fee_cents == 43  # 0.93 € given back, 0.50 € withheld.
    assert invoice_all(session) == ["AC2026-000001"]
    note = document(session, "AC2026-000001")
    # 0.43 / 1.2 = 0.3583.
    assert (note.net_cents, note.vat_cents, note.gross_cents) == (-36, -7, -43)
    stated = fees_from_json(note.snapshot)
    assert stated.originals == (Original("FC2026-000001", TODAY),)
    assert (stated.paid_cents, stated.due_cents) == (0, 0)
    assert [line.gross_cents for line in stated.lines] == [50, -93]


def test_fees_of_what_is_carried_over_are_invoiced_too(session: Session, seller: Seller) -> None:
    order = sell(session, seller)
    give_back(session, order, 31_90, 50)  # 0.43 € of the fee stay due: the seller owes them.
    payout = prepare(session, seller)
    assert (payout.state, payout.net_cents) == (PayoutState.CARRIED, -43)
    assert invoice_all(session) == ["FC2026-000001"]
    assert document(session, "FC2026-000001").gross_cents == 43


def test_what_was_withheld_and_given_back_alike_is_no_document(session: Session, seller: Seller) -> None:
    order = sell(session, seller, 100_00, 2_90)
    give_back(session, order, 50_00, 2_90)
    payout = paid(session, seller)
    assert payout.fee_cents == 0
    assert due_fees(session, NOW) == []


def test_by_the_month_all_payouts_of_a_seller_are_on_one_invoice(session: Session, seller: Seller) -> None:
    pays(session, fee_invoicing=FeeInvoicing.MONTHLY)
    ids = []
    for cents, fee in ((31_90, 93), (100_00, 2_90)):
        sell(session, seller, cents, fee)
        ids.append(paid(session, seller).id)
    other = create_payee(session)
    sell(session, other)
    paid(session, other)
    assert invoice_all(session) == []  # November is not over.
    december = dt.datetime(2026, 12, 1, 3, 0, tzinfo=dt.UTC)
    assert invoice_all(session, december) == ["FC2026-000001", "FC2026-000002"]
    invoice = document(session, "FC2026-000001")
    # 0.93 + 2.90 = 3.83; 3.83 / 1.2 = 3.1917.
    assert (invoice.gross_cents, invoice.net_cents) == (3_83, 3_19)
    assert invoice.cause == f"month:2026-11:{seller.id}:EUR:{ids[0]}"
    assert fees_from_json(invoice.snapshot).payouts == tuple(f"REV-{each:06d}" for each in ids)
    assert document(session, "FC2026-000002").seller_id == other.id


def test_a_month_is_a_month_of_paris(session: Session, seller: Seller) -> None:
    pays(session, fee_invoicing=FeeInvoicing.MONTHLY)
    sell(session, seller)
    paid(session, seller, dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC))  # 0:30 on 1 December in Paris.
    assert invoice_all(session, dt.datetime(2026, 12, 15, tzinfo=dt.UTC)) == []
    assert len(invoice_all(session, dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC))) == 1


def test_a_number_is_of_the_year_in_paris(session: Session, seller: Seller) -> None:
    sell(session, seller)
    paid(session, seller)
    assert invoice_all(session, dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)) == ["FC2027-000001"]


def test_a_number_is_never_dated_before_the_last_one(session: Session, seller: Seller) -> None:
    sell(session, seller)
    paid(session, seller)
    invoice_all(session)
    sell(session, seller)
    paid(session, seller)
    invoice_all(session, NOW - dt.timedelta(seconds=5))  # The clock of another machine.
    assert document(session, "FC2026-000002").issued_at == NOW


def test_without_the_identity_of_the_marketplace_no_number_is_taken(session: Session, seller: Seller) -> None:
    create_house(session, siren="", city="")
    sell(session, seller)
    paid(session, seller)
    (due,) = due_fees(session, NOW)
    with pytest.raises(FeesWaitError, match="il manque le SIREN et l’adresse"):
        issue_fees(session, SYSTEM, due, NOW)
    assert session.scalar(sa.select(sa.func.count()).select_from(FeeSeries)) == 0


def test_a_french_seller_is_invoiced_at_the_rate_of_the_settings(session: Session, seller: Seller) -> None:
    pays(session, fee_vat_rate_bp=1000)
    sell(session, seller, 100_00, 1_10)
    paid(session, seller)
    invoice_all(session)
    invoice = document(session, "FC2026-000001")
    assert (invoice.net_cents, invoice.vat_cents) == (1_00, 10)


def test_two_workers_invoice_the_same_fees_once(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        create_house(session)
        pays(session)
        for _ in range(5):
            seller = create_payee(session)
            sell(session, seller)
            paid(session, seller)
    with reading(engine) as session:
        due = due_fees(session, NOW)

    def work(fees: list[DueFees]) -> None:
        for each in fees:
            with transaction(engine) as session:
                issue_fees(session, SYSTEM, each, NOW)

    together(lambda: work(due), lambda: work(due[::-1]), lambda: work(due))
    with reading(engine) as session:
        numbers = session.scalars(sa.select(FeeDocument.number).order_by(FeeDocument.number)).all()
        told = session.scalar(sa.select(sa.func.count()).where(PayoutHistory.event == "invoiced"))
    assert (list(numbers), told) == ([f"FC2026-{number:06d}" for number in range(1, 6)], 5)


def test_a_number_is_given_back_with_the_transaction_that_took_it(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        create_house(session)
        pays(session)
        seller = create_payee(session)
        sell(session, seller)
        paid(session, seller)

    def invoice_and_die() -> None:
        with transaction(engine) as session:
            assert invoice_all(session) == ["FC2026-000001"]
            raise _KilledError

    with pytest.raises(_KilledError):
        invoice_and_die()
    with transaction(engine) as session:
        assert invoice_all(session) == ["FC2026-000001"]


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_what_is_due_is_found_by_its_own_index(session: Session) -> None:
    wanted = sa.select(Payout.id).where(*is_due()).order_by(Payout.closed_at, Payout.id)
    said = str(wanted.compile(session.connection(), compile_kwargs={"literal_binds": True}))
    plan = " ".join(row.detail for row in session.execute(sa.text(f"EXPLAIN QUERY PLAN {said}")))
    assert "payouts USING INDEX ix_payouts_uninvoiced" in plan
    assert "TEMP B-TREE" not in plan
