"""The list of e-mails and SMS as it leaves the house: what was sent to whom and what became of it, not its text."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import Channel, EmailTemplate, OutboxState
from db.domain.mailbox import MailFilter
from db.domain.viewer import Viewer
from db.models import Order, OutboxMessage
from db.queries.exports.columns import Condition, ExportList, count, instant, label_of, text, words
from db.queries.mailbox import conditions


def _conditions(session: Session, viewer: Viewer, wanted: MailFilter, _today: dt.date) -> Sequence[Condition]:
    return conditions(session, viewer, wanted)


EMAILS = ExportList(
    filter_type=MailFilter,
    source=sa.outerjoin(OutboxMessage, Order, Order.id == OutboxMessage.order_id),
    columns=(
        instant("created_at", "Créé le", OutboxMessage.created_at),
        words("channel", "Canal", label_of(OutboxMessage.channel, Channel), 10),
        words("template", "Modèle", label_of(OutboxMessage.template, EmailTemplate), 28),
        text("order_number", "Commande", Order.number, 26),
        text("recipient_name", "Destinataire", OutboxMessage.recipient_name, 24),
        text("recipient", "Adresse ou numéro", OutboxMessage.recipient, 30),
        text("subject", "Objet", OutboxMessage.subject, 40),
        words("state", "État", label_of(OutboxMessage.state, OutboxState), 18),
        instant("sent_at", "Envoyé le", OutboxMessage.sent_at),
        count("attempts", "Essais", OutboxMessage.attempts, usual=False),
        text("error", "Erreur", OutboxMessage.error, 34, usual=False),
        text("provider", "Prestataire", OutboxMessage.provider, 14, usual=False),
    ),
    conditions=_conditions,
    order=lambda _wanted: (OutboxMessage.id.desc(),),
)
