"""Whether an order that the shop wrote holds together: the rules of docs/database.md, as sentences for who mends it."""

from collections.abc import Iterator
from dataclasses import dataclass

from db.domain.formats import money
from db.domain.orders import OrderStatus

#: Where one thing after another is wrong, the first few say enough.
MAX_SENTENCES = 4


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """One article as the shop wrote it; amounts in cents."""

    name: str
    sku: str
    quantity: int
    unit_price_cents: int
    discount_cents: int
    total_cents: int
    #: Whether its product is one of the order's seller; None where no product is named.
    is_known: bool | None


@dataclass(frozen=True, slots=True)
class WrittenOrder:
    """An order as the shop wrote it; amounts in cents of ``currency``."""

    status: OrderStatus
    seller_name: str
    currency: str
    items_cents: int
    shipping_cents: int
    discount_cents: int
    total_cents: int
    lines: tuple[WrittenLine, ...]
    #: Sum of its captured payments.
    captured_cents: int = 0
    #: Currencies of its payments that are not the order's.
    foreign_currencies: tuple[str, ...] = ()


def inconsistencies(order: WrittenOrder) -> list[str]:
    """Return what does not hold together, one sentence each; nothing for an order that does."""
    return [*_of_lines(order), *_of_sums(order), *_of_payments(order)]


def explained(sentences: list[str]) -> str:
    """Return what the history says of an order that is put aside."""
    more = len(sentences) - MAX_SENTENCES
    shown = [*sentences[:MAX_SENTENCES], *([f"Et {more} autres points."] if more > 0 else [])]
    return " ".join([*shown, "Corrigez la commande dans la boutique, puis réparez-la ici."])


def _of_lines(order: WrittenOrder) -> Iterator[str]:
    if not order.lines:
        yield "La commande n’a aucun article."
    for line in order.lines:
        if line.is_known is False:
            reference = f"la référence {line.sku}" if line.sku else "son produit"
            yield f"Article « {line.name} »\u00a0: {reference} n’est pas au catalogue de {order.seller_name}."
        if line.quantity <= 0:
            yield f"Article « {line.name} »\u00a0: la quantité est {line.quantity}."
        should = line.quantity * line.unit_price_cents - line.discount_cents
        if line.total_cents != should:
            yield (
                f"Article « {line.name} »\u00a0: {line.quantity} × {money(line.unit_price_cents, order.currency)}, "
                f"remise de {money(line.discount_cents, order.currency)}, font {money(should, order.currency)} "
                f"et non {money(line.total_cents, order.currency)}."
            )


def _of_sums(order: WrittenOrder) -> Iterator[str]:
    items = sum(line.total_cents for line in order.lines)
    if order.lines and order.items_cents != items:
        yield (
            f"Le montant des articles est {money(order.items_cents, order.currency)}, "
            f"leur somme {money(items, order.currency)}."
        )
    whole = order.items_cents + order.shipping_cents
    if order.total_cents != whole:
        yield (
            f"Le total est {money(order.total_cents, order.currency)}, les articles et la livraison "
            f"font {money(whole, order.currency)}."
        )
    discounts = sum(line.discount_cents for line in order.lines)
    if order.discount_cents != discounts:
        yield (
            f"La remise est {money(order.discount_cents, order.currency)}, celles des articles "
            f"font {money(discounts, order.currency)}."
        )


def _of_payments(order: WrittenOrder) -> Iterator[str]:
    for currency in order.foreign_currencies:
        yield f"Un paiement est en {currency}, la commande en {order.currency}."
    if order.status is OrderStatus.PAID and order.captured_cents < order.total_cents:
        yield (
            f"La commande est écrite comme payée, mais ses paiements font "
            f"{money(order.captured_cents, order.currency)} sur {money(order.total_cents, order.currency)}."
        )
