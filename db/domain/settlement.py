"""What is given back of a sale: units, amounts, the shipping, what was paid too much. DOMAIN.md, « Returns ».

``settle`` is the one computation behind the dialog's preview and the act. It reads facts and writes nothing. What is
left of an article is always what it cost, less its cancelled units, less what settlements took off (``claim_cents``),
so that nothing is given back twice and the last settlement takes the exact remainder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from db.domain.errors import MarketplaceError
from db.domain.formats import money
from db.domain.money import split_by_weight
from db.domain.order_facts import LineFacts, OrderFacts
from db.domain.orders import OrderStatus

MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class LineBack:
    """What is asked to be given back of one article."""

    units: int = 0
    #: What is given for them, VAT included; None: what they cost. Without units: an amount on the article.
    amount_cents: int | None = None
    #: Whether they go back into stock; those that never left always do.
    restocks: bool = False


@dataclass(frozen=True, slots=True)
class SettlementRequest:
    """A « Remboursement de produits » as it is filled in. Amounts are cents, VAT included."""

    #: By order line.
    lines: Mapping[int, LineBack] = field(default_factory=dict)
    shipping_cents: int = 0
    #: A gesture on the whole: spread over what is left of the articles and the shipping.
    gesture_cents: int = 0
    #: Of what was paid too much: given back without touching the sale.
    overpaid_cents: int = 0
    #: Given as a voucher in place of money; None: all that goes back.
    voucher_cents: int | None = 0
    has_credit_note: bool = True
    #: Why, for the customer.
    reason: str = ""
    #: Why less than the price is given for units: what was damaged, what is missing.
    deduction_reason: str = ""
    return_id: int | None = None
    #: Where a refund by transfer goes, and one by cheque that the customer would rather have so.
    iban: str = ""


@dataclass(frozen=True, slots=True)
class SettledLine:
    """What is given back of one article."""

    line: LineFacts
    #: Units that had not left and will not; units that had.
    units_cancelled: int
    units_returned: int
    units_restocked: int
    amount_cents: int
    #: What the units cost, of which ``amount_cents`` may be a part.
    price_cents: int

    @property
    def units(self) -> int:
        """Return how many units are given back."""
        return self.units_cancelled + self.units_returned

    @property
    def settled_cents(self) -> int:
        """Return what is noted on the article; what its cancelled units cost follows from their number."""
        return self.line.settling_for(self.units_cancelled, self.amount_cents)

    @property
    def withheld_cents(self) -> int:
        """Return what of the units' price is kept; below zero where an amount gives back what was kept before."""
        if self.units:
            return self.price_cents - self.amount_cents
        return -min(self.line.withheld_cents, self.amount_cents)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settlement does, to the cent."""

    lines: tuple[SettledLine, ...]
    shipping_cents: int
    #: Taken off the sale: the lines and the shipping.
    total_cents: int
    #: Given back as money, as a voucher; what is neither makes less to pay of what was not paid yet.
    refund_cents: int
    voucher_cents: int
    #: What the customer is still asked for, of the whole sale, afterwards.
    claim_cents: int

    @property
    def unpaid_cents(self) -> int:
        """Return what is taken off what the customer had not paid."""
        return max(0, self.total_cents - self.refund_cents - self.voucher_cents)

    @property
    def deducted_cents(self) -> int:
        """Return how much less than the price is given for units."""
        return sum(each.price_cents - each.amount_cents for each in self.lines if each.units)


class SettlementRefusedError(MarketplaceError):
    """Something that cannot be given back; the sentence says what can."""


class NothingGivenBackError(SettlementRefusedError):
    """Nothing was chosen, or all amounts are zero."""

    def __init__(self, left: str) -> None:
        super().__init__(f"Rien n’est choisi\u00a0: indiquez une quantité ou un montant. Il reste {left} à rembourser.")


class NothingLeftError(SettlementRefusedError):
    """All was given back already."""

    def __init__(self) -> None:
        super().__init__("Tout est déjà remboursé\u00a0: il ne reste rien à rendre sur cette commande.")


class TooManyUnitsError(SettlementRefusedError):
    """More units than are left."""

    def __init__(self, name: str, left: int) -> None:
        self.left = left
        what = f"Il ne reste que {left} à rembourser" if left else "Il n’en reste aucun à rembourser"
        super().__init__(f"« {name} »\u00a0: {what[0].lower()}{what[1:]}. Saisissez {left} au plus.")


class TooMuchGivenBackError(SettlementRefusedError):
    """A larger amount than is left."""

    def __init__(self, what: str, left: str) -> None:
        super().__init__(f"{what}\u00a0: le remboursement dépasse ce qui reste ({left}). Saisissez au plus {left}.")


class NoReasonError(SettlementRefusedError):
    """There is no reason, or a deduction has none."""


class CancelInsteadError(SettlementRefusedError):
    """Nothing would be left to ship: that is a cancellation, with its own move."""

    def __init__(self, *, has_shipped: bool) -> None:
        verb = "Annulez le reste" if has_shipped else "Annulez la commande"
        super().__init__(f"Il ne resterait rien à expédier. {verb} plutôt\u00a0: le remboursement suivra.")


class NotSettledInErrorError(SettlementRefusedError):
    """The order waits for an administrator's repair."""

    def __init__(self) -> None:
        super().__init__("Commande en erreur\u00a0: un administrateur doit d’abord la réparer.")


