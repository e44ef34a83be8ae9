"""The reports as files: a FEC that an independent reader finds sound, and lists that add up to what is on screen."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
import python_calamine
import sqlalchemy as sa

from db.domain.accounting import Account, Chart
from db.domain.accounting_reports import AccountingFilter, Report
from db.domain.actor import Actor
from db.domain.document_filter import ListFormat
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.files import FileKind
from db.domain.ledger import LedgerKind
from db.domain.orders import PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.permissions import Role
from db.domain.time import local_day
from db.engine import transaction
from db.models import (
    FeeDocument,
    FeeSeries,
    LedgerEntry,
    Marketplace,
    MonthClosing,
    Payment,
    Person,
    Seller,
    StoredFile,
)
from db.queries.accounting import money_journal
from db.queries.accounting.balance import trial_balance
from db.queries.accounting.periods import Days
from db.services.accounting import ask_for_fec, ask_for_report
from db.services.ledger_rows import NewEntry, write_entries
from jobs.accounting.make import make_accounting
from jobs.makers import Made
from tests.conftest import NOW
from tests.factories import ADMIN, create_line, create_order, create_person, create_seller, viewer_for
from tests.fec_reader import read_fec

#: 23:30 in Paris on New Year's Eve.
EVE = dt.datetime(2025, 12, 31, 22, 30, tzinfo=dt.UTC)
K = LedgerKind


def made(engine: sa.Engine, file_id: int) -> tuple[Made, bytes]:
    with transaction(engine) as session:
        arguments = dict(session.get_one(StoredFile, file_id).arguments)
    out = io.BytesIO()
    return make_accounting(engine, arguments, out, lambda _done: None), out.getvalue()


def clerk(session: sa.orm.Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.FINANCE)))


def invoice_fees(session: sa.orm.Session, seller: Seller, net: int, vat: int, at: dt.datetime) -> None:
    """The invoice of a seller's fees, as the job that issues them leaves it."""
    file = StoredFile(kind=FileKind.FEE_DOCUMENT, title="FC2025-000001", arguments={}, asked_at=at)
    series = FeeSeries(code="FC2025", year=2025, last_hash="")
    session.add_all([file, series])
    session.flush()
    day = local_day(at)
    amounts = {"net_cents": net, "vat_cents": vat, "gross_cents": net + vat, "currency": "EUR"}
    days = {"first_on": day, "last_on": day, "issued_at": at, "issued_on": day}
    ours = {"series_id": series.id, "sequence": 1, "number": "FC2025-000001", "cause": "fec:1", "file_id": file.id}
    none = {"is_credit_note": False, "snapshot": {}, "previous_hash": "", "content_hash": ""}
    session.add(FeeDocument(seller_id=seller.id, **amounts, **days, **ours, **none))


@pytest.fixture
def house(engine: sa.Engine) -> None:
    """Two sellers, and what became of three orders; by hand below."""
    with transaction(engine) as session:
        session.add(Marketplace(id=1, name="Le Marché", siren="832000000"))
        honey, tea = (create_seller(session, name, code=code) for name, code in (("Miel\tfin", "MIEL"), ("Thé", "THE")))
        old = create_order(session, honey, number="A-1", total_cents=100_00)
        new = create_order(
            session,
            tea,
            number="A-2",
            total_cents=30_00,
            lines=[create_line(total_cents=20_00), create_line(total_cents=10_00, vat_rate_bp=2000)],
        )
        for order, cents, at, method in (
            (old, 100_00, EVE, PaymentMethod.CARD),
            (new, 30_00, EVE + dt.timedelta(hours=1), PaymentMethod.CHEQUE),
        ):
            row = {"state": PaymentRecordState.CAPTURED, "booked_at": at, "received_at": at}
            session.add(Payment(order_id=order.id, kind=PaymentKind.PAYMENT, method=method, amount_cents=cents, **row))
        late = EVE + dt.timedelta(days=2)
        back = {"state": PaymentRecordState.CAPTURED, "booked_at": late, "received_at": late}
        session.add(
            Payment(order_id=new.id, kind=PaymentKind.REFUND, method=PaymentMethod.TRANSFER, amount_cents=9_00, **back)
        )
        entries = [
            (honey, K.SALE, 100_00, EVE, old.id),
            (honey, K.FEE, -2_90, EVE, old.id),
            (tea, K.SALE, 30_00, late, new.id),
            (tea, K.FEE, -87, late, new.id),
            (tea, K.REFUND, -9_00, late, new.id),
            (tea, K.FEE_BACK, 26, late, new.id),
            (tea, K.CORRECTION, 1_00, late, None),
        ]
        write_entries(
            session,
            [
                NewEntry(seller.id, "EUR", kind, cents, f"fec:{at}:{kind}", at, "Système", None, order_id=order_id)
                for seller, kind, cents, at, order_id in entries
            ],
        )


