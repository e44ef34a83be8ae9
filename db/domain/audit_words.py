"""What each act of the audit log is called on the screen."""

from collections.abc import Mapping

from db.domain.audit import AuditArea
from db.domain.history_words import HISTORY_EVENT_LABELS
from db.domain.orders import HistoryEvent
from db.domain.payouts import PAYOUT_EVENT_LABELS

#: What is told of an order, but is looked for elsewhere.
_AREAS_OF_HISTORY: Mapping[HistoryEvent, AuditArea] = {
    HistoryEvent.DOCUMENT_ISSUED: AuditArea.DOCUMENTS,
    HistoryEvent.DOCUMENT_SENT: AuditArea.DOCUMENTS,
    HistoryEvent.CUSTOMER_ERASED: AuditArea.CUSTOMERS,
    HistoryEvent.PAYOUT_HELD: AuditArea.PAYOUTS,
    HistoryEvent.PAYOUT_RELEASED: AuditArea.PAYOUTS,
}


def area_of(event: HistoryEvent) -> AuditArea:
    """Return where an entry of an order's history is found in the log."""
    return _AREAS_OF_HISTORY.get(event, AuditArea.ORDERS)


_ACCESS = {
    "signed_in": "Connexion",
    "sign_in_failed": "Connexion refusée",
    "signed_in_by_link": "Connexion par le lien du terminal",
    "signed_out": "Déconnexion",
    "other_sessions_ended": "Autres sessions fermées",
    "link_created": "Lien d’accès créé",
    "password_chosen": "Mot de passe choisi par un lien",
    "password_changed": "Mot de passe changé",
}
_PEOPLE = {
    "person_invited": "Personne invitée",
    "person_changed": "Personne modifiée",
    "person_deactivated": "Personne désactivée",
    "person_reactivated": "Personne réactivée",
    "sessions_ended": "Sessions d’une personne fermées",
    "link_renewed": "Nouveau lien d’accès",
    "summary_chosen": "Résumé des ventes choisi",
}
_ORDERS = {
    "email_settled": "E-mail décidé à la main",
    "voucher_used": "Bon d’achat utilisé",
    "tag_created": "Mot-clé créé",
    "task_started": "Action groupée lancée",
    "task_stopped": "Action groupée arrêtée",
    "task_undone": "Action groupée annulée",
    "import_started": "Import lancé",
}
_CUSTOMERS = {
    "note_added": "Note sur un client",
    "note_deleted": "Note sur un client supprimée",
    "points_corrected": "Points de fidélité corrigés",
    "data_asked": "Données d’un client demandées",
    "opt_out_added": "Refus des SMS enregistré",
    "opt_out_removed": "Refus des SMS retiré",
}
_DOCUMENTS = {
    "fees_issued": "Facture de commission établie",
    "file_damaged": "Fichier perdu ou altéré",
    "file_made_again": "Fichier refait",
    "missing_invoices_owed": "Factures manquantes à établir",
    "tried_again": "Documents en échec relancés",
}
_PAYOUTS = {
    "run_begun": "Préparation des reversements lancée",
    "transfers_exported": "Fichier de virements créé",
    "export_undone_whole": "Remise de virements annulée",
    "bank_report_applied": "Relevé de la banque enregistré",
    "account_corrected": "Compte vendeur corrigé",
}
_SELLERS = {
    "seller_added": "Vendeur ajouté",
    "seller_changed": "Vendeur modifié",
    "identity_changed": "Identité légale du vendeur modifiée",
    "iban_changed": "IBAN du vendeur changé",
    "bic_changed": "BIC du vendeur changé",
    "holder_changed": "Titulaire du compte changé",
    "email_changed": "E-mail du vendeur changé",
    "hold_changed": "Retenue du vendeur changée",
    "terms_changed": "Conditions du vendeur changées",
}
_STOCK = {
    "stock_corrected": "Stock corrigé",
    "stock_rules_changed": "Règles de stock modifiées",
}
_SETTINGS = {
    "accounts_changed": "Plan comptable modifié",
    "marketplace_changed": "Marketplace modifiée",
    "carrier_added": "Transporteur ajouté",
    "carrier_changed": "Transporteur modifié",
    "carrier_reset": "Transporteur rétabli",
    "documents_changed": "Textes des documents modifiés",
    "payouts_changed": "Règles de versement modifiées",
    "returns_changed": "Règles des retours modifiées",
    "sms_rules_changed": "Règles des SMS modifiées",
    "sms_text_changed": "Texte de SMS modifié",
    "sms_text_reset": "Texte de SMS rétabli",
    "status_changed": "Statut modifié",
    "status_reset": "Statut rétabli",
    "timed_rule_changed": "Automatisme modifié",
    "email_text_changed": "Modèle d’e-mail modifié",
    "email_tested": "E-mail d’essai envoyé",
    "message_added": "Message prédéfini ajouté",
    "message_changed": "Message prédéfini modifié",
    "message_deleted": "Message prédéfini supprimé",
    "api_token_created": "Jeton d’API créé",
    "api_token_revoked": "Jeton d’API révoqué",
    "view_saved": "Vue enregistrée",
    "view_deleted": "Vue supprimée",
}
_EXPORTS = {
    "file_asked": "Fichier demandé",
    "file_downloaded": "Fichier téléchargé",
    "file_cancelled": "Fichier abandonné",
    "export_scheduled": "Export programmé",
    "schedule_changed": "Export programmé modifié",
    "schedule_paused": "Export programmé mis en pause",
    "schedule_resumed": "Export programmé repris",
    "schedule_deleted": "Export programmé supprimé",
}
_CLOSING = {
    "month_closed": "Mois clos",
    "closings_verified": "Clôtures vérifiées",
}
_SYSTEM = {
    "job_asked": "Tâche lancée à la main",
    "job_failed": "Tâche en échec",
    "chain_broken": "Journal vérifié\u00a0: défauts trouvés",
}

#: Of each area, what its events are called; whoever adds an event gives it its words here.
_WORDS: Mapping[AuditArea, Mapping[str, str]] = {
    AuditArea.ACCESS: _ACCESS,
    AuditArea.PEOPLE: _PEOPLE,
    AuditArea.ORDERS: _ORDERS,
    AuditArea.CUSTOMERS: _CUSTOMERS,
    AuditArea.DOCUMENTS: _DOCUMENTS,
    AuditArea.PAYOUTS: _PAYOUTS
    | {
        event.value: f"Reversement\u00a0: {label[:1].lower()}{label[1:]}"
        for event, label in PAYOUT_EVENT_LABELS.items()
    },
    AuditArea.SELLERS: _SELLERS,
    AuditArea.STOCK: _STOCK,
    AuditArea.SETTINGS: _SETTINGS,
    AuditArea.EXPORTS: _EXPORTS,
    AuditArea.CLOSING: _CLOSING,
    AuditArea.SYSTEM: _SYSTEM,
}

AUDIT_EVENTS: Mapping[tuple[AuditArea, str], str] = {
    (area_of(event), event.value): label for event, label in HISTORY_EVENT_LABELS.items()
} | {(area, event): words for area, events in _WORDS.items() for event, words in events.items()}


def words_of(area: AuditArea, event: str) -> str:
    """Return what an act is called; one that an older or a newer version wrote is called as it was written."""
    return AUDIT_EVENTS.get((area, event), event.replace("_", " ").capitalize())
