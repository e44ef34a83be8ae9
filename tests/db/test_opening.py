import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

import db.demo
from db import schema
from db.domain.permissions import Role
from db.engine import make_engine, reading, transaction
from db.models import Marketplace, Order
from db.opening import anyone_can_sign_in, bring_up_to_date, make_embedded_database, one_time_token
from tests.conftest import NOW
from tests.factories import create_person

IDENTITY = {"name": "Marché d’ici", "legal_name": "", "siren": "", "vat_number": "", "email": "bonjour@example.org"}


def few_orders(engine: sa.Engine, *, now: dt.datetime, show_progress: bool) -> None:
    generate(engine, now=now, orders=20, show_progress=show_progress)


generate = db.demo.generate


def test_the_first_start_makes_a_whole_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db.demo, "generate", few_orders)
    file = tmp_path / "shop.db"
    (tmp_path / "shop.db.new").write_text("left by a start that was killed")
    make_embedded_database(file, NOW)
    engine = make_engine(f"sqlite:///{file}")
    assert schema.is_up_to_date(engine)
    with reading(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 20
    engine.dispose()
    assert [path.name for path in tmp_path.iterdir()] == ["shop.db"]


def test_an_interrupted_first_start_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(engine: sa.Engine, *, now: dt.datetime, show_progress: bool) -> None:
        raise SystemExit(0)

    monkeypatch.setattr(db.demo, "generate", interrupt)
    with pytest.raises(SystemExit):
        make_embedded_database(tmp_path / "shop.db", NOW)
    assert list(tmp_path.iterdir()) == []


def test_the_marketplace_is_introduced_once(engine: sa.Engine) -> None:
    bring_up_to_date(engine, IDENTITY)
    bring_up_to_date(engine, IDENTITY | {"name": "Un autre nom"})
    with reading(engine) as session:
        (row,) = session.scalars(sa.select(Marketplace))
        assert (row.id, row.name, row.email, row.currency) == (1, "Marché d’ici", "bonjour@example.org", "EUR")


def test_somebody_can_sign_in_once_an_administrator_has_a_password(engine: sa.Engine) -> None:
    assert not anyone_can_sign_in(engine)
    one_time_token(engine, NOW)
    assert not anyone_can_sign_in(engine)
    with transaction(engine) as session:
        create_person(session, Role.SUPPORT, password_hash="x")
        create_person(session, Role.ADMIN, password_hash="x", is_active=False)
    assert not anyone_can_sign_in(engine)
    with transaction(engine) as session:
        create_person(session, Role.ADMIN, password_hash="x")
    assert anyone_can_sign_in(engine)
