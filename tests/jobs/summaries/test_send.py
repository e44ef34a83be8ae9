"""The summary leaves at seven in the morning in Paris, once to each who wants it, with figures one can check."""

import datetime as dt
import re
from threading import Event

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.exports import Cadence
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.orders import OrderStatus
from db.domain.permissions import Role
from db.domain.summaries import PeriodFigures, Summary
from db.emails.rendering import render_batch
from db.emails.types import Rendered
from db.engine import reading, transaction
from db.models import OutboxMessage, Person, Seller, StoredFile
from jobs import files
from jobs.run import Run
from jobs.summaries import send
from tests.factories import create_line, create_order, create_person, create_product, create_seller

#: Monday, 7:03 in Paris, in winter.
MONDAY = dt.datetime(2026, 11, 23, 6, 3, tzinfo=dt.UTC)


def at(monkeypatch: pytest.MonkeyPatch, instant: dt.datetime) -> None:
    monkeypatch.setattr(send, "utc_now", lambda: instant)


@pytest.fixture
def people(engine: sa.Engine) -> None:
    """A manager who wants each kind, one who wants none, one who left, one whose role reads no charts."""
    with transaction(engine) as session:
        for cadence in Cadence:
            create_person(session, Role.MANAGER, email=f"{cadence}@example.org", name=cadence, summary_every=cadence)
        create_person(session, Role.ADMIN, email="rien@example.org")
        gone = {"is_active": False, "summary_every": Cadence.DAILY}
        create_person(session, Role.MANAGER, email="parti@example.org", **gone)
        create_person(session, Role.SUPPORT, email="service@example.org", summary_every=Cadence.DAILY)


def sell(session: Session, day: dt.date, cents: int, seller: Seller | None = None, **columns: object) -> None:
    seller = seller or create_seller(session, "Maison du thé")
    product = create_product(session, seller, "Théière")
    create_order(
        session,
        seller,
        total_cents=cents,
        placed_at=dt.datetime.combine(day, dt.time(10), dt.UTC),
        lines=[create_line("Théière", cents, product_id=product.id)],
        **columns,
    )


def run(engine: sa.Engine) -> int:
    return send.send_summaries(Run(engine, "test", Event()))


def told(engine: sa.Engine) -> list[OutboxMessage]:
    with reading(engine) as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.recipient)))


def summary_of(message: OutboxMessage) -> Summary:
    return Summary.from_json(message.variables["summary"])


@pytest.mark.usefixtures("people")
def test_each_who_wants_it_is_sent_it_once(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, MONDAY)
    assert run(engine) == 3
    assert run(engine) == 0
    messages = told(engine)
    assert [message.recipient for message in messages] == [
        "daily@example.org",
        "monthly@example.org",
        "weekly@example.org",
    ]
    assert {message.recipient_kind for message in messages} == {RecipientKind.STAFF}
    assert {message.state for message in messages} == {OutboxState.QUEUED}
    assert [(summary_of(message).first_day, summary_of(message).last_day) for message in messages] == [
        ("2026-11-22", "2026-11-22"),
        ("2026-10-01", "2026-10-31"),
        ("2026-11-16", "2026-11-22"),
    ]


@pytest.mark.usefixtures("people")
def test_the_next_day_only_what_is_due_leaves(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, MONDAY)
    run(engine)
    at(monkeypatch, MONDAY + dt.timedelta(days=1))
    assert run(engine) == 1


@pytest.mark.usefixtures("people")
def test_a_worker_that_slept_for_days_sends_the_last_one_only(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, MONDAY)
    run(engine)
    at(monkeypatch, MONDAY + dt.timedelta(days=15))
    # One for each cadence: of the day before, of the last whole week, of November.
    assert run(engine) == 3
    days = {message.event: summary_of(message).last_day for message in told(engine)}
    assert days["summary:daily:2026-12-08"] == "2026-12-07"
    assert days["summary:weekly:2026-12-07"] == "2026-12-06"
    assert days["summary:monthly:2026-12-01"] == "2026-11-30"
    assert len(days) == 6


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("seven", "last_day"),
    [
        # Summer time ended in the night of 25 October 2026: seven is 6:00 UTC from then on, 5:00 UTC before.
        (dt.datetime(2026, 10, 25, 6, tzinfo=dt.UTC), "2026-10-24"),
        (dt.datetime(2026, 10, 24, 5, tzinfo=dt.UTC), "2026-10-23"),
        # It began in the night of 29 March 2026.
        (dt.datetime(2026, 3, 29, 5, tzinfo=dt.UTC), "2026-03-28"),
        (dt.datetime(2026, 3, 28, 6, tzinfo=dt.UTC), "2026-03-27"),
    ],
)
def test_seven_is_seven_in_paris_on_both_days_that_the_clocks_change(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, seven: dt.datetime, last_day: str
) -> None:
    at(monkeypatch, seven - dt.timedelta(minutes=1))
    run(engine)
    before = {message.event for message in told(engine) if message.recipient == "daily@example.org"}
    at(monkeypatch, seven)
    run(engine)
    new = [
        summary_of(message).last_day
        for message in told(engine)
        if message.recipient == "daily@example.org" and message.event not in before
    ]
    assert new == [last_day]


