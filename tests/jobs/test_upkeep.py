"""Each job of upkeep on both databases."""

import datetime as dt
from threading import Event

import pytest
import sqlalchemy as sa

from db.engine import reading, transaction
from db.models import ApiRequest, ApiToken, DailySales, DocumentCheck, Order, OrderSearch, SignInAttempt
from jobs import upkeep
from jobs.run import Run
from jobs.table import job_named
from tests.factories import create_order, create_seller


def run(name: str, engine: sa.Engine) -> int:
    job = job_named(name)
    assert job is not None
    return job.function(Run(engine, "test", Event()))


def test_orders_the_shop_wrote_are_completed_step_by_step(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "INTAKE_BATCH", 2)
    with transaction(engine) as session:
        for _ in range(5):
            create_order(session, summary="", intake_at=None)
    assert run("complete-orders", engine) == 5
    with reading(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(OrderSearch)) == 5
        assert set(session.scalars(sa.select(Order.summary))) == {"Thé vert bio"}
    assert run("complete-orders", engine) == 0


def test_the_rows_of_a_day_become_one_and_keep_their_sum(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        seller = create_seller(session)
        for cents in (10_00, 20_00, 2_50):
            create_order(session, seller, total_cents=cents)
    assert run("compact-sales", engine) == 2
    with reading(engine) as session:
        assert [(row.orders, row.total_cents) for row in session.scalars(sa.select(DailySales))] == [(3, 32_50)]


def test_old_sign_in_attempts_are_forgotten(engine: sa.Engine) -> None:
    now = dt.datetime.now(dt.UTC)
    with transaction(engine) as session:
        session.add(SignInAttempt(at=now - dt.timedelta(days=30), email="a@example.org", ip_address="192.0.2.1"))
        session.add(SignInAttempt(at=now, email="b@example.org", ip_address="192.0.2.1"))
    run("daily-purge", engine)
    with reading(engine) as session:
        assert list(session.scalars(sa.select(SignInAttempt.email))) == ["b@example.org"]


def test_answers_to_shops_are_forgotten_after_a_week(engine: sa.Engine) -> None:
    now = dt.datetime.now(dt.UTC)
    with transaction(engine) as session:
        token = ApiToken(name="Boutique", token_hash="x", scopes="")
        session.add(token)
        session.flush()
        for key, days in (("old", 7), ("new", 6)):
            at = now - dt.timedelta(days=days)
            row = ApiRequest(token_id=token.id, key=key, fingerprint="", status_code=201, body={}, created_at=at)
            session.add(row)
    run("daily-purge", engine)
    with reading(engine) as session:
        assert list(session.scalars(sa.select(ApiRequest.key))) == ["new"]


def test_of_old_checks_the_last_of_each_month_and_those_that_found_something_are_kept(engine: sa.Engine) -> None:
    now = dt.datetime.now(dt.UTC)
    month = (now - dt.timedelta(days=200)).replace(day=1, hour=12)
    days = {
        "sound": (month, None, True),
        "unsound": (month + dt.timedelta(days=1), None, False),
        "of a year": (month + dt.timedelta(days=2), 2026, True),
        "sound again": (month + dt.timedelta(days=3), None, True),
        "the last of its month": (month + dt.timedelta(days=4), None, True),
        "the last of a year": (month + dt.timedelta(days=5), 2026, True),
        "89 days ago": (now - dt.timedelta(days=89), None, True),
        "yesterday": (now - dt.timedelta(days=1), None, True),
        "today": (now, None, True),
    }
    with transaction(engine) as session:
        for name, (at, year, is_sound) in days.items():
            check = DocumentCheck(checked_at=at, year=year, is_sound=is_sound, person_name=name, documents=0, report=[])
            session.add(check)
            session.flush()

    for _ in range(2):
        run("daily-purge", engine)
        with reading(engine) as session:
            kept = session.scalars(sa.select(DocumentCheck.person_name).order_by(DocumentCheck.id)).all()
        assert kept == [name for name in days if name not in {"sound", "of a year", "sound again"}]


def test_the_last_check_is_kept_however_long_ago_it_was(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        at = dt.datetime(2024, 3, 31, 2, tzinfo=dt.UTC)
        session.add(DocumentCheck(checked_at=at, is_sound=True, documents=0, report=[]))
    run("daily-purge", engine)
    with reading(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(DocumentCheck)) == 1
