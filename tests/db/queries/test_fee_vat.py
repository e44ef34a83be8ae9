"""The VAT in fees: at the rate of the day they were booked, read from the history of the settings."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.formats import rate
from db.domain.ledger import LedgerKind
from db.domain.payout_settings import PayoutSettingsRow
from db.domain.permissions import Role
from db.domain.time import local_day
from db.models import LedgerEntry, PayoutSettingsChange, Seller
from db.queries.control import ControlBy, ControlFilter, control_rows
from db.queries.fee_vat import rate_when_booked
from db.services.figures import refresh_figures
from db.services.ledger_rows import NewEntry, write_entries
from db.services.payout_settings import save_payout_settings
from tests.conftest import NOW
from tests.factories import ADMIN, create_order, create_person, create_seller, viewer_for

HOUR = dt.timedelta(hours=1)
DEFAULTS = PayoutSettingsRow()
TODAY = local_day(NOW)


def charge(session: Session, seller: Seller, order_id: int, cents: int, at: dt.datetime) -> None:
    kind = LedgerKind.FEE if cents > 0 else LedgerKind.FEE_BACK
    cause = f"test:{order_id}:{at.isoformat()}"
    write_entries(session, [NewEntry(seller.id, "EUR", kind, -cents, cause, at, "Système", TODAY, order_id=order_id)])


def set_rate(session: Session, before: PayoutSettingsRow, rate_bp: int, at: dt.datetime) -> PayoutSettingsRow:
    admin = viewer_for(create_person(session, Role.ADMIN))
    return save_payout_settings(session, admin, before, replace(before, fee_vat_rate_bp=rate_bp), at)


def fees(session: Session) -> tuple[int, int]:
    (row,) = control_rows(session, ADMIN, ControlFilter(TODAY, TODAY), ControlBy.DAY)
    return row.control.fee_net_cents, row.control.fee_vat_cents


def test_fees_of_before_keep_their_rate_when_it_changes(session: Session) -> None:
    seller = create_seller(session)
    early, late = create_order(session, seller), create_order(session, seller)
    charge(session, seller, early.id, 12_00, NOW)
    assert fees(session) == (10_00, 2_00)
    lower = set_rate(session, DEFAULTS, 1000, NOW + HOUR)
    assert fees(session) == (10_00, 2_00)
    # The very instant of the change is the first one at the new rate: 11,00 / 1,10.
    charge(session, seller, late.id, 11_00, NOW + HOUR)
    assert fees(session) == (20_00, 3_00)
    set_rate(session, lower, 550, NOW + 2 * HOUR)
    assert fees(session) == (20_00, 3_00)
    # The first order again: 10,55 / 1,055.
    charge(session, seller, early.id, 10_55, NOW + 3 * HOUR)
    assert fees(session) == (30_00, 3_55)
    while refresh_figures(session):
        pass
    assert fees(session) == (30_00, 3_55)


def test_what_is_given_back_at_the_same_rate_is_rounded_with_its_fee(session: Session) -> None:
    order = create_order(session, seller := create_seller(session))
    charge(session, seller, order.id, 1_78, NOW)
    charge(session, seller, order.id, -14, NOW + HOUR)
    # 1,64 / 1,2 = 1,3667; taken apart it would be 1,48 − 0,12 = 1,36.
    assert fees(session) == (1_37, 27)


def test_every_rate_that_the_history_may_hold_is_read_as_it_was_set(session: Session) -> None:
    rates = range(0, 10_001, 7)
    order = create_order(session, seller := create_seller(session))
    session.add_all(
        PayoutSettingsChange(setting="fee_vat_rate_bp", before=rate(bp), after="", at=NOW + HOUR * place)
        for place, bp in enumerate(rates, start=1)
    )
    session.flush()
    for place in range(len(rates)):
        charge(session, seller, order.id, 1_00, NOW + HOUR * place)
    found = sa.select(rate_when_booked()).where(LedgerEntry.order_id == order.id).order_by(LedgerEntry.at)
    assert list(session.scalars(found)) == list(rates)


@pytest.mark.parametrize("words", ["", "vingt", "20\u00a0%\u00a0", "1,234\u00a0%"])
def test_a_history_that_somebody_wrote_by_hand_breaks_nothing(session: Session, words: str) -> None:
    order = create_order(session, seller := create_seller(session))
    session.add(PayoutSettingsChange(setting="fee_vat_rate_bp", before=words, after="x", at=NOW + HOUR))
    charge(session, seller, order.id, 12_00, NOW)
    assert fees(session) == (10_00, 2_00)
