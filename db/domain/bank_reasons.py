"""Why banks reject transfers: the common codes of ISO 20022 (ExternalStatusReason1Code), in French."""

BANK_REASONS = {
    "AC01": "Numéro de compte incorrect",
    "AC03": "Compte du bénéficiaire incorrect",
    "AC04": "Compte clos",
    "AC06": "Compte bloqué",
    "AC13": "Type de compte du bénéficiaire incorrect",
    "AG01": "Opération interdite sur ce compte",
    "AG02": "Code d’opération incorrect",
    "AGNT": "Banque du bénéficiaire incorrecte",
    "AM01": "Montant nul",
    "AM02": "Montant au-dessus du plafond",
    "AM03": "Devise refusée",
    "AM04": "Provision insuffisante",
    "AM05": "Doublon",
    "AM09": "Montant erroné",
    "AM10": "Total de contrôle erroné",
    "AM18": "Nombre de virements erroné",
    "BE01": "Titulaire et compte ne correspondent pas",
    "BE04": "Adresse du bénéficiaire manquante",
    "BE05": "Émetteur inconnu",
    "CNOR": "Banque du bénéficiaire non joignable",
    "CUST": "Annulé à la demande du client",
    "DNOR": "Banque de l’émetteur non joignable",
    "DS02": "Signature manquante",
    "DS24": "Délai de signature dépassé",
    "DT01": "Date d’exécution incorrecte",
    "DU01": "Identifiant de fichier déjà reçu",
    "DUPL": "Fichier ou virement déjà reçu",
    "ED05": "Règlement échoué",
    "ERIN": "Option non prise en charge",
    "FF01": "Format de fichier incorrect",
    "FOCR": "Retourné à la demande de l’émetteur",
    "FR01": "Fraude",
    "MD07": "Titulaire décédé",
    "MS02": "Refusé par le bénéficiaire",
    "MS03": "Raison non précisée par la banque",
    "NOAS": "Sans réponse du bénéficiaire",
    "NOOR": "Opération d’origine introuvable",
    "RC01": "BIC incorrect",
    "RC04": "Banque du bénéficiaire inconnue",
    "RR01": "Compte de l’émetteur à identifier (réglementation)",
    "RR02": "Nom ou adresse de l’émetteur manquants (réglementation)",
    "RR03": "Nom ou adresse du bénéficiaire manquants (réglementation)",
    "RR04": "Raison réglementaire",
    "TECH": "Incident technique",
    "TM01": "Reçu après l’heure limite",
}
#: The bank had it before: of the first one, nothing is said. What is paid once must not be owed anew.
DUPLICATE_CODES = frozenset({"AM05", "DU01", "DUPL"})


def reason_words(code: str, said: str = "") -> str:
    """Return why, in French where the code is a common one, otherwise as the bank says it.

    Args:
        code: The bank's.
        said: What it writes beside.
    """
    return BANK_REASONS.get(code) or said or "Raison non précisée par la banque"


#: The account itself is not there any more, or never was: what is sent to it again comes back again.
ACCOUNT_REFUSED = ("AC01", "AC04", "AC06")
