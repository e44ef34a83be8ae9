"""Finances › Virements: the files for the bank, newest first, with where their payouts are."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotAllowedError
from db.domain.files import FileState
from db.domain.payouts import PayoutState
from db.domain.permissions import Role
from db.models import Payout, StoredFile
from db.queries import transfer_batches
from db.queries.transfer_batches import BatchNotFoundError, batch_page, batch_row, batch_transfers
from tests.factories import ADMIN, create_payee, create_person, viewer_for
from tests.jobs.payouts.batches import Sent, sent

#: A Thursday on which banks settle.
NOW = dt.datetime(2026, 11, 19, 9, 30, tzinfo=dt.UTC)


def a_batch(session: Session, *cents: int) -> Sent:
    return sent(session, [(create_payee(session), each) for each in cents], NOW)


def test_a_file_says_what_it_comes_to_and_where_its_payouts_are(session: Session) -> None:
    batch = a_batch(session, 30_97, 12_34, 1_00)
    paid = sa.update(Payout).where(Payout.id == batch.payout_ids[0])
    session.execute(paid.values(state=PayoutState.PAID, paid_on=NOW.date()))
    row = batch_row(session, ADMIN, batch.batch_id)
    assert (row.message_id, row.payout_count, row.total_cents) == (batch.message_id, 3, 44_31)
    assert row.states == {PayoutState.PAID: 1, PayoutState.EXPORTED: 2}
    assert (row.file_state, row.can_be_undone) == (FileState.QUEUED, False)
    transfers = batch_transfers(session, ADMIN, batch.batch_id)
    assert [(each.payout_id, each.net_cents) for each in transfers] == list(
        zip(batch.payout_ids, (30_97, 12_34, 1_00), strict=True)
    )


@pytest.mark.parametrize("state", [FileState.FAILED, FileState.CANCELLED])
def test_a_file_that_nobody_will_ever_have_can_be_taken_back(session: Session, state: FileState) -> None:
    batch = a_batch(session, 30_97)
    row = batch_row(session, ADMIN, batch.batch_id)
    session.execute(sa.update(StoredFile).where(StoredFile.id == row.file_id).values(state=state))
    assert batch_row(session, ADMIN, batch.batch_id).can_be_undone


def test_pages_go_from_the_newest_to_the_oldest_and_back(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_batches, "PAGE_SIZE", 2)
    first, second, third = (a_batch(session, 1_00).batch_id for _ in range(3))
    top = batch_page(session, ADMIN)
    assert [row.id for row in top.rows] == [third, second]
    assert (top.has_newer, top.has_older) == (False, True)
    below = batch_page(session, ADMIN, before=second)
    assert ([row.id for row in below.rows], below.has_newer, below.has_older) == ([first], True, False)
    back = batch_page(session, ADMIN, after=first)
    assert ([row.id for row in back.rows], back.has_newer, back.has_older) == ([third, second], False, True)


def test_a_file_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(BatchNotFoundError):
        batch_row(session, ADMIN, a_batch(session, 1_00).batch_id + 1)


@pytest.mark.parametrize("role", [Role.SELLER, Role.SUPPORT])
def test_what_concerns_all_sellers_is_not_for_one(session: Session, role: Role) -> None:
    seller_id = create_payee(session).id if role is Role.SELLER else None
    viewer = viewer_for(create_person(session, role, seller_id=seller_id))
    for question in (
        lambda: batch_page(session, viewer),
        lambda: batch_row(session, viewer, 1),
        lambda: batch_transfers(session, viewer, 1),
    ):
        with pytest.raises(NotAllowedError):
            question()
