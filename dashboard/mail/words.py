"""What is said of an e-mail or SMS: where it is on its way, and what its provider told."""

import datetime as dt

from db.domain import formats
from db.domain.enclosures import Enclosure, Missing
from db.domain.mail import Channel, EmailTemplate, OutboxState
from db.domain.sms import shown_number
from db.emails.reading import EventRow, MailDetail

_NOW_WITHIN = dt.timedelta(hours=1)
#: E-mails of a bulk action wait for its end, which no clock knows.
_NO_CLOCK_KNOWS = dt.timedelta(days=365)

_EVENTS = {
    "processed": "Pris en charge par le fournisseur",
    "deferred": "Reporté par le serveur du destinataire",
    "delivered": "Remis",
    "open": "Ouvert",
    "click": "Lien suivi",
    "bounce": "Refusé par l’adresse",
    "blocked": "Bloqué par le serveur du destinataire",
    "dropped": "Non envoyé par le fournisseur",
    "spamreport": "Signalé comme indésirable",
    "unsubscribe": "Désinscription",
    "group_unsubscribe": "Désinscription",
    "group_resubscribe": "Réinscription",
}


def progress_words(mail: MailDetail, now: dt.datetime) -> str:
    """Return where the message is on its way, as one sentence; plain text."""
    if mail.state in {OutboxState.HELD, OutboxState.QUEUED}:
        return _waiting_words(mail, now)
    sent = f" le {formats.instant(mail.sent_at)}" if mail.sent_at else ""
    this = mail.channel.this_one
    refused = f"L’adresse a refusé {this}." if mail.channel is Channel.EMAIL else f"L’opérateur n’a pas remis {this}."
    return {
        OutboxState.SENDING: "En cours d’envoi.",
        OutboxState.SENT: f"Envoyé{sent}.",
        OutboxState.DELIVERED: f"Envoyé{sent}, remis à son destinataire.",
        OutboxState.OPENED: f"Envoyé{sent}, ouvert par son destinataire.",
        OutboxState.BOUNCED: f"{refused} {mail.error}",
        OutboxState.FAILED: f"{this[:1].upper()}{this[1:]} n’a pas pu partir. {mail.error}",
        OutboxState.UNCERTAIN: f"{mail.error} Renvoyez-le, ou considérez-le comme envoyé.",
        OutboxState.CANCELLED: f"Abandonné. {mail.error}",
    }[mail.state].strip()


def _waiting_words(mail: MailDetail, now: dt.datetime) -> str:
    if mail.due_at - now > _NO_CLOCK_KNOWS:
        return "Retenu jusqu’à la fin de l’action groupée."
    when = due_words(mail.due_at, now)
    if mail.attempts:
        return f"{mail.error} Nouvel essai {when}, après {formats.plural(mail.attempts, 'essai')}.".strip()
    return f"Part {when}."


def due_words(due_at: dt.datetime, now: dt.datetime) -> str:
    """Return « dans 42 s », « dans 12 min », « à 16:40 », or « dès que possible » where the moment has passed."""
    left = due_at - now
    if left <= dt.timedelta():
        return "dès que possible"
    seconds = -(-left // dt.timedelta(seconds=1))
    if left < dt.timedelta(minutes=2):
        return f"dans {seconds}{formats.NO_BREAK_SPACE}s"
    if left < _NOW_WITHIN:
        return f"dans {seconds // 60}{formats.NO_BREAK_SPACE}min"
    return f"le {formats.instant(due_at)}"


def missing_words(each: Enclosure, template: EmailTemplate, *, has_left: bool) -> str:
    """Return why a document does not go with an e-mail; empty where there was none to go with it."""
    what, is_masculine = _document_words(each, template)
    it, ready, made = ("il", "prêt", "fait") if is_masculine else ("elle", "prête", "faite")
    if each.waits_since:
        return f"attend {what}, qui n’est pas encore {made}"
    if each.missing == Missing.NOT_READY:
        return f"sans {what}\u00a0: {it} n’{'était' if has_left else 'est'} pas {ready}"
    if each.missing == Missing.NOT_FIT:
        return f"sans {what}\u00a0: {it} {'était' if has_left else 'est'} à vérifier"
    return ""


def _document_words(each: Enclosure, template: EmailTemplate) -> tuple[str, bool]:
    """Return how a document is called, and whether the word is masculine."""
    if each.statement_file:
        return "le relevé", True
    if each.fee_of_payout:
        return "la facture de commissions", False
    return ("l’avoir", True) if template is EmailTemplate.CREDIT_NOTE else ("la facture", False)


def event_words(event: EventRow) -> str:
    """Return what the provider told, in French where we know its word; plain text."""
    what = _EVENTS.get(event.kind, event.kind)
    said = f"{formats.instant(event.at)} · {what}"
    return f"{said} – {event.reason}" if event.reason else said


def recipient_words(channel: Channel, recipient: str) -> str:
    """Return an address as it is, a number as people read it."""
    return shown_number(recipient) if channel is Channel.SMS else recipient


def to_words(channel: Channel, recipient: str) -> str:
    """Return « à zoe@example.org », « au 06 12 34 56 78 »."""
    return f"{'au' if channel is Channel.SMS else 'à'} {recipient_words(channel, recipient)}"


def address_words(name: str, address: str) -> str:
    """Return « Zoé Morin <zoe@example.org> », or the one of the two that there is."""
    return f"{name} <{address}>" if name and address else name or address
