"""Finances › Échéancier: the month of what falls due, a day's sellers, and what is apart."""

import datetime as dt

import pytest

from dashboard.payout_calendar.month import due_view
from db.domain.ledger import LedgerKind
from db.domain.payouts import PayoutState
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import transaction
from db.queries.payout_calendar import Due, MonthDue
from tests.dashboard.apptest import open_page
from tests.db.queries.test_payouts import create_payout
from tests.factories import book, create_payee
from tests.pages.test_refunds import cells, texts

TODAY = local_day(utc_now())


@pytest.fixture
def shop(use_database):
    """31,90 − 0,93 due today to one, 12,00 held of another, who owes 3,00 besides."""
    with transaction() as session:
        tea, shut = create_payee(session, "Thé"), create_payee(session, "Fermé")
        book(session, tea, 31_90, TODAY)
        book(session, tea, -93, TODAY, LedgerKind.FEE)
        create_payout(session, shut, PayoutState.HELD, 12_00, due_on=TODAY)
        book(session, shut, -3_00, TODAY, LedgerKind.REFUND)
        return tea.id


def links(at) -> str:
    return "\n".join(each.proto.label for each in at.get("page_link")).replace("\u00a0", " ")


def test_today_is_told_seller_by_seller_and_what_is_apart_beside(signed_up, shop):
    at = open_page("/echeancier", person_id=signed_up(Role.FINANCE))
    assert not at.exception
    assert cells(at, "Vendeur") == ["Fermé", "Fermé", "Thé"]
    assert cells(at, "Net") == ["−3,00\u00a0€", "12,00\u00a0€", "30,97\u00a0€"]
    owing, held, ready = cells(at, "État")
    assert (owing, ready) == ("Dette à compenser", "À préparer")
    assert held.endswith("Retenu\u00a0: IBAN manquant")
    # 30,97 + 12,00 − 3,00 of two sellers.
    assert "2 vendeurs · 39,97 €" in texts(at)
    assert "**1** vendeur à préparer · 30,97 €" in links(at)
    assert "**1** reversement retenu · 12,00 €" in links(at)
    assert "**1** vendeur débiteur · −3,00 €" in texts(at)


def test_a_seller_finds_their_own_alone(signed_up, shop):
    at = open_page("/echeancier", person_id=signed_up(Role.SELLER, seller_id=shop))
    assert not at.exception
    assert cells(at, "Vendeur") == ["Thé"]
    assert "Fermé" not in texts(at)


def test_the_whole_month_is_one_click_away(signed_up, shop):
    at = open_page("/echeancier", person_id=signed_up(Role.FINANCE), query={"vue": "mois"})
    assert not at.exception
    assert "Tout le mois de" in texts(at)
    assert cells(at, "Vendeur") == ["Fermé", "Fermé", "Thé"]


def test_a_cell_says_how_many_sellers_how_much_and_which_days_are_holidays():
    november = dt.date(2026, 11, 1)
    view = due_view(
        MonthDue(november, "EUR", {dt.date(2026, 11, 10): Due(2, 45_97), dt.date(2026, 11, 12): Due(1, -3_00)}),
        selected=None,
        today=dt.date(2026, 11, 12),
    )
    days = {cell.date: cell for week in view.weeks for cell in week}
    tenth, armistice, twelfth = (days[f"2026-11-{day}"] for day in (10, 11, 12))
    assert (tenth.count, tenth.amount, tenth.short_count) == ("2\u00a0vendeurs", "45,97\u00a0€", "2")
    assert (armistice.count, armistice.label) == ("férié", "mercredi 11 novembre 2026, férié, rien d’échu")
    assert (twelfth.shade, twelfth.is_today) == (0, True)
