"""Orders as Amazon's Selling Partner API gives them.

An order, its articles, its address and its buyer are answers of their own, which may lie in one file in any order;
what has the same ``AmazonOrderId`` is one order.
"""

from collections.abc import Iterator

from db.domain.incoming import IncomingAddress, IncomingLine, IncomingOrder, IncomingPayment
from db.domain.order_files import ReadOrder
from db.domain.orders import PaymentMethod
from db.domain.time import local_day
from db.imports.orders.amounts import check_sum, price_of, rate_of
from db.imports.orders.foreign import address_of, plain
from db.imports.orders.json_node import Node
from db.imports.orders.notes import Notes, UnreadableError

_ADDRESS = {
    "name": ("Name",),
    "company": ("CompanyName",),
    "street": ("AddressLine1",),
    "street_extra": ("AddressLine2",),
    "postcode": ("PostalCode",),
    "city": ("City",),
    "region": ("StateOrRegion",),
    "country": ("CountryCode",),
    "phone": ("Phone",),
}
#: What is not taken in, and why.
REFUSED_STATUSES = {
    "Canceled": "Elle est annulée chez Amazon.",
    "Unfulfillable": "Amazon ne peut pas la livrer.",
    "Pending": "Amazon n’a pas encore accepté son paiement\u00a0: importez-la quand elle sera à expédier.",
    "PendingAvailability": "C’est une précommande\u00a0: importez-la quand elle sera à expédier.",
}
_GONE = {"Shipped": "", "PartiallyShipped": " en partie"}
_DEEPEST = 12
_ITEMS = "OrderItems"


def orders_in(document: object) -> list[dict[str, object]]:
    """Return what a document says of each order, put together; none where it is another one."""
    merged: dict[str, dict[str, object]] = {}
    for part in _parts(document, 0):
        order_id = part["AmazonOrderId"]
        if isinstance(order_id, str) and order_id:
            _merge(merged.setdefault(order_id, {}), part)
    # Addresses or articles alone are no orders.
    return list(merged.values()) if any("OrderStatus" in each for each in merged.values()) else []


def _merge(known: dict[str, object], part: dict[str, object]) -> None:
    """Add what another answer says of an order; two answers say different things of its articles."""
    before, after = known.get(_ITEMS), part.get(_ITEMS)
    known.update({key: value for key, value in part.items() if value is not None})
    if isinstance(before, list) and isinstance(after, list):
        items: dict[str, dict[str, object]] = {}
        for item in [*before, *after]:
            if isinstance(item, dict):
                items.setdefault(str(item.get("OrderItemId")), {}).update(item)
        known[_ITEMS] = list(items.values())


