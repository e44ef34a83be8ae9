"""Statements as they are read: each adds up to the cent, whatever the format, and none is stated that does not."""

import csv
import datetime as dt
import io
from dataclasses import replace

import pytest
import python_calamine
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import NotAllowedError
from db.domain.ledger import LedgerKind
from db.domain.mentions import MentionTexts
from db.domain.payout_statements import OfMonth, OfPayout, StatementFormat, StatementOf
from db.domain.permissions import Role
from db.domain.postal import PostalAddress
from db.domain.snapshot import Party
from db.engine import transaction
from db.models import Marketplace, Payout, PayoutEntry, Person, Seller, StoredFile
from db.services.documents.sources import House
from db.services.ledger_corrections import correct_account
from db.services.payout_statements import ask_for_statement
from db.services.payouts.marking import reject
from jobs.documents.letterhead import Fact
from jobs.makers import Made
from jobs.payouts.statements import paper
from jobs.payouts.statements.contents import Amount, Line, Statement, read_statement
from jobs.payouts.statements.make import make_statement
from jobs.payouts.statements.paper import Letterhead, write_paper
from tests.conftest import NOW
from tests.factories import ADMIN, book, create_order, create_payee
from tests.jobs.documents.reading import pages, words
from tests.payouts import TODAY, exported, finance, prepare

K = LedgerKind
NOVEMBER = dt.date(2026, 11, 1)
HOUSE = House(Party("Place du Marché", email="bonjour@example.org"), "#0f5c4d", "", 30, MentionTexts())


def two_orders(session: Session) -> Payout:
    """Orders of 31,90 € and of 100,00 €, of which 20,00 € were given back, and 8,65 € taken off by hand.

    Fees are 2.9 %: 0.93 of 31.90; 2.90 of 100.00 and, of the 80.00 that are left, 2.32: 0.58 are given back. That is
    30.97 + 77.68 - 8.65 = 100.00.
    """
    session.add(
        Marketplace(id=1, name="Place du Marché", legal_name="Place du Marché SAS", email="bonjour@example.org")
    )
    payee = create_payee(session, "Maison du thé", code="THE")
    first = create_order(session, payee, number="A-1", total_cents=31_90)
    second = create_order(session, payee, number="=A-2", total_cents=100_00)
    for order, kind, cents in (
        (first, K.SALE, 31_90),
        (first, K.FEE, -93),
        (second, K.SALE, 100_00),
        (second, K.FEE, -2_90),
        (second, K.REFUND, -20_00),
        (second, K.FEE_BACK, 58),
    ):
        book(session, payee, cents, TODAY, kind, order_id=order.id)
    correct_account(session, finance(session), payee.id, "EUR", -8_65, "=1+1 colis perdu", "key", NOW)
    return prepare(session, payee)


def asked(engine: sa.Engine, wanted: StatementOf, form: StatementFormat, actor: Actor = SYSTEM) -> dict[str, object]:
    with transaction(engine) as session:
        file_id = ask_for_statement(session, actor, wanted, form, NOW)
        return dict(session.get_one(StoredFile, file_id).arguments)


def made(engine: sa.Engine, wanted: StatementOf, form: StatementFormat) -> tuple[Made, bytes]:
    out = io.BytesIO()
    return make_statement(engine, asked(engine, wanted, form), out, lambda _done: None), out.getvalue()


@pytest.fixture
def payout_id(engine: sa.Engine) -> int:
    with transaction(engine) as session:
        return two_orders(session).id


def test_the_paper_of_a_payout_adds_up_order_by_order(engine: sa.Engine, payout_id: int) -> None:
    done, contents = made(engine, OfPayout(payout_id), StatementFormat.PDF)
    assert (done.name, done.media_type, done.warnings) == (f"releve-REV-{payout_id:06d}-THE.pdf", "application/pdf", ())
    said = words(contents)
    for line in (
        f"Reversement REV-{payout_id:06d}",
        "Maison du thé SARL",
        "Place du Marché SAS",
        "Ventes 131,90",
        "Remboursements aux clients −20,00",
        "Commissions −3,25",
        "Corrections −8,65",
        "Net à verser 100,00",
        "A-1 21/11/2026 31,90 – −0,93 30,97",
        "=A-2 21/11/2026 100,00 −20,00 −2,32 77,68",
        "Total des commandes 131,90 −20,00 −3,25 108,65",
        "=1+1 colis perdu",
        "Total des autres mouvements −8,65",
        "Ce reversement n’est pas encore parti",
        "Page 1/1",
    ):
        assert line in said, line


