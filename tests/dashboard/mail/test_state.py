"""The mailbox's address: what it says is what is shown, and nothing in it breaks."""

import datetime as dt

from dashboard.mail.state import MailboxState, from_query, to_query
from dashboard.order_list.state import Period
from db.domain.mail import EmailTemplate
from db.domain.mailbox import MailFilter, MailTab


def test_the_mailbox_opens_on_what_needs_somebody() -> None:
    assert from_query({}) == MailboxState()
    assert MailboxState().wanted(dt.date(2026, 11, 21)) == MailFilter(MailTab.TO_HANDLE)
    assert to_query(MailboxState()) == {}


def test_an_address_comes_back_as_it_was() -> None:
    state = MailboxState(
        MailTab.SENT, EmailTemplate.MESSAGE, "zoé", "N-1", Period.LAST_7_DAYS, before=12, after=None, chosen=7
    )
    params = {
        "etat": "envoyes",
        "modele": "message",
        "q": "zoé",
        "commande": "N-1",
        "periode": "7j",
        "avant": "12",
        "message": "7",
    }
    assert to_query(state) == params
    assert from_query(params) == state
    assert state.wanted(dt.date(2026, 11, 21)).first_day == dt.date(2026, 11, 15)


def test_another_list_starts_at_its_top_with_nothing_chosen() -> None:
    state = MailboxState(text="zoé", before=12, chosen=7).from_the_top()
    assert state == MailboxState(text="zoé")
    assert state.is_filtered


def test_what_cannot_be_understood_is_left_out() -> None:
    assert from_query(
        {"etat": "x", "modele": "x", "periode": "x", "avant": "²", "apres": "0", "message": "9" * 30}
    ) == (MailboxState())
