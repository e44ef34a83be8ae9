"""The lines of an invoice and its VAT, without VAT as EN 16931 wants them; those of a credit note are positive."""

from collections.abc import Mapping
from typing import Any

from db.domain.money import BASIS_POINTS, divide_half_up
from db.domain.snapshot import DocumentLine, VatCategory, VatLine
from jobs.documents.facturx.values import amount, percent, stated, text, unit_price

#: « Pièce », UN/ECE Recommendation 20.
_PIECE = "C62"
#: Discount, UNTDID 5189.
_DISCOUNT = "95"
_UNNAMED = "Article"
_AMOUNT_ONLY = "Montant accordé sur cet article, sans retour"
#: Of the reasons for which no VAT is charged, those that EN 16931 has a code for.
_REASON_CODES = {
    VatCategory.EXPORT: "VATEX-EU-G",
    VatCategory.INTRA_COMMUNITY: "VATEX-EU-IC",
    VatCategory.REVERSE_CHARGE: "VATEX-EU-AE",
}
_NO_REASON_GIVEN = "Exonération de TVA"


def line(number: int, sold: DocumentLine, sign: int, categories: Mapping[int, VatCategory]) -> dict[str, Any]:
    """Return BG-25: price × quantity − discount is the line's net, to the cent.

    Args:
        number: Its place; a credit note may hold two lines of one position of the invoice.
        sold: The line.
        sign: −1 for a credit note, whose amounts are stated as what they give back.
        categories: The category of each rate.
    """
    quantity, net = sign * sold.quantity, sign * sold.net_cents
    discount = divide_half_up(sign * sold.discount_cents * BASIS_POINTS, BASIS_POINTS + sold.vat_rate_bp)
    return stated(
        **{
            "BT-126": str(number),
            "BT-127-00": [{"BT-127": _AMOUNT_ONLY}] if sold.is_amount else [],
            "BT-129": str(quantity),
            "BT-130": _PIECE,
            **unit_price(net + discount, quantity),
            "BG-27": [{"amount": amount(discount), "reason": "Remise", "reason_code": _DISCOUNT}] if discount else [],
            "BT-131": amount(net),
            "BT-151": categories[sold.vat_rate_bp].value,
            "BT-152": percent(sold.vat_rate_bp),
            "BT-153": text(sold.name) or text(sold.reference) or _UNNAMED,
            "BT-155": text(sold.reference),
            "BG-32": _attributes(sold.attributes),
        }
    )


def vat(rate: VatLine, sign: int) -> dict[str, Any]:
    """Return BG-23: the base and the VAT of one rate, or why there is none."""
    is_exempt = rate.category is not VatCategory.STANDARD
    return stated(
        **{
            "BT-116": amount(sign * rate.net_cents),
            "BT-117": amount(sign * rate.vat_cents),
            "BT-118": rate.category.value,
            "BT-119": percent(rate.rate_bp),
            "BT-120": (text(rate.exemption) or _NO_REASON_GIVEN) if is_exempt else "",
            "BT-121": _REASON_CODES.get(rate.category, ""),
        }
    )


def _attributes(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    named = ((text(str(name)), text(str(value))) for name, value in sorted(attributes.items()))
    return [{"BT-160": name, "BT-161": value} for name, value in named if name and value]