def test_the_table_of_a_payout_has_a_row_an_order_no_formula_and_the_balance(engine: sa.Engine, payout_id: int) -> None:
    _, contents = made(engine, OfPayout(payout_id), StatementFormat.CSV)
    rows = list(csv.DictReader(io.StringIO(contents.decode("utf-8-sig")), delimiter=";"))
    assert [(row["Nature"], row["Commande ou reversement"], row["Montant"], row["Solde"]) for row in rows] == [
        ("Correction", "", "-8,65", "-8,65"),
        ("Commande", "A-1", "30,97", "22,32"),
        ("Commande", "'=A-2", "77,68", "100,00"),
        ("Net à verser", "", "", "100,00"),
    ]
    assert rows[0]["Précision"] == "'=1+1 colis perdu"
    second = rows[2]
    assert [second[name] for name in ("Date", "Vente", "Remboursement", "Commission", "Autre")] == [
        "21/11/2026", "100,00", "-20,00", "-2,32", "0,00"
    ]  # fmt: skip


def test_the_workbook_says_the_same_in_numbers_and_days(engine: sa.Engine, payout_id: int) -> None:
    done, contents = made(engine, OfPayout(payout_id), StatementFormat.XLSX)
    assert done.name.endswith(".xlsx")
    (sheet,) = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(contents)).sheet_names
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(contents)).get_sheet_by_name(sheet).to_python()
    assert sheet == "Relevé"
    assert rows[3][:3] == [dt.date(2026, 11, 21), "Commande", "=A-2"]  # Text: it is no formula here either.
    assert rows[3][5:] == [100.0, -20.0, -2.32, 0.0, 77.68, 100.0]