def _parts(value: object, depth: int) -> Iterator[dict[str, object]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        if "AmazonOrderId" in value:
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _parts(each, depth + 1)


def read_orders(documents: object, seller_code: str) -> list[ReadOrder]:
    """Return the orders of a document, each with its place and what is to say of it."""
    return [_read(Node(merged), place, seller_code) for place, merged in enumerate(orders_in(documents), start=1)]


def _read(node: Node, place: int, seller_code: str) -> ReadOrder:
    notes = Notes()
    try:
        order = _order(node, seller_code, notes)
    except UnreadableError as error:
        order = None
        notes.refused(str(error))
    return notes.about(order, f"commande {place}", node.text("AmazonOrderId"))


def _order(node: Node, seller_code: str, notes: Notes) -> IncomingOrder | None:
    status = node.text("OrderStatus")
    if status in REFUSED_STATUSES:
        notes.refused(REFUSED_STATUSES[status])
        return None
    if "OrderTotal" not in node:
        raise UnreadableError("Le fichier ne dit pas ce que la commande coûte (« OrderTotal »).")
    items = [item for item in node.children(_ITEMS) if item.quantity("QuantityOrdered")]
    if not items:
        raise UnreadableError(
            "Le fichier ne contient pas ses articles\u00a0: joignez la réponse « orderItems » d’Amazon pour elle."
        )
    total, currency = _money(node, "OrderTotal"), node.child("OrderTotal").text("CurrencyCode") or "EUR"
    includes_tax = _includes_tax(items, total)
    lines = [line for item in items for line in _lines(item, currency, notes, includes_tax=includes_tax)]
    shipping, shipping_rate = _shipping(items, includes_tax=includes_tax)
    check_sum(lines, shipping, total, currency, notes)
    _say_what_happened(node, status, items, notes)
    return _put_together(node, seller_code, lines, (shipping, shipping_rate), total, currency, notes)


def _put_together(
    node: Node,
    seller_code: str,
    lines: list[IncomingLine],
    shipping: tuple[int, int],
    total: int,
    currency: str,
    notes: Notes,
) -> IncomingOrder:
    order_id = node.text("AmazonOrderId")
    address = address_of(node.child("ShippingAddress"), _ADDRESS, notes)
    buyer = node.child("BuyerInfo")
    placed_at = node.instant("PurchaseDate")
    ship_by, expected = node.instant("LatestShipDate"), node.instant("LatestDeliveryDate")
    # Amazon collects for its sellers; only « cash on delivery » is paid at the door.
    is_cash = node.text("PaymentMethod") in {"COD", "CVS"}
    method = PaymentMethod.CASH if is_cash else PaymentMethod.CARD
    payment = IncomingPayment(
        method, total, reference="Amazon", received_at=placed_at, external_ref=f"amazon:{order_id}:payment"
    )
    return IncomingOrder(
        seller_code=seller_code,
        lines=tuple(lines),
        external_ref=f"amazon:{order_id}",
        number=order_id,
        customer_name=plain(node.text("BuyerName") or buyer.text("BuyerName")) or _name(address),
        customer_email=node.text("BuyerEmail") or buyer.text("BuyerEmail"),
        customer_phone=address.phone if address else "",
        delivery=address,
        payment_method=method,
        currency=currency,
        shipping_cents=shipping[0],
        shipping_vat_rate_bp=shipping[1],
        total_cents=total,
        placed_at=placed_at,
        ship_by=local_day(ship_by) if ship_by else None,
        expected_delivery_on=local_day(expected) if expected else None,
        payments=() if is_cash or total <= 0 else (payment,),
    )


def _name(address: IncomingAddress | None) -> str:
    return address.name if address else ""


def _say_what_happened(node: Node, status: str, items: list[Node], notes: Notes) -> None:
    if status in _GONE:
        notes.corrected(
            f"Déjà expédiée{_GONE[status]} chez Amazon\u00a0: elle est créée comme à expédier, notez son départ ici."
        )
    elif node.text("FulfillmentChannel") == "AFN":
        notes.corrected("Amazon l’expédie de ses propres entrepôts\u00a0: ne l’expédiez pas une seconde fois.")
    if any(item.child("BuyerRequestedCancel").flag("IsBuyerRequestedCancel") for item in items):
        notes.corrected("Le client a demandé son annulation chez Amazon.")


def _money(node: Node, key: str) -> int:
    return node.child(key).cents("Amount")


def _includes_tax(items: list[Node], total: int) -> bool:
    """Tell whether prices include tax: Europe's do, America's do not, and no field says which they are."""
    net = sum(
        _money(item, "ItemPrice") + _money(item, "ShippingPrice") + _gift_wrap(item)
        - _money(item, "PromotionDiscount") - _money(item, "ShippingDiscount")
        for item in items
    )  # fmt: skip
    return net == total


def _gift_wrap(item: Node) -> int:
    return _money(item, "GiftWrapPrice") or _money(item.child("BuyerInfo"), "GiftWrapPrice")


def _lines(item: Node, currency: str, notes: Notes, *, includes_tax: bool) -> Iterator[IncomingLine]:
    quantity, name = item.quantity("QuantityOrdered"), plain(item.text("Title", "ASIN"))
    before = _money(item, "ItemPrice")
    after = before - _money(item, "PromotionDiscount")
    tax = _money(item, "ItemTax") - _money(item, "PromotionDiscountTax")
    rate = rate_of(after - tax if includes_tax else after, tax)
    if not includes_tax:
        before, after = before + _money(item, "ItemTax"), after + tax
    price = price_of(name, quantity, before, after, currency, notes)
    yield IncomingLine(
        name=name,
        quantity=quantity,
        unit_price_cents=price.unit_price_cents,
        sku=item.text("SellerSKU"),
        attributes={"ASIN": item.text("ASIN")} if "ASIN" in item else {},
        vat_rate_bp=rate,
        discount_cents=price.discount_cents,
    )
    wrap = _gift_wrap(item)
    if wrap:
        wrap_tax = _money(item, "GiftWrapTax") or _money(item.child("BuyerInfo"), "GiftWrapTax")
        net = wrap - wrap_tax if includes_tax else wrap
        gross = wrap if includes_tax else wrap + wrap_tax
        yield IncomingLine("Emballage cadeau", 1, gross, vat_rate_bp=rate_of(net, wrap_tax))


def _shipping(items: list[Node], *, includes_tax: bool) -> tuple[int, int]:
    """Return what delivery costs with tax, and its rate."""
    price = sum(_money(item, "ShippingPrice") - _money(item, "ShippingDiscount") for item in items)
    tax = sum(_money(item, "ShippingTax") - _money(item, "ShippingDiscountTax") for item in items)
    return (price, rate_of(price - tax, tax)) if includes_tax else (price + tax, rate_of(price, tax))