def settle(order: OrderFacts, names: Mapping[int, str], request: SettlementRequest) -> Settled:
    """Return what a settlement would do.

    Args:
        order: The order as it is now.
        names: What its articles are called, by order line, for the refusals.
        request: What is asked.

    Raises:
        SettlementRefusedError: It cannot be given back; the subclass and the sentence say why and what can.
    """
    if order.status is OrderStatus.ERROR:
        raise NotSettledInErrorError
    if not order.claim_cents and not order.overpaid_cents:
        raise NothingLeftError
    lines = {line.id: _settled_line(order, names, line, request) for line in order.lines if line.id in request.lines}
    shipping = _checked(request.shipping_cents, order.shipping_claim_cents, "Frais de port", order.currency)
    lines, shipping = _with_gesture(order, lines, shipping, request.gesture_cents)
    given = tuple(each for each in lines.values() if each.units or each.amount_cents)
    total = sum(each.amount_cents for each in given) + shipping
    overpaid = _checked(request.overpaid_cents, order.overpaid_cents, "Trop-perçu", order.currency)
    if not total and not overpaid:
        raise NothingGivenBackError(money(order.claim_cents, order.currency))
    _check_reasons(request, given)
    _check_rest(order, given)
    claim = order.claim_cents - total
    if order.status is OrderStatus.AWAITING_PAYMENT and not claim:
        raise CancelInsteadError(has_shipped=False)
    held = max(0, order.refundable_cents - claim)
    back = min(total + overpaid, held)
    wanted = back if request.voucher_cents is None else request.voucher_cents
    voucher = _checked(wanted, back, "Bon d’achat", order.currency)
    return Settled(given, shipping, total, back - voucher, voucher, claim)


def _settled_line(
    order: OrderFacts, names: Mapping[int, str], line: LineFacts, request: SettlementRequest
) -> SettledLine:
    wanted, name = request.lines[line.id], names.get(line.id, "Article")
    of_return = request.return_id is not None
    most_units, most_cents = limits(line, of_return=of_return)
    if not 0 <= wanted.units <= most_units:
        raise TooManyUnitsError(name, most_units)
    # Without a parcel, what has not left yet is taken first.
    cancelled = 0 if of_return else min(wanted.units, line.quantity_left)
    returned = wanted.units - cancelled
    fixed = line.given_back_for(cancelled)
    rest = replace(line.cancelling(cancelled), settled_cents=line.settled_cents + line.settling_for(cancelled))
    price = fixed + rest.worth_of(returned)
    if not wanted.units:
        amount = _checked(wanted.amount_cents or 0, most_cents, f"« {name} »", order.currency)
        return SettledLine(line, 0, 0, 0, amount, amount)
    amount = price
    if wanted.amount_cents is not None:
        amount = _checked(wanted.amount_cents, price, f"« {name} »", order.currency)
    if amount < fixed:  # They never left: there is nothing to deduct.
        least = money(fixed, order.currency)
        raise SettlementRefusedError(
            f"« {name} »\u00a0: ce qui n’est pas parti se rembourse à son prix. Saisissez {least} au moins."
        )
    restocked = wanted.units if wanted.restocks else cancelled
    return SettledLine(line, cancelled, returned, restocked, amount, price)


