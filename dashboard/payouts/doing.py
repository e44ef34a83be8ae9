"""What the dialogs of payouts do, in one transaction each, and how that is said."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.files.state import await_file
from dashboard.payouts.fields import CODE, DAY, NOTE, REASON, REFERENCE, accepts_key
from dashboard.payouts.opened import Opened, PayoutAct
from db.domain import formats
from db.domain.actor import Actor
from db.domain.bank_reasons import reason_words
from db.domain.payout_acts import ShownPayout
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.payouts import PayoutRow, file_of_batch
from db.services.payouts.acts import Outcome, act_on_each
from db.services.payouts.approving import approve, let_through
from db.services.payouts.cancelling import cancel
from db.services.payouts.exporting import export_payouts
from db.services.payouts.holding import hold_seller, lift_hold
from db.services.payouts.marking import mark_paid, pay_by_hand, reject

_DONE_WORDS = {
    PayoutAct.APPROVE: ("reversement approuvé", "reversements approuvés"),
    PayoutAct.LET_THROUGH: ("reversement à approuver", "reversements à approuver"),
    PayoutAct.EXPORT: ("virement transmis", "virements transmis"),
    PayoutAct.MARK_PAID: ("reversement payé", "reversements payés"),
    PayoutAct.RELEASE: ("vendeur libéré", "vendeurs libérés"),
    PayoutAct.HOLD: ("vendeur retenu", "vendeurs retenus"),
    PayoutAct.PAY_BY_HAND: ("reversement payé", "reversements payés"),
    PayoutAct.REJECT: ("virement rejeté, de nouveau dû", "virements rejetés, de nouveau dus"),
    PayoutAct.CANCEL: ("reversement annulé", "reversements annulés"),
}


def done_words(act: PayoutAct, count: int) -> str:
    """Return « 12 reversements approuvés »."""
    return formats.plural(count, *_DONE_WORDS[act])


def do(viewer: Viewer, opened: Opened, rows: Sequence[PayoutRow], now: dt.datetime) -> Outcome:
    """Do what an open dialog is for to some of its payouts, as they were seen, with what was typed."""
    actor = Actor.person(viewer)
    if opened.act is PayoutAct.EXPORT:
        return _export(viewer, opened, rows, now)
    seen = {each.payout_id: each for each in opened.shown}
    shown = [seen[row.id] for row in _once_a_seller(opened.act, rows)]
    by_id = {row.id: row for row in rows}
    act = _service(opened.act, by_id, now)
    with transaction() as session:
        return act_on_each(session, shown, lambda each: act(session, actor, each))


def _export(viewer: Viewer, opened: Opened, rows: Sequence[PayoutRow], now: dt.datetime) -> Outcome:
    ids = {row.id for row in rows}
    shown = [each for each in opened.shown if each.payout_id in ids]
    with transaction() as session:
        batch_id = export_payouts(session, Actor.person(viewer), shown, _day(now), opened.key, now)
        file_id = file_of_batch(session, viewer, batch_id)
    if file_id is not None:
        await_file(file_id)
    return Outcome(tuple(ids))


def _service(act: PayoutAct, rows: Mapping[int, PayoutRow], now: dt.datetime) -> Callable[..., object]:
    """Return what does an act to one payout, of a session, an actor and the payout as it was shown."""
    held = st.session_state
    note, day = held.get(NOTE) or "", _day(now)
    code, reason, reference = (held.get(name) or "" for name in (CODE, REASON, REFERENCE))
    words = note or (reason_words(code) if code else "")
    services: dict[PayoutAct, Callable[..., object]] = {
        PayoutAct.APPROVE: lambda session, actor, each: approve(
            session, actor, *_seen(each), now, accepts_unusual=bool(held.get(accepts_key(each.payout_id)))
        ),
        PayoutAct.LET_THROUGH: lambda session, actor, each: let_through(session, actor, *_seen(each), note, now),
        PayoutAct.MARK_PAID: lambda session, actor, each: mark_paid(session, actor, *_seen(each), day, now),
        PayoutAct.PAY_BY_HAND: lambda session, actor, each: pay_by_hand(
            session, actor, *_seen(each), day, reference, now
        ),
        PayoutAct.REJECT: lambda session, actor, each: reject(session, actor, *_seen(each), code, words, day, now),
        PayoutAct.CANCEL: lambda session, actor, each: cancel(session, actor, *_seen(each), note, now),
        PayoutAct.HOLD: lambda session, actor, each: hold_seller(
            session, actor, rows[each.payout_id].seller_id, reason, note, now
        ),
        PayoutAct.RELEASE: lambda session, actor, each: lift_hold(
            session, actor, rows[each.payout_id].hold_id or 0, note, now
        ),
    }
    return services[act]


def _once_a_seller(act: PayoutAct, rows: Sequence[PayoutRow]) -> Sequence[PayoutRow]:
    """Return one payout of each seller where it is the seller that is held or released."""
    if not act.is_of_sellers:
        return rows
    return list({row.seller_id: row for row in rows}.values())


def _seen(shown: ShownPayout) -> tuple[int, int]:
    return shown.payout_id, shown.version


def _day(now: dt.datetime) -> dt.date:
    day: dt.date = st.session_state.get(DAY) or local_day(now)
    return day
