"""The night finds figures that are not those of the orders, says so, and has them counted anew."""

import datetime as dt
from threading import Event

import sqlalchemy as sa

from db.domain.balances import Subject
from db.domain.figures import Facet
from db.domain.months import last_day
from db.domain.order_filter import OrderFilter
from db.engine import reading, transaction
from db.models import BalanceFinding, DailySales, DayControl, DayFigure, MonthFigure
from db.queries.figures import figures
from db.services.figures import refresh_figures
from jobs.figures import check_figures
from jobs.run import Run
from tests.factories import ADMIN, create_order

NOON = dt.datetime(2026, 11, 3, 11, tzinfo=dt.UTC)
NOVEMBER = dt.date(2026, 11, 1)


def a_house(engine: sa.Engine) -> Run:
    with transaction(engine) as session:
        for cents in (10_00, 25_00):
            create_order(session, placed_at=NOON, total_cents=cents)
        create_order(session, placed_at=NOON - dt.timedelta(days=40), total_cents=1_00)
    count(engine)
    return Run(engine, "night", Event())


def count(engine: sa.Engine) -> None:
    for _ in range(3):
        with transaction(engine) as session:
            refresh_figures(session)


def revenue(engine: sa.Engine) -> int:
    wanted = OrderFilter(first_day=NOVEMBER, last_day=last_day(NOVEMBER), currency="EUR")
    with reading(engine) as session:
        return sum(each.cents for each in figures(session, ADMIN, wanted, [Facet.SALES])[Facet.SALES])


def sentences(engine: sa.Engine) -> list[str]:
    with reading(engine) as session:
        return list(
            session.scalars(
                sa.select(BalanceFinding.sentence)
                .where(BalanceFinding.subject == Subject.FIGURES)
                .order_by(BalanceFinding.id)
            )
        )


def daily_total(engine: sa.Engine) -> tuple[int, int]:
    with reading(engine) as session:
        orders, cents = session.execute(
            sa.select(sa.func.sum(DailySales.orders), sa.func.sum(DailySales.total_cents))
        ).one()
    return int(orders), int(cents)


def test_the_night_finds_nothing_where_nothing_is_wrong(engine: sa.Engine) -> None:
    assert check_figures(a_house(engine)) == 0
    assert sentences(engine) == []


def test_a_figure_that_somebody_changed_is_named_by_its_day_and_counted_anew(engine: sa.Engine) -> None:
    run = a_house(engine)
    with transaction(engine) as session:
        wrong = sa.update(DayFigure).where(DayFigure.facet == Facet.SALES, DayFigure.day == dt.date(2026, 11, 3))
        session.execute(wrong.values(cents=99_99))
        session.execute(sa.delete(MonthFigure).where(MonthFigure.month == NOVEMBER))
    assert revenue(engine) == 0
    assert check_figures(run) == 1
    (sentence,) = sentences(engine)
    assert sentence.startswith("Ventes du 03/11/2026\u00a0: les chiffres des graphiques n’étaient pas")
    assert revenue(engine) == 35_00
    count(engine)
    assert revenue(engine) == 35_00
    assert check_figures(run) == 0
    assert sentences(engine) == []


def test_a_month_whose_sum_is_wrong_is_added_up_again(engine: sa.Engine) -> None:
    run = a_house(engine)
    with transaction(engine) as session:
        session.execute(sa.update(MonthFigure).where(MonthFigure.facet == Facet.SALES).values(cents=1))
    assert check_figures(run) == 2
    assert revenue(engine) == 35_00


def test_the_calendars_counts_are_compared_and_put_right_too(engine: sa.Engine) -> None:
    run = a_house(engine)
    with transaction(engine) as session:
        session.execute(sa.delete(DailySales).where(DailySales.total_cents == 25_00))
    assert daily_total(engine) == (2, 11_00)
    assert check_figures(run) == 1
    assert daily_total(engine) == (3, 36_00)
    assert "chiffres du calendrier" in sentences(engine)[0]
    assert check_figures(run) == 0


def test_what_is_kept_for_controle_is_compared_and_put_right_too(engine: sa.Engine) -> None:
    run = a_house(engine)
    with transaction(engine) as session:
        session.execute(sa.update(DayControl).where(DayControl.day == dt.date(2026, 11, 3)).values(paid_cents=1))
    assert check_figures(run) == 1
    assert "« Contrôle »" in sentences(engine)[0]
    count(engine)
    assert check_figures(run) == 0