@pytest.mark.usefixtures("people")
def test_the_figures_are_those_one_adds_up_by_hand(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monday = dt.date(2026, 11, 16)
    with transaction(engine) as session:
        tea, wine = create_seller(session, "Maison du thé"), create_seller(session, "Cave des Carmes")
        sell(session, monday, 100_00, seller=tea)
        sell(session, monday + dt.timedelta(days=6), 50_00, seller=wine)
        sell(session, monday, 999_00, seller=wine, status=OrderStatus.CANCELLED)
        sell(session, monday - dt.timedelta(days=7), 120_00, seller=tea)
        sell(session, monday - dt.timedelta(weeks=52), 300_00, seller=tea)
        sell(session, monday, 70_00, seller=tea, currency="GBP")
    at(monkeypatch, MONDAY)
    run(engine)
    weekly = next(message for message in told(engine) if message.recipient == "weekly@example.org")
    euros, pounds = summary_of(weekly).currencies
    assert (euros.currency, pounds.currency) == ("EUR", "GBP")
    assert (euros.now.revenue_cents, euros.now.orders, euros.now.basket_cents) == (150_00, 2, 75_00)
    assert (euros.before.revenue_cents, euros.year_before.revenue_cents) == (120_00, 300_00)
    assert pounds.now.revenue_cents == 70_00
    assert pounds.before == PeriodFigures()
    assert [(each.name, each.cents) for each in euros.sellers] == [
        ("Maison du thé", 100_00),
        ("Cave des Carmes", 50_00),
    ]
    assert [bar.cents for bar in euros.chart.bars] == [100_00, 0, 0, 0, 0, 0, 50_00]
    assert [bar.before_cents for bar in euros.chart.bars] == [120_00, 0, 0, 0, 0, 0, 0]


@pytest.mark.usefixtures("people")
def test_the_email_shows_the_chart_by_its_content_id_and_reads_without_it(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(engine) as session:
        sell(session, dt.date(2026, 11, 18), 1_234_56)
    at(monkeypatch, MONDAY)
    run(engine)
    without = rendered(engine)
    assert "cid:" not in without.html
    assert "1\u202f234,56\u00a0€" in without.text
    assert files.make_small_files(Run(engine, "test", Event())) > 0
    with transaction(engine) as session:
        message = weekly_of(session)
        (chart_id,) = [int(each["chart_file"]) for each in message.attachments or ()]
        file = session.get_one(StoredFile, chart_id)
        found = {"ref": file.ref, "name": file.name, "sha256": file.sha256, "file_id": str(file.id)}
        message.attachments = [{"chart_file": str(chart_id), "currency": "EUR"} | found]
    shown = rendered(engine)
    (image,) = re.findall(r"<img[^>]*cid:[^>]*>", shown.html)
    assert f'src="cid:graphique-{chart_id}@resume"' in image
    assert 'alt="Chiffre d’affaires TTC par jour. Le plus haut' in image


def weekly_of(session: Session) -> OutboxMessage:
    found = sa.select(OutboxMessage).where(OutboxMessage.recipient == "weekly@example.org")
    return session.scalars(found).one()


def rendered(engine: sa.Engine) -> Rendered:
    with reading(engine) as session:
        message = weekly_of(session)
        assert message.template is EmailTemplate.MANAGER_SUMMARY
        made = render_batch(session, [message], MONDAY)[message.id]
    assert isinstance(made, Rendered)
    return made


def test_the_choice_counts_for_those_who_may_read_charts(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction(engine) as session:
        person = create_person(session, Role.MANAGER, email="dir@example.org", summary_every=Cadence.DAILY)
        person_id = person.id
    with transaction(engine) as session:
        session.get_one(Person, person_id).role = Role.SUPPORT
    at(monkeypatch, MONDAY)
    assert run(engine) == 0
