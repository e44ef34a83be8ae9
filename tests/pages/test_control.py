"""Finances › Contrôle: the three equalities, the orders that break them, and the counter at home."""

import sqlalchemy as sa

from dashboard.home.todo import todo_label
from db.domain.orders import OrderStatus, PaymentState
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.queries.todo import BalanceTodo, balance_todo_counts
from db.services.figures import refresh_figures
from tests.dashboard.apptest import open_page
from tests.db.services.test_closing import sold
from tests.factories import ADMIN, create_order, create_seller


def test_a_month_that_agrees_says_so_to_the_cent(signed_up):
    with transaction() as session:
        sold(session, utc_now())
    page = open_page("/controle", person_id=signed_up(Role.FINANCE))
    assert not page.exception
    assert page.success[0].value == "Tout concorde, au centime."
    assert [each.value for each in page.metric] == ["61,31\u00a0€"] * 4
    # 2,9 % of 61,31 € = 1,78 €, of which 1,48 € without VAT.
    assert any("59,53\u00a0€ + 1,48\u00a0€ + 0,30\u00a0€" in each.value for each in page.caption)
    assert list(page.dataframe[0].value["Factures et avoirs"]) == ["61,31\u00a0€"]


def test_what_is_explained_is_quiet_and_shown_when_asked(signed_up):
    with transaction() as session:
        create_order(
            session, placed_at=utc_now(), status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID
        )
    page = open_page("/controle", person_id=signed_up(Role.MANAGER))
    assert page.success[0].value == "Tous les écarts sont expliqués (1\u00a0commande)."
    assert len(page.dataframe) == 1
    page = open_page("/controle", person_id=signed_up(Role.MANAGER), query={"ecarts": "tous"})
    assert list(page.dataframe[1].value["Pourquoi"]) == ["Pas encore réglée"]


def test_what_nothing_explains_is_red_named_and_counted_at_home(signed_up):
    with transaction() as session:
        sold(session, utc_now())
        session.execute(sa.text("UPDATE payments SET amount_cents = 6000"))
        refresh_figures(session)
    page = open_page("/controle", person_id=signed_up(Role.FINANCE))
    assert "1\u00a0commande a un écart que rien n’explique." in page.error[0].value
    assert list(page.dataframe[1].value["Pourquoi"]) == ["⚠ Les règlements ne font pas les sommes notées"]
    with reading() as session:
        counted = balance_todo_counts(session, ADMIN)[BalanceTodo.UNEXPLAINED]
    assert todo_label(BalanceTodo.UNEXPLAINED, counted) == ":red[**1** commande en écart inexpliqué]"


def test_rows_are_days_months_or_sellers_and_the_url_says_which(signed_up):
    with transaction() as session:
        create_order(session, create_seller(session, "Autre"), placed_at=utc_now())
        sold(session, utc_now())
    person_id = signed_up(Role.FINANCE)
    page = open_page("/controle", person_id=person_id, query={"par": "vendeur"})
    assert list(page.dataframe[0].value["Vendeur"]) == ["Autre", "Maison du thé"]
    page = open_page(
        "/controle", person_id=person_id, query={"par": "mois", "du": "2020-01-02", "au": "2020-01-01", "devise": "X"}
    )
    assert not page.exception
    assert len(page.dataframe[0].value) == 1


def test_a_period_without_orders_says_so(signed_up):
    page = open_page("/controle", person_id=signed_up(Role.FINANCE), query={"du": "2020-01-01", "au": "2020-01-31"})
    assert "Aucune commande" in page.info[0].value
