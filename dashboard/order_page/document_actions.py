"""What may be done with the order's invoices and credit notes, as data: for this person's role."""

from dashboard.order_page.actions import Action, Kind
from db.domain.actor import Actor
from db.domain.orders import OrderStatus
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.queries.order_documents import OrderDocument, UncreditedSettlement
from db.queries.order_rows import OrderPage
from db.services.documents.sending import may_send

_NEVER_INVOICED = frozenset({OrderStatus.CANCELLED, OrderStatus.ERROR})


def issuing_actions(page: OrderPage, viewer: Viewer) -> list[Action]:
    """Return which documents may be issued now; what is about to be issued by itself is waited for."""
    if viewer.seller_id is not None or not viewer.may(Permission.ISSUE_DOCUMENTS):
        return []
    header, documents = page.header, page.documents
    invoice = documents.current_invoice
    if invoice is not None:
        if documents.awaits_credit_note:
            return []
        return [Action(Kind.CREDIT_NOTE, "Établir un avoir", "undo", document_id=invoice.id)]
    is_another_programmes = bool(header.invoice_number) and not documents.issued
    if is_another_programmes or documents.awaits_invoice or header.status in _NEVER_INVOICED or header.total_cents <= 0:
        return []
    return [Action(Kind.INVOICE, "Générer la facture", "receipt_long")]


def crediting_actions(page: OrderPage, viewer: Viewer) -> list[tuple[UncreditedSettlement, Action]]:
    """Return what was given back without a credit note, and how it gets one."""
    if viewer.seller_id is not None or not viewer.may(Permission.ISSUE_DOCUMENTS):
        return []
    documents = page.documents
    if documents.current_invoice is None or documents.invoiced_cents <= page.header.claim_cents:
        return []  # Another credit note, made by hand, states it already.
    return [
        (each, Action(Kind.CREDIT_SETTLEMENT, "Établir son avoir", "undo", settlement_id=each.id))
        for each in documents.uncredited
    ]


def sending_action(document: OrderDocument, viewer: Viewer) -> Action | None:
    """Return how a document is sent to the customer; one with a fault is sent to nobody."""
    if not document.is_fit or not may_send(Actor.person(viewer)):
        return None
    return Action(Kind.SEND_DOCUMENT, "Envoyer par e-mail", "forward_to_inbox", document_id=document.id)
