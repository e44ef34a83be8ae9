"""The variables of e-mails: the one table that the editor lists, the check knows and ``context`` fills.

Their names are French: they are typed by shopkeepers.
"""

from dataclasses import dataclass, fields
from enum import StrEnum


class Kind(StrEnum):
    """What a variable holds."""

    TEXT = "text"
    LINK = "link"
    BLOCK = "block"  # A ready-made piece: a table, a button. It stands on a line of its own.
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable and what it holds, in the words of the editor."""

    name: str
    meaning: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Group:
    """Variables that are looked for together."""

    label: str
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One article of ``liste_articles``, as a template names its parts."""

    nom: str
    reference: str
    options: str
    quantite: int
    prix: str
    total: str
    lien: str


GROUPS = (
    Group(
        "Commande",
        (
            Variable("numero", "Numéro de la commande"),
            Variable("date_commande", "Jour de la commande"),
            Variable("statut", "Statut annoncé, tel que nommé dans Réglages › Statuts"),
            Variable("nombre_articles", "Nombre d’articles, avec le mot"),
            Variable("total", "Total TTC de la commande"),
            Variable("articles", "Tableau des articles\u00a0: quantités, prix, liens", Kind.BLOCK),
            Variable("totaux", "Sous-total, livraison et total TTC", Kind.BLOCK),
            Variable("liste_articles", "Les articles un à un, pour {% for article in liste_articles %}", Kind.LIST),
        ),
    ),
    Group(
        "Personnes",
        (
            Variable("client", "Nom du client"),
            Variable("email_client", "Adresse e-mail du client"),
            Variable("telephone_client", "Téléphone du client"),
            Variable("vendeur", "Nom du vendeur"),
            Variable("marketplace", "Nom de la marketplace"),
            Variable("contact", "Adresse e-mail à laquelle le client peut répondre"),
        ),
    ),
    Group(
        "Livraison",
        (
            Variable("mode_livraison", "Mode de livraison"),
            Variable("a_retirer", "« oui » quand le client vient chercher sa commande, vide sinon"),
            Variable("point_retrait", "Nom et adresse du point relais ou du magasin"),
            Variable("code_retrait", "Code que le client dit en venant chercher sa commande"),
            Variable("horaires", "Horaires du vendeur, pour les commandes à retirer"),
            Variable("partie", "« oui » quand l’e-mail parle d’une partie seulement de la commande"),
            Variable("delai_reception", "Délai après lequel un colis livré est tenu pour reçu, comme « 7 jours »"),
            Variable("adresse_livraison", "Adresse de livraison"),
            Variable("adresse_facturation", "Adresse de facturation"),
            Variable("adresses", "Livraison et facturation, avec leurs titres", Kind.BLOCK),
            Variable("livraison_prevue", "Jour de livraison prévu"),
            Variable("a_expedier_avant", "Dernier jour pour expédier à temps"),
            Variable("transporteur", "Transporteur"),
            Variable("numero_colis", "Numéro du colis"),
            Variable("suivi_colis", "Lien de suivi du colis", Kind.LINK),
            Variable("bouton_colis", "Bouton « Suivre mon colis »", Kind.BLOCK),
        ),
    ),
    Group(
        "Paiement",
        (
            Variable("moyen_paiement", "Moyen de paiement"),
            Variable("reste_a_payer", "Ce qui reste à payer"),
            Variable("annulation_le", "Jour où une commande non réglée sera annulée"),
            Variable("lien_paiement", "Lien qui reprend le paiement", Kind.LINK),
            Variable("bouton_paiement", "Bouton « Payer ma commande », tant qu’il reste à payer", Kind.BLOCK),
        ),
    ),
    Group(
        "Liens",
        (
            Variable("lien_suivi", "Page de suivi de la commande", Kind.LINK),
            Variable("bouton_suivi", "Bouton « Suivre ma commande »", Kind.BLOCK),
            Variable("lien_retour", "Page du retour, sur laquelle le client répond et prend son bon", Kind.LINK),
            Variable("bouton_retour", "Bouton « Suivre mon retour »", Kind.BLOCK),
            Variable("lien_vendeur", "La commande dans le tableau de bord du vendeur", Kind.LINK),
            Variable("bouton_vendeur", "Bouton « Voir ma commande » du vendeur", Kind.BLOCK),
        ),
    ),
    Group(
        "Retour",
        (
            Variable("numero_retour", "Numéro de la demande de retour"),
            Variable("statut_retour", "Statut de la demande de retour"),
            Variable("motif_retour", "Motif choisi par le client"),
            Variable("explication_retour", "Explication écrite par le client"),
            Variable("instructions_retour", "Instructions d’envoi de Réglages › Règles des retours"),
            Variable("renvoyer_avant", "Dernier jour pour envoyer le colis, une fois le retour accepté"),
            Variable("remboursement_avant", "Dernier jour pour rembourser le client"),
            Variable(
                "detail_rendu", "Ce qui est rendu, ligne par ligne\u00a0: articles, retenue et raison, port, total"
            ),
            Variable("montant_rembourse", "Ce qui est rendu en argent"),
            Variable("montant_bon", "Ce qui est rendu en bon d’achat"),
            Variable("moyen_remboursement", "Comment l’argent est rendu, comme « sur votre carte bancaire »"),
            Variable(
                "delai_remboursement",
                "Quand l’argent arrive, comme « sous quelques jours ouvrés »\u00a0; vide en espèces et par chèque",
            ),
            Variable("reference_remboursement", "Référence du remboursement, comme un numéro de chèque"),
        ),
    ),
    Group(
        "Reversement",
        (
            Variable("reversement", "Référence du reversement, comme « REV-000012 »"),
            Variable(
                "reference_virement", "Référence du virement sur le relevé bancaire\u00a0: la même, sauf à la main"
            ),
            Variable("detail_reversement", "Ce qui s’additionne, ligne par ligne\u00a0: ventes, commissions, total…"),
            Variable("paye_le", "Jour du virement"),
            Variable("compte_bancaire", "Compte bancaire du vendeur, dont le milieu est masqué"),
            Variable("motif_rejet", "Motif du rejet, tel que donné par la banque"),
            Variable("mois_releve", "Mois du relevé, comme « de novembre 2026 » ou « d’août 2026 »"),
            Variable("releve_joint", "« oui » quand l’e-mail porte le relevé en pièce jointe, vide sinon"),
            Variable("ancien_compte", "Compte bancaire d’avant le changement, masqué de même"),
            Variable("modifie_le", "Jour et heure du changement de compte bancaire"),
            Variable("modifie_par", "Qui l’a changé"),
            Variable("virements_a_partir_du", "Jour et heure avant lesquels rien n’est versé sur le nouveau compte"),
            Variable("lien_reversement", "Le reversement dans le tableau de bord du vendeur", Kind.LINK),
            Variable("bouton_reversement", "Bouton « Voir le reversement » du vendeur", Kind.BLOCK),
            Variable("lien_compte", "La page « Mon compte vendeur »", Kind.LINK),
            Variable("bouton_compte", "Bouton « Voir mon compte » du vendeur", Kind.BLOCK),
        ),
    ),
    Group(
        "Résumé des ventes",
        (
            Variable("personne", "Nom de la personne de l’équipe à qui l’e-mail est écrit"),
            Variable("periode_resume", "Les jours racontés, comme « du 16/11/2026 au 22/11/2026 »"),
            Variable("frequence_resume", "« quotidien », « hebdomadaire » ou « mensuel »"),
            Variable("chiffres_resume", "Les chiffres, avec leur évolution\u00a0; par devise", Kind.BLOCK),
            Variable("graphique_resume", "Le graphique des ventes par jour", Kind.BLOCK),
            Variable("meilleures_ventes", "Les meilleurs vendeurs et les meilleurs produits", Kind.BLOCK),
            Variable("commandes_en_retard", "Nombre de commandes en retard d’expédition au moment de l’envoi"),
            Variable("a_encaisser", "Ce qui reste à encaisser au moment de l’envoi, et pour combien de commandes"),
            Variable("lien_ventes", "La page « Ventes » sur ces jours", Kind.LINK),
            Variable("bouton_ventes", "Bouton « Voir les ventes »", Kind.BLOCK),
            Variable("lien_mon_compte", "La page « Mon compte »", Kind.LINK),
        ),
    ),
    Group(
        "Export programmé",
        (
            Variable("nom_export", "Nom de l’export programmé"),
            Variable("lignes_export", "Nombre de lignes, avec le mot\u00a0; vide s’il n’y en a aucune"),
            Variable("periode_export", "Les jours exportés, comme « du 01/10/2026 au 31/10/2026 »"),
            Variable("dossier_export", "Où le fichier est déposé dans le stockage, si l’export le demande"),
            Variable("lien_fichier", "Le fichier dans « Fichiers »", Kind.LINK),
            Variable("bouton_fichier", "Bouton « Ouvrir le fichier »", Kind.BLOCK),
            Variable("lien_exports", "La page « Exports programmés »", Kind.LINK),
            Variable("echec_export", "Pourquoi il n’y a pas de fichier\u00a0; vide quand l’export a réussi"),
        ),
    ),
    Group(
        "Selon l’e-mail",
        (
            Variable("message", "Message saisi par l’équipe"),
            Variable("objet", "Objet du message saisi par l’équipe"),
            Variable("montant", "Montant de la facture, de l’avoir, du bon d’achat ou de ce qui est rendu en tout"),
            Variable("document", "Numéro de la facture ou de l’avoir"),
            Variable("document_joint", "Le même numéro quand l’e-mail porte le document en pièce jointe, vide sinon"),
            Variable("code_bon", "Code du bon d’achat"),
            Variable("expiration", "Dernier jour de validité du bon d’achat"),
            Variable("points", "Points de fidélité gagnés, avec le mot"),
            Variable("solde_points", "Solde des points de fidélité, avec le mot"),
        ),
    ),
)

VARIABLES = {variable.name: variable for group in GROUPS for variable in group.variables}
LISTS = frozenset(variable.name for variable in VARIABLES.values() if variable.kind is Kind.LIST)
BLOCKS = frozenset(variable.name for variable in VARIABLES.values() if variable.kind is Kind.BLOCK)
ITEM_FIELDS = tuple(field.name for field in fields(Item))
