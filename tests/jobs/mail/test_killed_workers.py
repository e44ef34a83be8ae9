"""Workers are killed again and again while 2,000 e-mails go out on SendGrid's worst day: none is doubled, none lost."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from db.domain.mail import OutboxState
from db.engine import make_engine, reading, transaction
from db.models import OutboxMessage
from db.services.outbox_claims import WORKER_DIED
from tests.conftest import Databases
from tests.jobs.mail.fake_sendgrid import ACCEPTED, Answer, FakeSendGrid, Script, errors, outbox_id_of
from tests.jobs.mail.letters import queue_emails
from tests.jobs.mail.mortal_worker import PACE, TIMEOUT_S, start_worker
from tests.jobs.working import eventually

EMAILS = 2_000
#: SendGrid wants none of the first ones, however often it is asked.
REFUSED = 20
KILLS = 12
OVER = {OutboxState.SENT, OutboxState.UNCERTAIN, OutboxState.FAILED}

#: How many of a hundred requests are answered how.
BAD_DAY = (
    (2, errors(429, "too many requests", Retry_After="0")),
    (4, errors(500, "internal error")),
    (2, errors(503, "unavailable")),
    (1, Answer(resets=True, accepts=False)),
    (1, Answer(resets=True, accepts=True)),
    (1, Answer(slow=2 * TIMEOUT_S)),
    (89, ACCEPTED),
)


def on_a_bad_day(draw: random.Random) -> Script:
    weights, answers = zip(*BAD_DAY, strict=True)

    def script(body):
        if outbox_id_of(body) <= REFUSED:
            return errors(400, "Does not contain a valid address.")
        return draw.choices(answers, weights)[0]

    return script


class Team:
    """Workers of whom one may be killed at any time; another one takes the place at once."""

    def __init__(self, size: int, database_url: str, host: str) -> None:
        self._arguments = (database_url, host)
        self._members = [start_worker(*self._arguments) for _ in range(size)]

    def kill_one(self, draw: random.Random) -> None:
        place = draw.randrange(len(self._members))
        self._members[place].kill()
        self._members[place].join()
        self._members[place] = start_worker(*self._arguments)

    def kill_all(self) -> None:
        for member in self._members:
            member.kill()
            member.join()


@contextmanager
def team_at_work(size: int, database_url: str, host: str) -> Iterator[Team]:
    team = Team(size, database_url, host)
    try:
        yield team
    finally:
        team.kill_all()


def ids_by_state(engine: sa.Engine) -> dict[OutboxState, set[int]]:
    found: dict[OutboxState, set[int]] = {}
    with reading(engine) as session:
        for row in session.execute(sa.select(OutboxMessage.id, OutboxMessage.state)):
            found.setdefault(row.state, set()).add(row.id)
    return found


@pytest.fixture
def engine_of_dialect(databases: Databases, dialect: str) -> Iterator[sa.Engine]:
    url = databases.new_url(dialect)
    engine = make_engine(url)
    with transaction(engine) as session:
        queue_emails(session, EMAILS)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.mark.parametrize(("dialect", "size"), [("sqlite", 1), ("postgresql", 1), ("postgresql", 2), ("postgresql", 4)])
def test_killed_workers_send_each_email_once_at_most_and_lose_none(engine_of_dialect: sa.Engine, size: int) -> None:
    engine, draw = engine_of_dialect, random.Random(20261121)
    url = engine.url.render_as_string(hide_password=False)
    with (
        FakeSendGrid(on_a_bad_day(random.Random(1))).serving() as sendgrid,
        team_at_work(size, url, sendgrid.url) as team,
    ):
        for number in range(1, KILLS + 1):
            # Wherever it is by then: in a transaction, in a request, in between.
            eventually(lambda wanted=number * EMAILS // (KILLS + 3): len(sendgrid.accepted) >= wanted)
            time.sleep(draw.uniform(0, 0.05))
            team.kill_one(draw)
        eventually(lambda: set(ids_by_state(engine)) <= OVER)
    ended = ids_by_state(engine)
    sent, uncertain = ended[OutboxState.SENT], ended[OutboxState.UNCERTAIN]
    accepted = set(sendgrid.accepted)
    assert max(sendgrid.accepted.values()) == 1
    assert sum(map(len, ended.values())) == EMAILS
    # What is said to be sent is; what is not said to be, and is, is uncertain; what is refused is all that failed.
    assert sent <= accepted <= sent | uncertain
    assert ended[OutboxState.FAILED] == set(range(1, REFUSED + 1))
    assert 0 < died_with_a_worker(engine) <= KILLS * PACE.under_way


def died_with_a_worker(engine: sa.Engine) -> int:
    with reading(engine) as session:
        lost = sa.select(sa.func.count()).where(OutboxMessage.error == WORKER_DIED)
        return session.scalar(lost.where(OutboxMessage.state == OutboxState.UNCERTAIN)) or 0
