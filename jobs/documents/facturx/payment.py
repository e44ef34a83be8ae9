"""What was paid and how, and what is left to pay."""

from typing import Any

from db.domain.orders import PaymentMethod
from db.domain.snapshot import Nature, Numbered, Receipt
from jobs.documents.facturx.values import amount, text

#: UNTDID 4461. Transfers are « payment to bank account »: 30 and 58 would want the account, and it is paid already.
_MEANS = {
    PaymentMethod.CARD: "48",
    PaymentMethod.PAYPAL: "68",
    PaymentMethod.TRANSFER: "42",
    PaymentMethod.CHEQUE: "20",
    PaymentMethod.CASH: "10",
}
#: « Not defined »: EN 16931 has room for one means only.
_SEVERAL_MEANS = "1"
#: « Clearing between partners »: withheld from what is owed to the buyer.
_CLEARING = "97"
_TO_GIVE_BACK = "Montant remboursé ou à déduire"

#: The frame of the French reform: what is sold, then whether the invoice is deposited (1) or already paid (2).
_PROCESS = {Nature.GOODS: "B", Nature.SERVICES: "S", Nature.MIXED: "M"}
_DEPOSITED, _PAID = "1", "2"


def process(snapshot: Numbered) -> str:
    """Return BT-23: the frame in which the invoice is sent."""
    is_paid = not snapshot.is_credit_note and not snapshot.due_cents
    return _PROCESS[snapshot.nature] + (_PAID if is_paid else _DEPOSITED)


def means(snapshot: Numbered) -> dict[str, Any]:
    """Return BG-16: how it was paid; nothing while it is not."""
    if snapshot.withheld_words and not snapshot.is_credit_note:
        return {"BT-81": _CLEARING, "BT-82": snapshot.withheld_words}
    methods = list(dict.fromkeys(each.method for each in _received(snapshot)))
    if not methods:
        return {}
    return {
        "BT-81": _MEANS[methods[0]] if len(methods) == 1 else _SEVERAL_MEANS,
        "BT-82": ", ".join(text(method.label) for method in methods),
    }


def terms(snapshot: Numbered) -> dict[str, Any]:
    """Return when the rest is to be paid, or when all was; of a credit note, what becomes of its amount."""
    if snapshot.is_credit_note:
        return {"BT-20": _TO_GIVE_BACK}
    if snapshot.due_cents:
        return {"BT-9": snapshot.due_on or snapshot.issued_on}
    # France wants the day of the payment there (rule BR-FR-CO-09 of its reform).
    return {"BT-9": max((each.received_on for each in _received(snapshot)), default=snapshot.issued_on)}


def _received(snapshot: Numbered) -> list[Receipt]:
    """Return what paid it; what was given back pays nothing."""
    return [each for each in snapshot.receipts if each.amount_cents > 0]


def totals(snapshot: Numbered, sign: int) -> dict[str, str]:
    """Return BG-22. What a credit note gives back is due to the buyer, so that EN 16931's sums come out."""
    gross, net = sign * snapshot.gross_cents, sign * snapshot.net_cents
    paid = 0 if snapshot.is_credit_note else snapshot.paid_cents
    return {
        "BT-106": amount(net),
        "BT-109": amount(net),
        "BT-110": amount(sign * snapshot.vat_cents),
        "BT-112": amount(gross),
        "BT-113": amount(paid) if paid else "",
        "BT-115": amount(gross - paid),
    }
