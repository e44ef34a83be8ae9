import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.business_days import HolidayZone
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.ledger import LedgerKind
from db.domain.permissions import Role
from db.domain.seller_terms import Terms
from db.engine import transaction
from db.models import Seller, SellerChange, SellerTerms
from db.queries.seller_terms import seller_terms
from db.services.seller_terms import TermsInTheWayError, change_holiday_zone, change_terms, withdraw_terms
from db.services.terms import OrderTerms, order_terms
from tests.conftest import NOW
from tests.db.together import together
from tests.factories import ADMIN, book, create_order, create_payee, create_person, viewer_for

#: The Paris day of NOW, a Saturday.
TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)
DEARER = Terms(500, 5)


@pytest.fixture
def ada(session: Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.ADMIN, name="Ada Admin")))


@pytest.fixture
def seller(session: Session) -> Seller:
    return create_payee(session)


def order_on(session: Session, seller: Seller, day: dt.date) -> int:
    placed_at = dt.datetime.combine(day, dt.time(12), dt.UTC)
    return create_order(session, seller=seller, placed_at=placed_at).id


def changes(session: Session) -> list[tuple[str, str, str]]:
    wanted = sa.select(SellerChange.subject, SellerChange.before, SellerChange.after).order_by(SellerChange.id)
    return [tuple(row) for row in session.execute(wanted)]


def test_orders_keep_the_terms_of_their_day(session: Session, seller: Seller, ada: Actor) -> None:
    monday, tuesday = dt.date(2026, 11, 23), dt.date(2026, 11, 24)
    change_terms(session, ada, seller.id, DEARER, tuesday, "Nouveau contrat", NOW)
    before, after = order_on(session, seller, monday), order_on(session, seller, tuesday)
    assert order_terms(session, [before, after]) == {
        # Ten business days after Monday 23 November: Monday 7 December; five after Tuesday 24: Tuesday 1 December.
        before: OrderTerms(290, dt.date(2026, 12, 7)),
        after: OrderTerms(500, dt.date(2026, 12, 1)),
    }
    assert changes(session) == [
        ("terms", "2,9\u00a0%, 10\u00a0jours ouvrés", "5\u00a0%, 5\u00a0jours ouvrés, à partir du 24/11/2026")
    ]


def test_the_history_tells_what_was_what_is_and_what_will_be(session: Session, seller: Seller, ada: Actor) -> None:
    change_terms(session, ada, seller.id, DEARER, TODAY, "", NOW)
    change_terms(session, ada, seller.id, Terms(0, 1), TODAY + 30 * DAY, "Trois mois offerts", NOW)
    found = seller_terms(session, ADMIN, seller.id, TODAY)
    assert found is not None
    assert found.today == DEARER
    assert [found.on(TODAY + days * DAY) for days in (-1, 29, 30)] == [Terms(290, 10), DEARER, Terms(0, 1)]
    assert [(row.terms, row.from_on, row.note, row.person_name) for row in found.history] == [
        (Terms(0, 1), TODAY + 30 * DAY, "Trois mois offerts", "Ada Admin"),
        (DEARER, TODAY, "", "Ada Admin"),
        (Terms(290, 10), None, "", ""),
    ]


def test_the_terms_of_a_day_stand_once_a_sale_of_it_is_in_the_books(
    session: Session, seller: Seller, ada: Actor
) -> None:
    order_id = order_on(session, seller, TODAY)
    book(session, seller, 31_90, TODAY + 14 * DAY, order_id=order_id)
    with pytest.raises(TermsInTheWayError, match="22/11/2026"):
        change_terms(session, ada, seller.id, DEARER, TODAY, "", NOW)
    change_terms(session, ada, seller.id, DEARER, TODAY + DAY, "", NOW)


def test_an_order_of_today_that_is_not_paid_yet_is_in_nobodys_way(session: Session, seller: Seller, ada: Actor) -> None:
    order_id = order_on(session, seller, TODAY)
    book(session, seller, 10_00, TODAY, LedgerKind.CORRECTION)
    change_terms(session, ada, seller.id, DEARER, TODAY, "", NOW)
    assert order_terms(session, [order_id])[order_id].fee_rate_bp == 500