def test_a_month_goes_from_one_balance_to_the_next(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        payee = create_payee(session, code="THE")
        payout = exported(session, payee)  # 100,00 € sold and sent…
        reject(session, finance(session), payout.id, payout.version, "AC04", "compte clôturé", TODAY, NOW)  # …and back.
        wanted = OfMonth(payee.id, NOVEMBER)
        statement = read_statement(session, ADMIN, wanted, TODAY)
        reference = f"REV-{payout.id:06d}"
    assert statement.opening == Amount("Solde au 01/11/2026, avant tout mouvement", 0)
    assert statement.closing == Amount("Solde au 21/11/2026, qui vous est dû", 100_00)
    assert [(line.what, line.reference, line.net_cents) for line in statement.lines] == [
        ("Vente", "", 100_00),
        ("Reversement", reference, -100_00),
        ("Virement rejeté", reference, 100_00),
    ]
    assert "AC04" in statement.lines[2].words
    done, contents = made(engine, wanted, StatementFormat.PDF)
    assert done.name == "releve-2026-11-EUR-THE.pdf"
    said = words(contents)
    assert "Novembre 2026" in said
    assert f"21/11/2026 {reference} −100,00" in said


def test_who_left_gets_no_statement_any_more(engine: sa.Engine, payout_id: int) -> None:
    with transaction(engine) as session:
        clerk = finance(session)
    arguments = asked(engine, OfPayout(payout_id), StatementFormat.PDF, clerk)
    with transaction(engine) as session:
        session.execute(sa.update(Person).where(Person.id == clerk.person_id).values(role=Role.SUPPORT))
    with pytest.raises(NotAllowedError):
        make_statement(engine, arguments, io.BytesIO(), lambda _done: None)


def test_what_does_not_add_up_is_not_stated(engine: sa.Engine, payout_id: int) -> None:
    arguments = asked(engine, OfPayout(payout_id), StatementFormat.PDF)
    with transaction(engine) as session:
        lost = sa.select(sa.func.min(PayoutEntry.entry_id)).where(PayoutEntry.payout_id == payout_id).scalar_subquery()
        session.execute(sa.delete(PayoutEntry).where(PayoutEntry.entry_id == lost))
    with pytest.raises(ValueError, match="does not add up"):
        make_statement(engine, arguments, io.BytesIO(), lambda _done: None)


# On paper: from nothing at all to more than anybody prints.


def drawn(statement: Statement) -> bytes:
    out = io.BytesIO()
    assert write_paper(statement, Letterhead(HOUSE), NOW, out) == ()
    return out.getvalue()


def month_of_orders(count: int, opening_cents: int = 0) -> Statement:
    """So many orders of 10,00 €, of each of which 9,71 € are left."""
    lines = tuple(
        Line(NOVEMBER, "Commande", f"62038bc9-398dfb{n:06d}-a1b2c3-001", "", 10_00, 0, -29, 0, 9_71)
        for n in range(count)
    )
    return Statement(
        of=OfMonth(1, NOVEMBER),
        name="Novembre 2026",
        seller=PostalAddress(name="Maison du thé SARL", street="1 rue", postcode="35000", city="Rennes"),
        seller_code="THE",
        currency="EUR",
        facts=(Fact("Du", "01/11/2026"), Fact("Au", "30/11/2026"), Fact("Commandes", "1"), Fact("Monnaie", "EUR")),
        opening=Amount("Solde au 01/11/2026", opening_cents),
        parts=(Amount("Ventes", 10_00 * count), Amount("Commissions", -29 * count)),
        closing=Amount("Solde au 30/11/2026", opening_cents + 9_71 * count),
        lines=lines,
    )


def test_an_empty_month_that_began_with_a_debt_says_both() -> None:
    said = words(drawn(month_of_orders(0, opening_cents=-12_34)))
    assert "Solde au 01/11/2026 −12,34" in said
    assert "Solde au 30/11/2026 −12,34" in said
    assert "Aucun mouvement." in said


def test_four_hundred_orders_go_on_over_pages_each_once_below_its_head() -> None:
    found = pages(drawn(month_of_orders(400)))
    assert len(found) > 5
    for number, page in enumerate(found, start=1):
        assert "Commande Du Vente (€)" in " ".join(page.split())
        assert f"Page {number}/{len(found)}" in page
    whole = " ".join(found)
    assert all(whole.count(f"398dfb{n:06d}") == 1 for n in range(400))
    assert "Total des commandes 4 000,00 – −116,00 3 884,00" in " ".join(found[-1].split())


def test_what_nobody_prints_is_summed_up_and_sent_to_the_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "MOST_ON_PAPER", 10)
    found = pages(drawn(month_of_orders(11)))
    assert len(found) == 1
    assert "Ce relevé compte 11 lignes : demandez-le en CSV ou Excel" in " ".join(found[0].split())
    assert "Solde au 30/11/2026 106,81" in " ".join(found[0].split())


def test_a_wrong_sum_is_refused_before_it_is_drawn() -> None:
    right = month_of_orders(2)
    for wrong in (
        {"closing": Amount("Solde", 19_43)},
        {"parts": right.parts[:1]},
        {"lines": right.lines[:1]},
        {"opening": Amount("Solde", 1)},
    ):
        with pytest.raises(ValueError, match="does not add up"):
            replace(right, **wrong)


def test_a_seller_without_an_address_has_a_statement_too(session: Session) -> None:
    bare = Seller(code="NU", name="Sans adresse", search_text="")
    session.add(bare)
    session.flush()
    book(session, bare, 10_00, TODAY)
    statement = read_statement(session, ADMIN, OfMonth(bare.id, NOVEMBER), TODAY)
    assert statement.seller.lines == ("Sans adresse",)
    assert "Solde au 21/11/2026, qui vous est dû 10,00" in words(drawn(statement))
