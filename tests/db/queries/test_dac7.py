import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.dac7 import Exclusion, Quarter
from db.domain.errors import NotAllowedError
from db.domain.ledger import LedgerKind
from db.domain.permissions import Role
from db.models import PayoutSettings, Seller
from db.queries import dac7
from db.queries.dac7 import declaration, declared_years
from db.services.ledger_rows import NewEntry, write_entries
from tests.factories import ADMIN, create_payee, create_person, viewer_for

K = LedgerKind
YEAR = 2026


def at(month: int, day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(YEAR, month, day, hour, tzinfo=dt.UTC)


def credit(session: Session, seller: Seller, moment: dt.datetime, currency: str = "EUR", **cents: int) -> None:
    """Write entries of some kinds: ``sale=31_90, fee=-93``."""
    write_entries(
        session,
        [
            NewEntry(seller.id, currency, K(kind), amount, f"{seller.id}:{moment}:{currency}:{kind}", moment, "", None)
            for kind, amount in cents.items()
        ],
    )


def test_each_quarter_tells_what_was_credited_for_how_many_sales(session: Session) -> None:
    seller = create_payee(session)
    credit(session, seller, at(2, 3), sale=31_90, fee=-93)
    credit(session, seller, at(3, 1), sale=100_00, fee=-2_90)
    # Given back in the next quarter: 10.00 less the fee on it, 0.29.
    credit(session, seller, at(4, 1), refund=-10_00, fee_back=29)
    credit(session, seller, at(12, 31), sale=50_00, fee=-1_45)
    (row,) = declaration(session, ADMIN, YEAR).sellers
    assert row.quarters == (
        # 31.90 − 0.93 + 100.00 − 2.90 = 128.07; 0.93 + 2.90 = 3.83.
        Quarter(2, 128_07, 3_83),
        Quarter(0, -9_71, -29),
        Quarter(),
        Quarter(1, 48_55, 1_45),
    )
    # 128.07 − 9.71 + 48.55 = 166.91; 3.83 − 0.29 + 1.45 = 4.99.
    assert row.year == Quarter(3, 166_91, 4_99)


def test_a_sale_late_on_31_december_belongs_to_that_year_in_paris(session: Session) -> None:
    seller = create_payee(session)
    credit(session, seller, dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC), sale=1_00)  # 1 January, 0:30.
    credit(session, seller, at(12, 31, 22), sale=2_00)  # 31 December, 23:00.
    credit(session, seller, at(12, 31, 23), sale=4_00)  # 1 January 2027, 0:00.
    (row,) = declaration(session, ADMIN, YEAR).sellers
    assert [quarter.credited_cents for quarter in row.quarters] == [1_00, 0, 0, 2_00]


def test_what_is_no_consideration_of_a_sale_is_not_counted(session: Session) -> None:
    seller = create_payee(session)
    credit(session, seller, at(5, 5), sale=20_00, correction=3_00, payout=-23_00, bank_rejection=23_00, carried=-1)
    (row,) = declaration(session, ADMIN, YEAR).sellers
    assert row.year == Quarter(1, 20_00, 0)


def test_a_sale_taken_out_of_the_books_again_is_none(session: Session) -> None:
    seller = create_payee(session)
    credit(session, seller, at(5, 5), sale=20_00)
    credit(session, seller, at(5, 6), sale=-20_00)
    (row,) = declaration(session, ADMIN, YEAR).sellers
    assert row.year == Quarter()


def test_sellers_without_a_sale_in_the_year_are_not_listed(session: Session) -> None:
    credit(session, create_payee(session), dt.datetime(2025, 6, 1, tzinfo=dt.UTC), sale=9_00)
    create_payee(session)
    assert declaration(session, ADMIN, YEAR).sellers == ()


def test_who_is_declared_comes_first_and_who_is_not_says_why(session: Session) -> None:
    small, abroad, large = (create_payee(session, name) for name in ("Abeille", "Basel", "Cidre"))
    abroad.country_code = "CH"
    large.iban, large.siren = None, ""
    for seller, cents in ((small, 10_00), (abroad, 5_000_00), (large, 2_000_01)):
        credit(session, seller, at(1, 15), sale=cents)
    found = declaration(session, ADMIN, YEAR)
    assert [(row.facts.name, row.exclusion, row.missing) for row in found.sellers] == [
        ("Cidre", None, ("l’IBAN", "le SIREN")),
        ("Abeille", Exclusion.FEW_SALES, ()),
        ("Basel", Exclusion.OUTSIDE_UNION, ()),
    ]
    assert [row.facts.name for row in found.declared] == ["Cidre"]


def test_the_limits_are_those_that_are_set(session: Session) -> None:
    credit(session, create_payee(session), at(1, 15), sale=10_00)
    assert declaration(session, ADMIN, YEAR).declared == []
    session.add(PayoutSettings(id=1, dac7_min_sales=1, dac7_min_cents=0))
    session.flush()
    assert len(declaration(session, ADMIN, YEAR).declared) == 1


def test_another_currency_has_its_own_row_and_keeps_a_seller_declared(session: Session) -> None:
    seller = create_payee(session)
    credit(session, seller, at(1, 15), sale=10_00)
    credit(session, seller, at(1, 15), "GBP", sale=20_00)
    rows = declaration(session, ADMIN, YEAR).sellers
    assert [(row.currency, row.year.credited_cents, row.exclusion) for row in rows] == [
        ("EUR", 10_00, None),
        ("GBP", 20_00, None),
    ]


def test_years_go_back_to_the_first_entry(session: Session) -> None:
    today = dt.date(2027, 1, 5)
    assert declared_years(session, ADMIN, today) == [2027]
    # 23:30 UTC on 31 December 2024 is 2025 in Paris.
    credit(session, create_payee(session), dt.datetime(2024, 12, 31, 23, 30, tzinfo=dt.UTC), sale=9_00)
    assert declared_years(session, ADMIN, today) == [2027, 2026, 2025]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
def test_who_exports_nothing_sees_no_declaration(session: Session, role: Role) -> None:
    seller_id = create_payee(session).id if role is Role.SELLER else None
    viewer = viewer_for(create_person(session, role, seller_id=seller_id))
    with pytest.raises(NotAllowedError):
        declaration(session, viewer, YEAR)


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_a_year_is_told_from_the_index_of_the_accounts_alone(session: Session) -> None:
    credit(session, create_payee(session), at(1, 15), sale=10_00)
    plans: list[str] = []

    def explain(conn: sa.Connection, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "GROUP BY ledger_entries.seller_id" in statement and not statement.startswith("EXPLAIN"):
            rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]  # as it came
            plans.append(" ".join(row[3] for row in rows))

    sa.event.listen(session.connection(), "before_cursor_execute", explain)
    dac7.declaration(session, ADMIN, YEAR)
    (plan,) = plans
    assert "USING COVERING INDEX ix_ledger_entries_seller" in plan
