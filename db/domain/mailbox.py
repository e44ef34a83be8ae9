"""What « Boîte d'envoi » can be asked for."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from db.domain.mail import TROUBLED_STATES, WAITING_STATES, Channel, EmailTemplate, OutboxState


class MailTab(StrEnum):
    """The lists of the mailbox, what needs somebody first; the value is what the URL says."""

    TO_HANDLE = "a-traiter"
    WAITING = "en-attente"
    SENT = "envoyes"
    ALL = "tous"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return _LABELS[self]

    @property
    def states(self) -> frozenset[OutboxState]:
        """Return the states of the messages it lists."""
        return _STATES[self]


_LABELS: Mapping[MailTab, str] = {
    MailTab.TO_HANDLE: "À traiter",
    MailTab.WAITING: "En attente",
    MailTab.SENT: "Envoyés",
    MailTab.ALL: "Tous",
}
_STATES: Mapping[MailTab, frozenset[OutboxState]] = {
    MailTab.TO_HANDLE: TROUBLED_STATES,
    MailTab.WAITING: WAITING_STATES | {OutboxState.SENDING},
    MailTab.SENT: frozenset({OutboxState.SENT, OutboxState.DELIVERED, OutboxState.OPENED}),
    MailTab.ALL: frozenset(OutboxState),
}


@dataclass(frozen=True, slots=True)
class MailFilter:
    """Which messages are asked for; what is empty does not matter."""

    tab: MailTab = MailTab.TO_HANDLE
    template: EmailTemplate | None = None
    #: A recipient's address or number, or what an order is searched by: its number, the customer's name, e-mail…
    text: str = ""
    #: An order's whole number.
    order_number: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    channel: Channel | None = None
