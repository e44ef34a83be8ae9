"""What a person decides about one e-mail or SMS: each a button's callback, done in one transaction, then said."""

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.mail.words import due_words
from db.domain.actor import Actor
from db.domain.mail import Channel
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.sms import quiet_hours
from db.services import delivery
from db.services.outbox import undo_window
from db.services.resend import resend

_THE = {Channel.EMAIL: "L’e-mail", Channel.SMS: "Le SMS"}


@telling_refusals()
def send_same_again(viewer: Viewer, outbox_id: int, channel: Channel) -> None:
    """Have a message in trouble leave after all, to the address it had."""
    with transaction() as session:
        delivery.send_again(session, Actor.person(viewer), outbox_id, utc_now())
    flash(f"{_THE[channel]} repart dès que possible.", icon=":material/outgoing_mail:")


@telling_refusals()
def send_once_more(viewer: Viewer, outbox_id: int, channel: Channel, address_key: str | None = None) -> None:
    """Send a past message once more, to the address or number typed under the key where there is one."""
    now = utc_now()
    typed = str(st.session_state.get(address_key, "")) if address_key else ""
    with transaction() as session:
        resend(session, Actor.person(viewer), outbox_id, now, to=typed)
        due_at = now + undo_window(session)
        if channel is Channel.SMS:
            due_at = quiet_hours(session).earliest(due_at)
    flash(f"{_THE[channel]} part une nouvelle fois {due_words(due_at, now)}.", icon=":material/outgoing_mail:")


@telling_refusals()
def consider_sent(viewer: Viewer, outbox_id: int, channel: Channel) -> None:
    """Take an uncertain message for sent."""
    with transaction() as session:
        delivery.consider_sent(session, Actor.person(viewer), outbox_id, utc_now())
    flash(f"{_THE[channel]} est considéré comme envoyé.")


@telling_refusals()
def give_up(viewer: Viewer, outbox_id: int, channel: Channel) -> None:
    """Keep a message from leaving, or ask nobody about it any more."""
    with transaction() as session:
        delivery.drop(session, Actor.person(viewer), outbox_id, utc_now())
    flash(f"{_THE[channel]} est abandonné\u00a0: il ne part pas.", icon=":material/block:")
