"""The columns of our template: what each is for, an example, and the headers by which it is recognised elsewhere."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from db.domain.text import fold


class Field(StrEnum):
    """What a column of a table can hold; the value is the template's header."""

    NUMBER = "Numéro de commande"
    SELLER = "Vendeur"
    PLACED_AT = "Date de commande"
    CUSTOMER = "Client"
    EMAIL = "E-mail"
    PHONE = "Téléphone"
    SKU = "Référence"
    ARTICLE = "Article"
    QUANTITY = "Quantité"
    UNIT_PRICE = "Prix unitaire TTC"
    VAT_RATE = "TVA (%)"
    DISCOUNT = "Remise"
    ATTRIBUTES = "Caractéristiques"
    SUPPLIER = "Fournisseur"
    WEIGHT = "Poids (g)"
    SHIPPING = "Frais de port TTC"
    SHIPPING_VAT = "TVA du port (%)"
    TOTAL = "Total TTC"
    CURRENCY = "Devise"
    METHOD = "Mode de paiement"
    PAID = "Montant payé"
    PAID_AT = "Payée le"
    PAYMENT_REFERENCE = "Référence du paiement"
    MODE = "Livraison"
    CARRIER = "Transporteur"
    PICKUP = "Adresse de retrait"
    SHIP_BY = "À expédier avant le"
    DELIVERY_NAME = "Livraison : nom"
    DELIVERY_COMPANY = "Livraison : société"
    DELIVERY_STREET = "Livraison : rue"
    DELIVERY_EXTRA = "Livraison : complément"
    DELIVERY_POSTCODE = "Livraison : code postal"
    DELIVERY_CITY = "Livraison : ville"
    DELIVERY_COUNTRY = "Livraison : pays"
    DELIVERY_PHONE = "Livraison : téléphone"
    BILLING_NAME = "Facturation : nom"
    BILLING_COMPANY = "Facturation : société"
    BILLING_STREET = "Facturation : rue"
    BILLING_EXTRA = "Facturation : complément"
    BILLING_POSTCODE = "Facturation : code postal"
    BILLING_CITY = "Facturation : ville"
    BILLING_COUNTRY = "Facturation : pays"
    NOTE = "Note"


@dataclass(frozen=True, slots=True)
class Column:
    """What the template says of a field."""

    explanation: str
    #: Other headers, folded, between commas; the template's own is always known.
    headers: str = ""


#: Without these there is no order.
REQUIRED = (Field.NUMBER, Field.ARTICLE, Field.QUANTITY, Field.UNIT_PRICE)
#: One per article; every other field is of the whole order, on each of its lines or on the first alone.
OF_ARTICLE = frozenset(
    {
        Field.SKU,
        Field.ARTICLE,
        Field.QUANTITY,
        Field.UNIT_PRICE,
        Field.VAT_RATE,
        Field.DISCOUNT,
        Field.ATTRIBUTES,
        Field.SUPPLIER,
        Field.WEIGHT,
    }
)
DAYS = (Field.PLACED_AT, Field.PAID_AT, Field.SHIP_BY)

