"""What is said of the order's invoices and credit notes, as Markdown."""

import datetime as dt
from collections.abc import Sequence

from dashboard.mail.words import to_words
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.documents import DocumentKind
from db.domain.enclosures import enclosures
from db.domain.mail import OutboxState
from db.queries.order_documents import OrderDocument, OrderDocuments, OwedDocument
from db.queries.order_rows import MailRow
from db.services.outbox import MAIL_WAITS_FOR_ITS_TASK

#: Where an e-mail was handed over, whatever its recipient's server said later.
_LEFT = frozenset({OutboxState.SENT, OutboxState.DELIVERED, OutboxState.OPENED})
#: Why no credit note is offered: a second one would give the same money back.
CREDIT_NOTE_TO_COME = "Un avoir est déjà à venir"
_THE = {DocumentKind.INVOICE: "La facture", DocumentKind.CREDIT_NOTE: "L’avoir"}


def document_words(document: OrderDocument, documents: OrderDocuments) -> str:
    """Return « **Facture F2026-THE-000001** · 21/11/2026 · 61,31 € · Soldée par avoir · en préparation »."""
    title = f"**{document.kind.label} {escape_markdown(document.number)}**"
    amount = escape_markdown(formats.money(document.gross_cents, document.currency))
    said = [title, formats.date(document.issued_on), amount]
    if original := documents.original_of(document):
        said.append(f"sur {escape_markdown(original.number)}")
    if status := documents.credited_status(document):
        said.append(status.label)
    if document.is_in_preparation:
        said.append(":small[:material/hourglass_top: en préparation]")
    elif not document.is_fit:
        said.append(":red[:material/error: à vérifier]")
    return " · ".join(said)


def fault_words(document: OrderDocument) -> str:
    """Return which rules an official check found broken, or why there is no file; nothing where all is well."""
    if document.is_in_preparation:
        return ""
    said = [f"{fault.get('rule', '')}\u00a0: {fault.get('text', '')}" for fault in document.faults]
    if not document.is_ready and document.error:
        said.append(document.error)
    return "  \n".join(f":small[:red[{escape_markdown(sentence)}]]" for sentence in said)


def sent_words(document: OrderDocument, mails: Sequence[MailRow], now: dt.datetime) -> str:
    """Return when it last went to whom by e-mail; nothing where it never did."""
    mark = "e" if document.kind is DocumentKind.INVOICE else ""
    for mail in mails:
        if _bears(mail, document):
            to = to_words(mail.channel, mail.recipient)
            if mail.state in _LEFT:
                return escape_markdown(f"Envoyé{mark} {to} · {formats.short_instant(mail.at, now)}")
            return escape_markdown(f"{mail.state.label} pour {mail.recipient}")
    return ""


def _bears(mail: MailRow, document: OrderDocument) -> bool:
    """Tell whether a document went with an e-mail, or will; one that left without it does not count."""
    if mail.state is OutboxState.CANCELLED:
        return False
    asked = [each for each in enclosures(mail.attachments) if each.document_id == str(document.id)]
    return any(each.is_enclosed or not each.missing for each in asked)


def owed_words(owed: OwedDocument, when: str) -> str:
    """Return « Facture à venir : elle sera établie dans 40 s », or why it is not."""
    it, established = ("elle", "établie") if owed.kind is DocumentKind.INVOICE else ("il", "établi")
    title = f"**{owed.kind.label} à venir**"
    if owed.error:
        return f":orange[:material/warning:] {title} · {escape_markdown(owed.error)}"
    if owed.due_at >= MAIL_WAITS_FOR_ITS_TASK:
        when = "à la fin de l’action groupée"
    return f":material/schedule: {title}\u00a0: {it} sera {established} {escape_markdown(when)}."