@pytest.mark.usefixtures("house")
def test_the_fec_of_each_year_is_sound_and_owes_sellers_what_the_ledger_does(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        actor = clerk(session)
        old, new = (ask_for_fec(session, actor, day, NOW) for day in (dt.date(2025, 5, 1), dt.date(2026, 5, 1)))
    closed, content = made(engine, old)
    before = read_fec(closed.name, content)
    assert closed.name == "832000000FEC20251231.txt"
    # Of 2025: 100.00 by card, the sale, its fee of 2.90.
    assert [row["EcritureNum"] for row in before.rows] == ["1", "1", "2", "2", "3", "3"]
    assert before.balance("512100") == Decimal("100.00")
    assert before.balance("467100", "MIEL") == Decimal("-97.10")
    assert {row["CompAuxLib"] for row in before.rows} == {"", "Miel fin"}
    current, content = made(engine, new)
    after = read_fec(current.name, content)
    # Of 2026: 30.00 by cheque, 9.00 given back by transfer; 30.00 − 0.87 − 9.00 + 0.26 + 1.00 is owed.
    assert after.balance("511200") == Decimal("30.00")
    assert after.balance("512000") == Decimal("-9.00")
    assert after.balance("467100", "THE") == Decimal("-21.39")
    assert after.balance("467200") == 0
    # Nothing of either year is closed: all of it is a draft.
    assert {row["ValidDate"] for row in (*before.rows, *after.rows)} == {""}
    with transaction(engine) as session:
        owed = dict(
            session.execute(
                sa.select(Seller.code, sa.func.sum(LedgerEntry.amount_cents))
                .join(Seller, Seller.id == LedgerEntry.seller_id)
                .group_by(Seller.code)
            ).all()
        )
    for code, cents in owed.items():
        assert -after.balance("467100", code) * 100 == int(cents)


@pytest.mark.usefixtures("house")
def test_a_year_begins_with_what_the_years_before_left(engine: sa.Engine) -> None:
    """By hand, of 2025: 100.00 by card, sold by Miel, 2.90 kept as fee and invoiced (2.42 + 0.48); 5.00 to its favour.

    So 512100 holds 100.00; Miel is owed 100.00 − 2.90 + 5.00 = 102.10 (467100) and owes 2.90 − 2.90 = 0 of fees
    (411000: no line); 0.48 of VAT is due; fees of 2.42 less 5.00 are a loss of 2.58 (119000).
    100.00 + 2.58 = 102.10 + 0.48.
    """
    with transaction(engine) as session:
        honey = session.scalars(sa.select(Seller).where(Seller.code == "MIEL")).one()
        write_entries(
            session, [NewEntry(honey.id, "EUR", K.CORRECTION, 5_00, "fec:gift", EVE, "Système", None, order_id=None)]
        )
        invoice_fees(session, honey, 2_42, 48, EVE)
        actor = clerk(session)
        old, new = (ask_for_fec(session, actor, day, NOW) for day in (dt.date(2025, 5, 1), dt.date(2026, 5, 1)))
    closed, current = (made(engine, file_id) for file_id in (old, new))
    before, after = read_fec(closed[0].name, closed[1]), read_fec(current[0].name, current[1])
    assert "AN" not in {row["JournalCode"] for row in before.rows}
    opening = [row for row in after.rows if row["JournalCode"] == "AN"]
    assert {(row["EcritureNum"], row["JournalLib"], row["EcritureDate"]) for row in opening} == {
        ("1", "À nouveaux", "20260101")
    }
    assert [(row["CompteNum"], row["CompAuxNum"], row["Debit"], row["Credit"]) for row in opening] == [
        ("467100", "MIEL", "0,00", "102,10"),
        ("445710", "", "0,00", "0,48"),
        ("512100", "", "100,00", "0,00"),
        ("119000", "", "2,58", "0,00"),
    ]
    # 2026 ends with what both years come to: THE's 21.39, and 1.00 of charges of its own.
    assert after.balance("467100") == Decimal("-123.49")
    assert (after.balance("658000"), after.balance("706000")) == (Decimal("1.00"), 0)
    assert sum((after.balance(number) for number in {row["CompteNum"] for row in after.rows}), Decimal(0)) == 0
    with transaction(engine) as session:
        screen = trial_balance(session, ADMIN, Days(dt.date(2026, 1, 1), NOW.date()), "EUR")
        numbers = Chart()
        shown = {numbers.number(each.account): Decimal(each.balance_cents) / 100 for each in screen}
    assert shown == {number: after.balance(number) for number in {row["CompteNum"] for row in after.rows}}
    (sellers,) = (each for each in screen if each.account is Account.SELLERS)
    # 467100 of 2026: 102.10 owed; 0.87 + 9.00 debited; 30.00 + 0.26 + 1.00 credited.
    assert (sellers.opening_cents, sellers.debit_cents, sellers.credit_cents) == (-102_10, 9_87, 31_26)


@pytest.mark.usefixtures("house")
def test_entries_are_validated_the_day_their_month_was_closed(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        december = dt.date(2025, 12, 1)
        bounds = {"starts_at": EVE - dt.timedelta(days=31), "ends_at": EVE + dt.timedelta(minutes=30)}
        # 23:30 UTC on 9 January is 00:30 of the 10th in Paris.
        at = dt.datetime(2026, 1, 9, 23, 30, tzinfo=dt.UTC)
        said = {"person_name": "Finance", "figures": {}, "previous_hash": "", "content_hash": "x"}
        session.add(MonthClosing(month=december, closed_at=at, **bounds, **said))
        actor = clerk(session)
        old, new = (ask_for_fec(session, actor, day, NOW) for day in (dt.date(2025, 5, 1), dt.date(2026, 5, 1)))
        titles = [session.get_one(StoredFile, file_id).title for file_id in (old, new)]
    assert titles == ["832000000FEC20251231.txt", "832000000FEC20261231.txt (provisoire, jusqu’au 20/11/2026)"]
    for file_id, days in ((old, {"20260110"}), (new, {""})):
        done, content = made(engine, file_id)
        assert {row["ValidDate"] for row in read_fec(done.name, content).rows} == days


@pytest.mark.usefixtures("house")
def test_a_year_that_is_not_over_goes_up_to_yesterday(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        actor = clerk(session)
        file_id = ask_for_fec(session, actor, NOW.date(), NOW)
        wanted = session.get_one(StoredFile, file_id)
        assert wanted.title == "832000000FEC20261231.txt (provisoire, jusqu’au 20/11/2026)"
        with pytest.raises(InvalidInputError, match="attendez demain"):
            ask_for_fec(session, actor, dt.date(2027, 1, 1), NOW)


@pytest.mark.usefixtures("house")
def test_the_journal_of_money_tells_each_rate_and_adds_up(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(money_journal, "_READ_AT_ONCE", 2)  # More than one piece.
    wanted = AccountingFilter(dt.date(2025, 12, 1), dt.date(2026, 1, 31))
    with transaction(engine) as session:
        actor = clerk(session)
        as_csv, as_xlsx = (
            ask_for_report(session, actor, Report.MONEY, wanted, form, NOW)
            for form in (ListFormat.CSV, ListFormat.XLSX)
        )
    done, content = made(engine, as_csv)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    # By hand: 100.00 at 5.5 % (VAT 5.21); of 30.00, 20.00 at 5.5 % (1.04) and 10.00 at 20 % (1.67); of the 9.00 given
    # back 6.00 at 5.5 % (0.31) and 3.00 at 20 % (0.50).
    assert [(row["Date"], row["Taux (%)"], row["TTC"], row["dont TVA"]) for row in rows] == [
        ("31/12/2025", "5,50", "100,00", "5,21"),
        ("01/01/2026", "5,50", "20,00", "1,04"),
        ("01/01/2026", "20,00", "10,00", "1,67"),
        ("02/01/2026", "5,50", "-6,00", "-0,31"),
        ("02/01/2026", "20,00", "-3,00", "-0,50"),
    ]
    assert (done.rows, done.name) == (5, "journal-des-encaissements-20251201-20260131.csv")
    _, workbook = made(engine, as_xlsx)
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    assert round(sum(row[9] for row in sheet[1:6]), 2) == 121.00


@pytest.mark.usefixtures("house")
def test_whoever_may_not_export_any_more_gets_no_file(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        actor = clerk(session)
        file_id = ask_for_fec(session, actor, dt.date(2025, 5, 1), NOW)
        session.get_one(Person, actor.person_id).role = Role.SUPPORT
    with pytest.raises(NotAllowedError):
        made(engine, file_id)