def _with_gesture(
    order: OrderFacts, lines: dict[int, SettledLine], shipping: int, gesture: int
) -> tuple[dict[int, SettledLine], int]:
    """Spread a gesture over what the settlement leaves of the articles and, where there are none, of the shipping."""
    if not gesture:
        return lines, shipping
    every = [lines.get(line.id) or SettledLine(line, 0, 0, 0, 0, 0) for line in order.lines]
    left = [each.line.claim_cents - each.amount_cents for each in every] + [order.shipping_claim_cents - shipping]
    if not order.lines:  # Imported without its articles: the sale is one amount, and no line can carry a part of it.
        raise SettlementRefusedError("Cette commande n’a pas d’articles\u00a0: elle ne se rembourse pas ici.")
    _checked(gesture, sum(left), "Geste commercial", order.currency)
    *parts, of_shipping = split_by_weight(gesture, left)
    spread = {
        each.line.id: replace(each, amount_cents=each.amount_cents + part, price_cents=each.price_cents + part)
        for each, part in zip(every, parts, strict=True)
    }
    return spread, shipping + of_shipping


def _checked(cents: int, most: int, what: str, currency: str) -> int:
    if not 0 <= cents <= most:
        raise TooMuchGivenBackError(what, money(most, currency))
    return cents


def _check_reasons(request: SettlementRequest, given: tuple[SettledLine, ...]) -> None:
    if not request.reason.strip():
        raise NoReasonError("Indiquez le motif\u00a0: il est imprimé sur l’avoir et gardé dans l’historique.")
    if max(len(request.reason), len(request.deduction_reason)) > MAX_REASON:
        raise NoReasonError(f"Un motif tient en {MAX_REASON} caractères au plus. Abrégez-le.")
    is_less = any(each.amount_cents < each.price_cents for each in given)
    if is_less and not request.deduction_reason.strip():
        raise NoReasonError("Indiquez pourquoi vous rendez moins que le prix\u00a0: article abîmé, pièce manquante…")


def _check_rest(order: OrderFacts, given: tuple[SettledLine, ...]) -> None:
    """Refuse to cancel all that is still to ship: the order would stay open for ever."""
    cancelled = sum(each.units_cancelled for each in given)
    left = sum(line.quantity_left for line in order.lines)
    if cancelled and cancelled == left:
        raise CancelInsteadError(has_shipped=any(line.quantity_shipped for line in order.lines))


def limits(line: LineFacts, *, of_return: bool) -> tuple[int, int]:
    """Return how many units and how many cents of an article can be given back at most.

    Args:
        line: The article as it is now.
        of_return: Whether the units come back in a parcel: only what had left can.
    """
    return line.quantity_kept if of_return else line.quantity_refundable, line.claim_cents


def after_settling(order: OrderFacts, settled: Settled) -> OrderFacts:
    """Return an order as it is once something was given back of it."""
    changed = {
        each.line.id: replace(
            each.line,
            quantity_cancelled=each.line.quantity_cancelled + each.units_cancelled,
            quantity_returned=each.line.quantity_returned + each.units_returned,
            settled_cents=each.line.settled_cents + each.settled_cents,
            withheld_cents=each.line.withheld_cents + each.withheld_cents,
        )
        for each in settled.lines
    }
    return replace(
        order,
        lines=tuple(changed.get(line.id, line) for line in order.lines),
        shipping_settled_cents=order.shipping_settled_cents + settled.shipping_cents,
        owed_back_cents=order.owed_back_cents + settled.refund_cents,
        refunded_cents=order.refunded_cents + settled.voucher_cents,
    )