COLUMNS: Mapping[Field, Column] = {
    Field.NUMBER: Column(
        "Obligatoire. Le même numéro sur chaque ligne d’une commande, ou sur la première seulement.",
        "numero, n commande, no commande, num commande, commande, order, "
        "order number, order no, order id, number, id commande, reference commande",
    ),
    Field.SELLER: Column(
        "Le code du vendeur. Inutile si vous choisissez un vendeur pour tout le fichier.",
        "code vendeur, vendeur code, seller, seller code, boutique, point d activite",
    ),
    Field.PLACED_AT: Column(
        "21/11/2026, 21/11/2026 14:32 ou 2026-11-21. Vide\u00a0: maintenant.",
        "date, date commande, order date, created at, placed at, passee le, commandee le",
    ),
    Field.CUSTOMER: Column(
        "Prénom et nom du client.",
        "nom client, nom du client, nom, acheteur, customer, customer name, buyer",
    ),
    Field.EMAIL: Column(
        "L’adresse où le client reçoit ses messages.",
        "mail, courriel, email client, e mail client, customer email, adresse e mail, adresse email",
    ),
    Field.PHONE: Column("Le téléphone du client.", "tel, telephone client, mobile, portable, phone, customer phone"),
    Field.SKU: Column(
        "La référence du produit chez ce vendeur\u00a0; vide pour un article hors catalogue.",
        "ref, sku, reference produit, reference article, code article, product sku, ean",
    ),
    Field.ARTICLE: Column(
        "Obligatoire. Le nom de l’article\u00a0; une ligne par article.",
        "produit, designation, libelle, nom du produit, nom article, "
        "product, product name, item, item name, title, description",
    ),
    Field.QUANTITY: Column("Obligatoire. Un nombre entier.", "qte, qt, quantites, quantity, qty, nombre"),
    Field.UNIT_PRICE: Column(
        "Obligatoire. Le prix d’une unité, TVA comprise\u00a0: 12,50.",
        "prix, prix unitaire, prix ttc, pu, pu ttc, unit price, price, item price",
    ),
    Field.VAT_RATE: Column("20, 10, 5,5… Vide\u00a0: 20.", "tva, taux tva, taux de tva, vat, vat rate, tax rate"),
    Field.DISCOUNT: Column(
        "Ce qui est retiré du prix de la ligne, toutes unités ensemble.",
        "reduction, rabais, discount, remise ttc",
    ),
    Field.ATTRIBUTES: Column(
        "Couleur\u00a0: vert\u00a0; Taille\u00a0: M",
        "attributs, options, variante, declinaison, attributes, variant",
    ),
    Field.SUPPLIER: Column("Le fournisseur de l’article.", "supplier, vendor, marque"),
    Field.WEIGHT: Column("Le poids d’une unité, en grammes.", "poids, poids g, weight, weight g, grammes"),
    Field.SHIPPING: Column(
        "Ce que le client paie pour la livraison, TVA comprise.",
        "port, frais de port, frais port, livraison ttc, shipping, shipping cost, shipping price",
    ),
    Field.SHIPPING_VAT: Column("Vide\u00a0: 20.", "tva port, tva frais de port, shipping vat, shipping tax rate"),
    Field.TOTAL: Column(
        "Sert de contrôle\u00a0: il doit être la somme des articles et du port.",
        "total, montant, montant total, montant ttc, order total, total price, grand total",
    ),
    Field.CURRENCY: Column("EUR si la colonne est vide.", "monnaie, currency"),
    Field.METHOD: Column(
        "Carte bancaire, PayPal, Virement, Chèque ou Espèces.",
        "paiement, moyen de paiement, mode paiement, payment, payment method",
    ),
    Field.PAID: Column(
        "Le montant reçu, ou « oui » pour le total. Vide\u00a0: rien n’est payé.",
        "paye, payee, regle, montant regle, paid, amount paid",
    ),
    Field.PAID_AT: Column("La date du paiement.", "date de paiement, date paiement, paid at, paid on, reglee le"),
    Field.PAYMENT_REFERENCE: Column(
        "Numéro du chèque ou de la transaction.",
        "reference paiement, transaction, transaction id, numero de cheque",
    ),
    Field.MODE: Column(
        "À domicile, Point relais, Click & Collect ou Au magasin.",
        "mode de livraison, mode livraison, delivery, delivery mode, shipping method",
    ),
    Field.CARRIER: Column("Colissimo, Chronopost…", "carrier"),
    Field.PICKUP: Column(
        "Le point relais ou le magasin, avec son adresse.",
        "point relais, adresse point relais, pickup, pickup address",
    ),
    Field.SHIP_BY: Column("Le dernier jour où l’expédition est à l’heure.", "expedier avant, ship by, date limite"),
    Field.DELIVERY_NAME: Column(
        "Le destinataire\u00a0; vide\u00a0: le client.",
        "destinataire, nom livraison, nom de livraison, shipping name, ship to",
    ),
    Field.DELIVERY_COMPANY: Column("", "societe, entreprise, societe livraison, company, shipping company"),
    Field.DELIVERY_STREET: Column(
        "Numéro et rue.",
        "adresse, rue, adresse livraison, adresse de livraison, address, shipping address, shipping street, address 1",
    ),
    Field.DELIVERY_EXTRA: Column(
        "Bâtiment, étage, digicode.",
        "complement, complement d adresse, adresse 2, address 2, shipping address 2",
    ),
    Field.DELIVERY_POSTCODE: Column(
        "",
        "code postal, cp, code postal livraison, postcode, zip, shipping zip, postal code",
    ),
    Field.DELIVERY_CITY: Column("", "ville, ville livraison, city, shipping city, commune"),
    Field.DELIVERY_COUNTRY: Column(
        "Nom ou code\u00a0; vide\u00a0: France.",
        "pays, pays livraison, country, shipping country",
    ),
    Field.DELIVERY_PHONE: Column("", "telephone livraison, shipping phone"),
    Field.BILLING_NAME: Column(
        "Vide\u00a0: comme la livraison.",
        "nom facturation, nom de facturation, billing name, bill to",
    ),
    Field.BILLING_COMPANY: Column("", "societe facturation, billing company"),
    Field.BILLING_STREET: Column(
        "",
        "adresse facturation, adresse de facturation, billing address, billing street, billing address 1",
    ),
    Field.BILLING_EXTRA: Column("", "complement facturation, billing address 2"),
    Field.BILLING_POSTCODE: Column("", "code postal facturation, billing zip, billing postcode"),
    Field.BILLING_CITY: Column("", "ville facturation, billing city"),
    Field.BILLING_COUNTRY: Column("", "pays facturation, billing country"),
    Field.NOTE: Column(
        "Le message du client\u00a0; il devient une note interne.",
        "notes, commentaire, remarque, message, comment, note client, customer note",
    ),
}


def guess(headers: Sequence[str]) -> dict[int, Field]:
    """Return which column is which field, by its header, French or English; each field once, the first column wins."""
    found: dict[int, Field] = {}
    for place, header in enumerate(headers):
        field = _FIELDS.get(_folded(header))
        if field is not None and field not in found.values():
            found[place] = field
    return found


def _folded(header: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(header)))


_FIELDS: Mapping[str, Field] = {
    **{header: field for field, column in COLUMNS.items() for header in column.headers.split(", ")},
    **{_folded(field.value): field for field in Field},
}
