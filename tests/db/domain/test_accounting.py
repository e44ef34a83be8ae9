import datetime as dt

import pytest

from db.domain.accounting import (
    Account,
    Chart,
    Journal,
    JournalEntry,
    Posting,
    checked_chart,
    of_balances,
    of_fees,
    of_gift,
    of_ledger,
    of_money,
)
from db.domain.errors import InvalidInputError
from db.domain.fec import NoSirenError, file_name, plain, rows_of
from db.domain.ledger import LedgerKind
from db.domain.orders import PaymentKind, PaymentMethod

A, K = Account, LedgerKind
NOON = dt.datetime(2026, 3, 2, 11, tzinfo=dt.UTC)


def test_a_sale_of_100_euros_goes_through_the_books_to_the_last_cent() -> None:
    """By hand: 100 € paid by card, a fee of 2.90 € with 0.48 € of VAT in it, 97.10 € paid to the seller."""
    entries = [
        of_money(PaymentKind.PAYMENT, PaymentMethod.CARD, 100_00),
        of_ledger(K.SALE, 100_00, 7),
        of_ledger(K.FEE, -2_90, 7),
        of_ledger(K.PAYOUT, -97_10, 7),
        of_fees(2_42, 48, 7),
    ]
    sums: dict[Account, int] = {}
    for _, postings in entries:
        assert sum(each.cents for each in postings) == 0
        for each in postings:
            sums[each.account] = sums.get(each.account, 0) + each.cents
    assert sums == {
        A.CARD: 100_00,
        A.BANK: -97_10,
        A.CUSTOMERS: 0,
        A.SELLERS: 0,
        A.FEES_DUE: 0,
        A.FEES: -2_42,
        A.VAT: -48,
    }


def test_the_journals_are_those_of_the_money_the_fees_and_the_rest() -> None:
    assert of_money(PaymentKind.REFUND, PaymentMethod.TRANSFER, 5_00) == (
        Journal.BANK,
        (Posting(A.BANK, -5_00), Posting(A.CUSTOMERS, 5_00)),
    )
    assert of_money(PaymentKind.REFUND, PaymentMethod.VOUCHER, 5_00)[0] is Journal.OTHER
    assert of_ledger(K.BANK_REJECTION, 97_10, 7) == (
        Journal.BANK,
        (Posting(A.SELLERS, -97_10, 7), Posting(A.BANK, 97_10)),
    )
    assert of_ledger(K.CORRECTION, 10_00, 7)[1][0] == Posting(A.CHARGES, 10_00)
    assert of_ledger(K.CORRECTION, -10_00, 7)[1][0] == Posting(A.INCOME, -10_00)
    assert of_gift(20_00)[1] == (Posting(A.VOUCHER_COST, 20_00), Posting(A.VOUCHERS, -20_00))


def test_a_fee_without_vat_has_no_line_of_vat() -> None:
    assert [each.account for each in of_fees(2_90, 0, 7)[1]] == [A.FEES_DUE, A.FEES]


def test_a_year_begins_with_each_seller_s_account_and_without_charges_and_income() -> None:
    """By hand: fees of 10.00 less a correction of 4.00 are a profit of 6.00; seller 8 was paid all that it was owed."""
    before = [
        Posting(A.BANK, 36_00),
        Posting(A.SELLERS, -20_00, 9),
        Posting(A.SELLERS, -10_00, 7),
        Posting(A.SELLERS, -5_00, 8),
        Posting(A.SELLERS, 5_00, 8),
        Posting(A.FEES, -10_00),
        Posting(A.CHARGES, 4_00),
    ]
    assert of_balances(before) == (
        Posting(A.SELLERS, -10_00, 7),
        Posting(A.SELLERS, -20_00, 9),
        Posting(A.BANK, 36_00),
        Posting(A.CARRIED_PROFIT, -6_00),
    )
    assert of_balances([]) == ()


def test_no_entry_is_out_of_balance() -> None:
    with pytest.raises(ValueError, match="does not balance"):
        JournalEntry(Journal.BANK, NOON, "T-1", NOON.date(), "", (Posting(A.BANK, 1), Posting(A.CUSTOMERS, -2)))


@pytest.mark.parametrize(
    ("first_month", "day", "year"),
    [
        (1, dt.date(2026, 12, 31), (dt.date(2026, 1, 1), dt.date(2026, 12, 31))),
        (7, dt.date(2026, 6, 30), (dt.date(2025, 7, 1), dt.date(2026, 6, 30))),
        (7, dt.date(2026, 7, 1), (dt.date(2026, 7, 1), dt.date(2027, 6, 30))),
        (3, dt.date(2024, 2, 29), (dt.date(2023, 3, 1), dt.date(2024, 2, 29))),
    ],
)
def test_a_fiscal_year_begins_in_its_month(first_month: int, day: dt.date, year: tuple[dt.date, dt.date]) -> None:
    assert Chart(first_month).fiscal_year(day) == year


def test_accounts_have_numbers_of_their_own() -> None:
    kept = checked_chart(4, {A.BANK: " 512300 ", A.CASH: ""})
    assert (kept.number(A.BANK), kept.number(A.CASH)) == ("512300", "530000")
    assert kept.numbers == {A.BANK: "512300"}
    with pytest.raises(InvalidInputError, match="de 3 à 8 chiffres"):
        checked_chart(1, {A.BANK: "51A"})
    with pytest.raises(InvalidInputError, match="Donnez un numéro à chacun"):
        checked_chart(1, {A.BANK: "530000"})
    with pytest.raises(InvalidInputError, match="exercice"):
        checked_chart(13, {})


def test_the_file_is_called_by_siren_and_closing_day() -> None:
    assert file_name("832 000 000", dt.date(2026, 12, 31)) == "832000000FEC20261231.txt"
    with pytest.raises(NoSirenError):
        file_name("", dt.date(2026, 12, 31))


def test_nothing_in_a_text_breaks_a_line() -> None:
    assert plain("a\tb\r\nc|d\x00\u2028e") == "a b c d e"


def test_an_entry_of_the_last_evening_of_the_year_is_of_that_year() -> None:
    """23:30 in Paris on 31 December is 22:30 UTC; half past midnight on 1 January is 23:30 UTC of the day before."""
    postings = of_money(PaymentKind.PAYMENT, PaymentMethod.CARD, 31_90)[1]
    late = dt.datetime(2026, 12, 31, 22, 30, tzinfo=dt.UTC)
    for at, day in ((late, "20261231"), (late + dt.timedelta(hours=1), "20270101")):
        entry = JournalEntry(Journal.BANK, at, "T-1", dt.date(2026, 12, 31), "Encaissement", postings)
        rows = list(rows_of(entry, 12, Chart(), {}, {}))
        assert [row[3] for row in rows] == [day, day]
        assert [row[11:13] for row in rows] == [("31,90", "0,00"), ("0,00", "31,90")]
        assert [row[2] for row in rows] == ["12", "12"]
