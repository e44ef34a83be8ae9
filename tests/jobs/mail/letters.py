"""E-mails for tests of delivery: rows in the outbox, and a rendering that asks nothing of an order."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import EmailTemplate, RecipientKind
from db.emails.types import OutgoingEmail, Rendered, RenderingError
from db.models import OutboxMessage
from tests.conftest import NOW

CONTENT = Rendered(
    subject="Votre commande n° 12 est expédiée",
    html="<p>Hélène, elle arrive pour 12 €.</p>",
    text="Hélène, elle arrive pour 12 €.",
    from_email="no-reply@place.example",
    from_name="Place du Marché",
    reply_to="support@place.example",
)
NEVER_RENDERED = "Modèle cassé."


def render(session: Session, rows: Sequence[OutboxMessage], now: dt.datetime) -> dict[int, Rendered | RenderingError]:
    """Render the same for everybody; refuse what goes to « broken@… »."""
    return {row.id: RenderingError(NEVER_RENDERED) if row.recipient.startswith("broken@") else CONTENT for row in rows}


def queue_emails(session: Session, count: int, *, order_id: int | None = None, **columns: object) -> None:
    """Put e-mails into the outbox, due since long ago unless said otherwise."""
    defaults = {
        "order_id": order_id,
        "template": EmailTemplate.ORDER_SHIPPED,
        "recipient_kind": RecipientKind.CUSTOMER,
        "recipient": "helene@example.org",
        "recipient_name": "Hélène Dupont",
        "due_at": NOW - dt.timedelta(days=365),
        "created_at": NOW - dt.timedelta(days=365),
    }
    rows = [{"event": f"test:{number}"} | defaults | columns for number in range(count)]
    session.execute(sa.insert(OutboxMessage), rows)


def outgoing(**columns: object) -> OutgoingEmail:
    return OutgoingEmail(
        **{
            "outbox_id": 12,
            "template": EmailTemplate.ORDER_SHIPPED,
            "recipient_kind": RecipientKind.CUSTOMER,
            "recipient": "helene@example.org",
            "recipient_name": "Hélène Dupont",
            "content": CONTENT,
            "created_at": NOW,
            "attempt": 1,
            "claimed_until": NOW + dt.timedelta(minutes=2),
        }
        | columns
    )