@pytest.mark.parametrize(
    ("terms", "from_on", "words"),
    [
        (Terms(10_001, 10), TODAY, "100"),
        (Terms(-1, 10), TODAY, "100"),
        (Terms(290, 251), TODAY, "250"),
        (Terms(290, -1), TODAY, "250"),
        (DEARER, TODAY - DAY, "21/11/2026"),
        (DEARER, TODAY + 731 * DAY, "20/11/2028"),
        (Terms(290, 10), TODAY, "rien ne changerait"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    session: Session, seller: Seller, ada: Actor, terms: Terms, from_on: dt.date, words: str
) -> None:
    with pytest.raises(InvalidInputError, match=words):
        change_terms(session, ada, seller.id, terms, from_on, "", NOW)
    assert changes(session) == []


def test_a_planned_change_is_taken_back_before_its_day_and_not_overwritten(
    session: Session, seller: Seller, ada: Actor
) -> None:
    tomorrow = TODAY + DAY
    change_terms(session, ada, seller.id, DEARER, tomorrow, "", NOW)
    with pytest.raises(TermsInTheWayError, match="22/11/2026"):
        change_terms(session, ada, seller.id, Terms(900, 9), tomorrow, "", NOW)
    planned = session.scalars(sa.select(SellerTerms.id)).one()
    withdraw_terms(session, ada, seller.id, planned, NOW)
    assert seller_terms(session, ADMIN, seller.id, tomorrow).today == Terms(290, 10)  # type: ignore[union-attr]  # it is there
    assert changes(session)[-1] == (
        "terms",
        "5\u00a0%, 5\u00a0jours ouvrés, à partir du 22/11/2026",
        "2,9\u00a0%, 10\u00a0jours ouvrés",
    )
    with pytest.raises(NotFoundError):
        withdraw_terms(session, ada, seller.id, planned, NOW)


def test_terms_that_orders_have_had_are_not_taken_back(session: Session, seller: Seller, ada: Actor) -> None:
    change_terms(session, ada, seller.id, DEARER, TODAY, "", NOW)
    planned = session.scalars(sa.select(SellerTerms.id)).one()
    with pytest.raises(TermsInTheWayError, match="depuis le 21/11/2026"):
        withdraw_terms(session, ada, seller.id, planned, NOW + DAY)


def test_two_people_who_plan_the_same_day_do_not_overwrite_each_other(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        seller_id = create_payee(session).id
        ada = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
    refused: list[str] = []

    def plan(rate: int) -> None:
        try:
            with transaction(engine) as session:
                change_terms(session, ada, seller_id, Terms(rate, 10), TODAY + DAY, "", NOW)
        except TermsInTheWayError as refusal:
            refused.append(str(refusal))

    together(lambda: plan(400), lambda: plan(500))
    assert len(refused) == 1


def test_alsace_counts_its_own_holidays_from_then_on(session: Session, seller: Seller, ada: Actor) -> None:
    change_holiday_zone(session, ada, seller.id, HolidayZone.METROPOLE, HolidayZone.ALSACE_MOSELLE, NOW)
    assert seller_terms(session, ADMIN, seller.id, TODAY).zone is HolidayZone.ALSACE_MOSELLE  # type: ignore[union-attr]  # it is there
    with pytest.raises(TermsInTheWayError):
        change_holiday_zone(session, ada, seller.id, HolidayZone.METROPOLE, HolidayZone.ALSACE_MOSELLE, NOW)
    assert changes(session) == [("terms", "Jours fériés\u00a0: Métropole", "Jours fériés\u00a0: Alsace-Moselle")]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER])
def test_only_administrators_change_terms(session: Session, seller: Seller, role: Role) -> None:
    person = Actor.person(viewer_for(create_person(session, role)))
    for act in (
        lambda: change_terms(session, person, seller.id, DEARER, TODAY, "", NOW),
        lambda: withdraw_terms(session, person, seller.id, 1, NOW),
        lambda: change_holiday_zone(session, person, seller.id, HolidayZone.METROPOLE, HolidayZone.ALSACE_MOSELLE, NOW),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_a_seller_reads_its_own_terms_and_nobody_elses(session: Session, seller: Seller) -> None:
    other = create_payee(session, "Autre")
    owner = viewer_for(create_person(session, Role.SELLER, seller_id=seller.id))
    found = seller_terms(session, owner, seller.id, TODAY)
    assert found is not None
    assert found.today == Terms(290, 10)
    assert seller_terms(session, owner, other.id, TODAY) is None
