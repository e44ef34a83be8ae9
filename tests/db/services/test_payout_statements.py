"""Who may ask for which statement, and what the worker is told to make."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.files import FileKind
from db.domain.payout_statements import OfMonth, OfPayout, StatementFormat, statement_of_json
from db.domain.payouts import PayoutNotFoundError
from db.domain.permissions import Permission, Role
from db.models import Person, StoredFile
from db.services.payout_statements import ask_for_statement, whoever_asked
from db.services.payouts.cancelling import cancel
from tests.conftest import NOW
from tests.factories import create_payee, create_person
from tests.payouts import actor_of, finance, prepared

PDF = StatementFormat.PDF
NOVEMBER = dt.date(2026, 11, 1)


def test_finance_has_the_statement_of_a_payout_made(session: Session) -> None:
    payout, clerk = prepared(session, create_payee(session)), finance(session)
    file_id = ask_for_statement(session, clerk, OfPayout(payout.id), StatementFormat.XLSX, NOW)
    row = session.get_one(StoredFile, file_id)
    assert (row.kind, row.person_id, row.seller_id) == (FileKind.PAYOUT_STATEMENT, clerk.person_id, None)
    assert row.title == f"Relevé du reversement REV-{payout.id:06d}, Maison du thé (Excel)"
    assert statement_of_json(row.arguments) == OfPayout(payout.id)
    assert row.arguments["format"] == "xlsx"


def test_sellers_have_their_own_statements_and_no_other_ones(session: Session) -> None:
    payee, other = create_payee(session), create_payee(session, "Autre")
    payout = prepared(session, payee)
    own = actor_of(create_person(session, Role.SELLER, seller_id=payee.id))
    stranger = actor_of(create_person(session, Role.SELLER, seller_id=other.id))
    for wanted in (OfPayout(payout.id), OfMonth(payee.id, NOVEMBER)):
        file_id = ask_for_statement(session, own, wanted, PDF, NOW)
        row = session.get_one(StoredFile, file_id)
        assert (row.seller_id, row.person_id) == (payee.id, own.person_id)
        assert statement_of_json(row.arguments) == wanted
        with pytest.raises(NotFoundError):
            ask_for_statement(session, stranger, wanted, PDF, NOW)


def test_who_does_not_read_payouts_asks_for_nothing(session: Session) -> None:
    for role in Role:
        if not role.may(Permission.READ_PAYOUTS):
            actor = actor_of(create_person(session, role))
            with pytest.raises(NotAllowedError):
                ask_for_statement(session, actor, OfMonth(create_payee(session).id, NOVEMBER), PDF, NOW)


def test_what_holds_nothing_or_is_not_there_has_no_statement(session: Session) -> None:
    payout, clerk = prepared(session, create_payee(session)), finance(session)
    with pytest.raises(PayoutNotFoundError):
        ask_for_statement(session, clerk, OfPayout(payout.id + 1), PDF, NOW)
    with pytest.raises(NotFoundError):
        ask_for_statement(session, clerk, OfMonth(payout.seller_id + 1_000, NOVEMBER), PDF, NOW)
    cancel(session, clerk, payout.id, payout.version, "essai", NOW)
    with pytest.raises(InvalidInputError, match="est annulé"):
        ask_for_statement(session, clerk, OfPayout(payout.id), PDF, NOW)


def test_a_month_to_come_has_no_statement_and_the_one_that_runs_does(session: Session) -> None:
    payee, clerk = create_payee(session), finance(session)
    # Half past eleven in the evening, UTC, is the first of December in Paris.
    first_night = dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC)
    december = OfMonth(payee.id, dt.date(2026, 12, 1))
    assert ask_for_statement(session, clerk, december, PDF, first_night)
    with pytest.raises(InvalidInputError, match="à venir"):
        ask_for_statement(session, clerk, december, PDF, NOW)


def test_a_statement_is_made_for_who_asked_as_they_are_when_it_is_made(session: Session) -> None:
    payout, clerk = prepared(session, create_payee(session)), finance(session)

    def arguments(actor: object) -> dict[str, object]:
        file_id = ask_for_statement(session, actor, OfPayout(payout.id), PDF, NOW)
        return dict(session.get_one(StoredFile, file_id).arguments)

    asked = arguments(clerk)
    assert whoever_asked(session, asked).person_id == clerk.person_id
    session.execute(sa.update(Person).where(Person.id == clerk.person_id).values(role=Role.SUPPORT))
    with pytest.raises(NotAllowedError):
        whoever_asked(session, asked)
    # What the system sends is made with its seller's own eyes.
    nobody = whoever_asked(session, arguments(SYSTEM))
    assert (nobody.role, nobody.seller_id) == (Role.SELLER, payout.seller_id)
