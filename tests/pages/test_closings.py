"""Finances › Clôtures: the next month, what is in its way, what was frozen, and the verification."""

import datetime as dt

import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.months import add_months, month_of
from db.domain.orders import OrderStatus
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.models import MonthClosing
from tests.dashboard.apptest import open_page
from tests.db.services.test_closing import close, damage, sold
from tests.factories import create_order


def last_month() -> dt.date:
    return add_months(month_of(local_day(utc_now())), -1)


def in_last_month() -> dt.datetime:
    return dt.datetime.combine(last_month().replace(day=15), dt.time(12), dt.UTC)


def test_a_month_is_closed_once_its_figures_were_read(signed_up):
    with transaction() as session:
        sold(session, in_last_month())
    page = open_page("/clotures", person_id=signed_up(Role.FINANCE))
    assert not page.exception
    assert any("1\u00a0commande passée, 61,31\u00a0€" in each.value for each in page.markdown)
    button = next(each for each in page.button if each.label.startswith("Clôturer"))
    assert button.disabled
    page.checkbox[0].check().run()
    next(each for each in page.button if each.label.startswith("Clôturer")).click().run()
    assert not page.exception
    with reading() as session:
        assert session.scalar(sa.select(MonthClosing.month)) == last_month()
    assert any("Tous les mois terminés sont clos" in each.value for each in page.caption)


def test_what_is_in_the_way_is_said_and_nothing_can_be_closed(signed_up):
    with transaction() as session:
        create_order(session, placed_at=in_last_month(), status=OrderStatus.ERROR)
    page = open_page("/clotures", person_id=signed_up(Role.ADMIN))
    assert "1\u00a0commande est en erreur" in page.warning[0].value
    assert page.checkbox[0].disabled


def test_an_unexplained_difference_asks_for_a_reason(signed_up):
    with transaction() as session:
        sold(session, in_last_month())
        session.execute(sa.text("UPDATE payments SET amount_cents = 6000"))
    page = open_page("/clotures", person_id=signed_up(Role.FINANCE))
    page.checkbox[0].check().run()
    next(each for each in page.button if each.label.startswith("Clôturer")).click().run()
    assert any("écart inexpliqué" in each.value for each in page.error)
    page.text_area[0].input("Vu avec la banque.").run()
    next(each for each in page.button if each.label.startswith("Clôturer")).click().run()
    with reading() as session:
        assert session.scalar(sa.select(MonthClosing.note)) == "Vu avec la banque."


def test_managers_read_and_verify_what_others_close(signed_up):
    with transaction() as session:
        sold(session, in_last_month())
        close(session, SYSTEM, last_month(), utc_now())
    page = open_page("/clotures", person_id=signed_up(Role.MANAGER))
    assert list(page.dataframe[0].value["Ventes"]) == ["1\u00a0commande passée, 61,31\u00a0€"]
    verify = next(each for each in page.button if each.label == "Vérifier maintenant")
    verify.click().run()
    assert page.success[0].value == "1\u00a0mois clos vérifié\u00a0: chaîne entière, chiffres inchangés."
    with transaction() as session:
        damage(session, "UPDATE payments SET amount_cents = 6000")
    next(each for each in page.button if each.label == "Vérifier maintenant").click().run()
    assert "60,00\u00a0€ aujourd’hui" in page.error[0].value.replace("\\", "")


def test_a_sale_that_came_late_is_shown_with_its_amount(signed_up):
    with transaction() as session:
        close(session, SYSTEM, last_month(), utc_now())
        create_order(session, placed_at=in_last_month(), intake_at=None, number="TARD-1", total_cents=12_00)
    page = open_page("/clotures", person_id=signed_up(Role.FINANCE))
    assert any("1\u00a0vente arrivée après clôture" in each.value for each in page.markdown)
    assert any("n=TARD-1" in each.value and "12,00\u00a0€" in each.value for each in page.markdown)
