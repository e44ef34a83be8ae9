"""The mailbox as it stands in the URL, and back. What cannot be understood is left out; nothing can break the page."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dashboard.order_list.state import Period, clean_text
from dashboard.url_values import identifier, member
from db.domain.mail import Channel, EmailTemplate
from db.domain.mailbox import MailFilter, MailTab


@dataclass(frozen=True, slots=True)
class MailboxState:
    """Everything the URL of the mailbox says."""

    tab: MailTab = MailTab.TO_HANDLE
    template: EmailTemplate | None = None
    text: str = ""
    order_number: str = ""
    period: Period | None = None
    channel: Channel | None = None
    #: The page: what is older than one message, or the page just above it.
    before: int | None = None
    after: int | None = None
    #: The message that is read beside the list.
    chosen: int | None = None

    def wanted(self, today: dt.date) -> MailFilter:
        """Return the filter for the query."""
        first, last = self.period.days(today) if self.period else (None, None)
        return MailFilter(self.tab, self.template, self.text, self.order_number, first, last, self.channel)

    def from_the_top(self) -> "MailboxState":
        """Return the same list from its newest message, with none chosen."""
        return replace(self, before=None, after=None, chosen=None)

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list shows less than its tab has."""
        return bool(self.template or self.text or self.order_number or self.period or self.channel)


def from_query(params: Mapping[str, str]) -> MailboxState:
    """Read the state from URL parameters."""
    return MailboxState(
        tab=member(MailTab, params.get("etat", "")) or MailTab.TO_HANDLE,
        template=member(EmailTemplate, params.get("modele", "")),
        text=clean_text(params.get("q", "")),
        order_number=clean_text(params.get("commande", "")),
        period=member(Period, params.get("periode", "")),
        channel=member(Channel, params.get("canal", "")),
        before=identifier(params.get("avant", "")),
        after=identifier(params.get("apres", "")),
        chosen=identifier(params.get("message", "")),
    )


def to_query(state: MailboxState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the mailbox as it opens, in a stable order."""
    params = {
        "etat": "" if state.tab is MailTab.TO_HANDLE else state.tab.value,
        "modele": state.template.value if state.template else "",
        "q": state.text,
        "commande": state.order_number,
        "periode": state.period.value if state.period else "",
        "canal": state.channel.value if state.channel else "",
        "avant": str(state.before or ""),
        "apres": str(state.after or ""),
        "message": str(state.chosen or ""),
    }
    return {name: value for name, value in params.items() if value}


def query_string(state: MailboxState) -> str:
    """Return the state as text: what keys of elements are made of."""
    return urlencode(to_query(state))
