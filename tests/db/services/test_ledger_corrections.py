import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.ledger import LedgerKind
from db.domain.permissions import Role
from db.engine import transaction
from db.models import LedgerEntry, Payout, PayoutEntry
from db.services.ledger_corrections import MAX_CORRECTION_CENTS, correct_account
from db.services.payouts.preparing import prepare_seller
from tests.conftest import NOW
from tests.db.together import together
from tests.factories import create_payee, create_person, create_run, viewer_for

#: The Paris day of NOW.
TODAY = dt.date(2026, 11, 21)


def a_person(session: Session, role: Role = Role.FINANCE, **columns: object) -> Actor:
    return Actor.person(viewer_for(create_person(session, role, **columns)))


def entries(session: Session) -> list[LedgerEntry]:
    return list(session.scalars(sa.select(LedgerEntry).order_by(LedgerEntry.id)))


def test_a_correction_is_owed_from_today_with_who_made_it_and_why(session: Session) -> None:
    seller, person = create_payee(session), a_person(session)
    correct_account(session, person, seller.id, "EUR", 15_00, "  Colis perdu par le transporteur ", "form-1", NOW)
    (entry,) = entries(session)
    assert (entry.kind, entry.amount_cents, entry.note) == (
        LedgerKind.CORRECTION,
        15_00,
        "Colis perdu par le transporteur",
    )
    assert (entry.actor_name, entry.person_id) == (person.name, person.person_id)
    due = session.get_one(PayoutEntry, entry.id)
    assert (due.due_on, due.amount_cents, due.payout_id) == (TODAY, 15_00, None)


def test_the_next_payout_tells_it_apart_from_sales(session: Session) -> None:
    seller, person = create_payee(session), a_person(session)
    correct_account(session, person, seller.id, "EUR", 15_00, "Geste", "form-1", NOW)
    correct_account(session, person, seller.id, "EUR", -4_50, "Étiquettes commandées", "form-2", NOW)
    prepare_seller(session, person, seller.id, create_run(session, TODAY), TODAY, NOW)
    payout = session.scalars(sa.select(Payout)).one()
    # 15.00 − 4.50.
    assert (payout.sale_cents, payout.other_cents, payout.net_cents) == (0, 10_50, 10_50)


def test_a_second_click_writes_nothing_more(session: Session) -> None:
    seller, person = create_payee(session), a_person(session)
    first = correct_account(session, person, seller.id, "EUR", 15_00, "Geste", "form-1", NOW)
    assert correct_account(session, person, seller.id, "EUR", 15_00, "Geste", "form-1", NOW) == first
    assert [entry.amount_cents for entry in entries(session)] == [15_00]


def test_two_clicks_at_once_write_one_correction(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        seller_id, person = create_payee(session).id, a_person(session)
    written: list[int] = []

    def click() -> None:
        with transaction(engine) as session:
            written.append(correct_account(session, person, seller_id, "EUR", -9_99, "Geste", "form-1", NOW))

    together(click, click, click)
    with transaction(engine) as session:
        (entry,) = entries(session)
        assert written == [entry.id] * 3
        assert session.scalar(sa.select(sa.func.count()).select_from(PayoutEntry)) == 1


@pytest.mark.parametrize(
    ("cents", "currency", "reason", "words"),
    [
        (0, "EUR", "Geste", "montant"),
        (MAX_CORRECTION_CENTS + 1, "EUR", "Geste", "100\u202f000,00\u00a0€"),
        (-MAX_CORRECTION_CENTS - 1, "EUR", "Geste", "100\u202f000,00\u00a0€"),
        (5_00, "USD", "Geste", "USD"),
        (5_00, "EUR", "   ", "pourquoi"),
        (5_00, "EUR", "x" * 501, "500"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(
    session: Session, cents: int, currency: str, reason: str, words: str
) -> None:
    seller, person = create_payee(session), a_person(session)
    with pytest.raises(InvalidInputError, match=words):
        correct_account(session, person, seller.id, currency, cents, reason, "form-1", NOW)
    assert entries(session) == []


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER])
def test_who_does_not_prepare_payouts_corrects_no_account(session: Session, role: Role) -> None:
    seller = create_payee(session)
    with pytest.raises(NotAllowedError):
        correct_account(session, a_person(session, role), seller.id, "EUR", 1_00, "Geste", "form-1", NOW)


def test_a_seller_corrects_not_even_its_own_account(session: Session) -> None:
    seller = create_payee(session)
    owner = a_person(session, Role.SELLER, seller_id=seller.id)
    with pytest.raises(NotAllowedError):
        correct_account(session, owner, seller.id, "EUR", 1_00, "Geste", "form-1", NOW)


def test_an_unknown_seller_is_refused(session: Session) -> None:
    with pytest.raises(NotFoundError):
        correct_account(session, a_person(session), 9_999_999_999, "EUR", 1_00, "Geste", "form-1", NOW)
