"""What staff writes to customers: text with variables, filled in for each order when it is written.

The filled text is what the outbox and the history keep: what the customer reads is what was said, whatever becomes
of the order while the e-mail waits. It is plain text: the template of messages gives it its layout.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.orders import OrderStatus
from db.emails.context import Occasion, variables
from db.emails.environment import faults_of, fill
from db.emails.example import EXAMPLE
from db.emails.markup import BLOCK_START, plain, plain_lines
from db.emails.types import RenderingError
from db.emails.variables import GROUPS, Kind
from db.queries.marketplace import MarketplaceRow, marketplace
from db.queries.order_details import OrderDetails, order_details
from db.queries.statuses import StatusLook, default_look, status_settings

#: A message is written by somebody here; what only automatic e-mails know is empty in it.
_OF_AUTOMATIC_EMAILS = "Selon l’e-mail"


@dataclass(frozen=True, slots=True)
class MessageText:
    """A subject on one line and a text of several."""

    subject: str
    body: str


def message_variables() -> Mapping[str, str]:
    """Return the variables a message may hold, name → meaning, in the order of the editor's list."""
    return {
        variable.name: variable.meaning
        for group in GROUPS
        if group.label != _OF_AUTOMATIC_EMAILS
        for variable in group.variables
        if variable.kind in {Kind.TEXT, Kind.LINK}
    }


def fill_messages(
    session: Session, order_ids: Sequence[int], text: MessageText
) -> dict[int, MessageText | RenderingError]:
    """Return the text with its variables filled in for each order, or why it cannot be."""
    market, looks = marketplace(session), status_settings(session)
    filled: dict[int, MessageText | RenderingError] = {}
    for order_id, order in order_details(session, order_ids).items():
        try:
            filled[order_id] = _filled(order, market, looks, text)
        except RenderingError as error:
            filled[order_id] = error
    return filled


def faults_of_message(text: MessageText) -> list[str]:
    """Return what keeps a text from being sent, as French sentences; nothing where it is fine."""
    found = [*_faults_of_part("Objet", text.subject), *_faults_of_part("Texte", text.body)]
    if found:
        return found
    looks = {status: default_look(status) for status in OrderStatus}
    known = _variables(EXAMPLE, MarketplaceRow("Marketplace"), looks)
    try:
        parts = [fill(part, known) for part in (text.subject, text.body)]
    except RenderingError as error:
        return [str(error)]
    if any(BLOCK_START in part for part in parts):
        return ["Les tableaux et les boutons n’ont pas leur place dans un message. Utilisez le lien correspondant."]
    return []


def _faults_of_part(name: str, source: str) -> list[str]:
    return [f"{name}, {fault[:1].lower()}{fault[1:]}" for fault in faults_of(source)]


def _filled(
    order: OrderDetails, market: MarketplaceRow, looks: Mapping[OrderStatus, StatusLook], text: MessageText
) -> MessageText:
    known = _variables(order, market, looks)
    return MessageText(plain(fill(text.subject, known)), plain_lines(fill(text.body, known)))


def _variables(
    order: OrderDetails, market: MarketplaceRow, looks: Mapping[OrderStatus, StatusLook]
) -> dict[str, object]:
    return variables(Occasion(EmailTemplate.MESSAGE, RecipientKind.CUSTOMER, order, market, looks, {}))
