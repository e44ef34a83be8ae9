"""What each kind of entry of an order's history is called."""

from collections.abc import Mapping

from db.domain.orders import HistoryEvent

HISTORY_EVENT_LABELS: Mapping[HistoryEvent, str] = {
    HistoryEvent.CREATED: "Commande créée",
    HistoryEvent.IMPORTED: "Commande importée",
    HistoryEvent.STATUS_CHANGED: "Statut",
    HistoryEvent.PAYMENT_RECORDED: "Paiement reçu",
    HistoryEvent.REFUND_RECORDED: "Remboursement",
    HistoryEvent.LINE_CANCELLED: "Article annulé",
    HistoryEvent.NOTE_ADDED: "Note interne",
    HistoryEvent.EDITED: "Modification",
    HistoryEvent.MESSAGE_SENT: "Message au client",
    HistoryEvent.EMAIL_RESENT: "E-mail renvoyé",
    HistoryEvent.REMINDED: "Relance de paiement",
    HistoryEvent.TAGGED: "Mot-clé",
    HistoryEvent.UNDONE: "Action annulée",
    HistoryEvent.SHIPMENT_CORRECTED: "Colis corrigé",
    HistoryEvent.SHIPMENT_CANCELLED: "Colis annulé",
    HistoryEvent.PARCEL_DELIVERED: "Colis livré",
    HistoryEvent.PARCEL_RECEIVED: "Colis reçu",
    HistoryEvent.SELLER_REMINDED: "Rappel au vendeur",
    HistoryEvent.LINKS_REVOKED: "Liens de suivi révoqués",
    HistoryEvent.DOCUMENT_ISSUED: "Document établi",
    HistoryEvent.DOCUMENT_SENT: "Document envoyé par e-mail",
    HistoryEvent.RETURN_REQUESTED: "Retour demandé",
    HistoryEvent.RETURN_MOVED: "Retour",
    HistoryEvent.RETURN_INSPECTED: "Colis de retour vérifié",
    HistoryEvent.RETURN_MESSAGE: "Message sur le retour",
    HistoryEvent.SETTLED: "Remboursement de produits",
    HistoryEvent.REFUND_MOVED: "Remboursement",
    HistoryEvent.VOUCHER_GIVEN: "Bon d’achat donné",
    HistoryEvent.VOUCHER_CANCELLED: "Bon d’achat annulé",
    HistoryEvent.CUSTOMER_ERASED: "Données du client effacées",
    HistoryEvent.PAYOUT_HELD: "Reversement retenu",
    HistoryEvent.PAYOUT_RELEASED: "Reversement libéré",
}
