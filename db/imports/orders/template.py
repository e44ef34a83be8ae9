"""Our template, as CSV and as XLSX: the headers, two example orders, and what each column is for."""

import csv
import io
from collections.abc import Mapping

import xlsxwriter

from db.imports.orders.columns import COLUMNS, OF_ARTICLE, REQUIRED, Field

_ORDER_OF_ONE: Mapping[Field, str] = {
    Field.NUMBER: "EX-1001",
    Field.SELLER: "CODE-VENDEUR",
    Field.PLACED_AT: "21/01/2026 14:32",
    Field.CUSTOMER: "Évelyne Morin",
    Field.EMAIL: "evelyne.morin@example.org",
    Field.PHONE: "06 12 34 56 78",
    Field.ARTICLE: "Thé vert bio",
    Field.QUANTITY: "2",
    Field.UNIT_PRICE: "12,50",
    Field.VAT_RATE: "5,5",
    Field.ATTRIBUTES: "Poids : 100 g",
    Field.SHIPPING: "4,90",
    Field.SHIPPING_VAT: "20",
    Field.TOTAL: "29,90",
    Field.METHOD: "Carte bancaire",
    Field.PAID: "29,90",
    Field.PAID_AT: "21/01/2026 14:33",
    Field.MODE: "À domicile",
    Field.CARRIER: "Colissimo",
    Field.DELIVERY_NAME: "Évelyne Morin",
    Field.DELIVERY_STREET: "12 rue des Lilas",
    Field.DELIVERY_POSTCODE: "35000",
    Field.DELIVERY_CITY: "Rennes",
    Field.DELIVERY_COUNTRY: "France",
    Field.NOTE: "Merci de sonner deux fois.",
}
_ORDER_OF_TWO: Mapping[Field, str] = {
    Field.NUMBER: "EX-1002",
    Field.SELLER: "CODE-VENDEUR",
    Field.PLACED_AT: "22/01/2026",
    Field.CUSTOMER: "Mairie de Saint-Malo",
    Field.EMAIL: "achats@example.org",
    Field.ARTICLE: "Théière en fonte",
    Field.QUANTITY: "1",
    Field.UNIT_PRICE: "49,00",
    Field.VAT_RATE: "20",
    Field.DISCOUNT: "4,00",
    Field.ATTRIBUTES: "Couleur : noir ; Contenance : 1 l",
    Field.SUPPLIER: "Fonderie du Nord",
    Field.WEIGHT: "1800",
    Field.TOTAL: "69,00",
    Field.METHOD: "Virement",
    Field.MODE: "Click & Collect",
    Field.PICKUP: "Boutique de Rennes, 3 place de la Mairie, 35000 Rennes",
    Field.BILLING_NAME: "Mairie de Saint-Malo",
    Field.BILLING_STREET: "Place Chateaubriand",
    Field.BILLING_POSTCODE: "35400",
    Field.BILLING_CITY: "Saint-Malo",
}
#: The second article of an order needs its number only.
_SECOND_ARTICLE: Mapping[Field, str] = {
    Field.NUMBER: "EX-1002",
    Field.ARTICLE: "Coffret de dégustation",
    Field.QUANTITY: "2",
    Field.UNIT_PRICE: "12,00",
    Field.VAT_RATE: "5,5",
}
EXAMPLES = (_ORDER_OF_ONE, _ORDER_OF_TWO, _SECOND_ARTICLE)
_EXPLAINED = ("Colonne", "Obligatoire", "Pour", "Explication", "Exemple")


def template_csv() -> bytes:
    """Return the template as French spreadsheets open it."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow([field.value for field in Field])
    rows.writerows([[example.get(field, "") for field in Field] for example in EXAMPLES])
    return text.getvalue().encode("utf-8-sig")


def template_xlsx() -> bytes:
    """Return the template as a workbook with a sheet that explains each column."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as workbook:
        bold = workbook.add_format({"bold": True, "bottom": 1})
        orders = workbook.add_worksheet("Commandes")
        orders.freeze_panes(1, 1)
        orders.set_column(0, len(Field) - 1, 18)
        orders.write_row(0, 0, [field.value for field in Field], bold)
        for line, example in enumerate(EXAMPLES, start=1):
            orders.write_row(line, 0, [example.get(field, "") for field in Field])
        explained = workbook.add_worksheet("Explications")
        explained.freeze_panes(1, 0)
        explained.set_column(0, 2, 24)
        explained.set_column(3, 4, 70)
        explained.write_row(0, 0, _EXPLAINED, bold)
        for line, field in enumerate(Field, start=1):
            explained.write_row(line, 0, _explanation(field))
    return content.getvalue()


def _explanation(field: Field) -> tuple[str, ...]:
    example = next((example[field] for example in EXAMPLES if field in example), "")
    whose = "Chaque article" if field in OF_ARTICLE else "Toute la commande"
    return field.value, "Oui" if field in REQUIRED else "", whose, COLUMNS[field].explanation, example
