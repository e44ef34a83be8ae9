"""Orders as Shopify's Admin API (REST) gives them: one, ``{"order": …}``, several, or a list."""

from db.domain.incoming import IncomingLine, IncomingOrder, IncomingPayment
from db.domain.money import split_by_weight
from db.domain.order_files import ReadOrder
from db.imports.orders.amounts import check_sum, fitted, price_of, rate_of
from db.imports.orders.foreign import address_of, method_of, numbered, origin_of, plain
from db.imports.orders.json_node import Node
from db.imports.orders.notes import Notes, UnreadableError
from db.imports.orders.places import phone

_ADDRESS = {
    "name": ("name",),
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "company": ("company",),
    "street": ("address1",),
    "street_extra": ("address2",),
    "postcode": ("zip",),
    "city": ("city",),
    "region": ("province_code",),
    "country": ("country_code", "country"),
    "phone": ("phone",),
}
#: What is not taken in, and why.
REFUSED_PAYMENTS = {
    "refunded": "Elle est remboursée chez Shopify\u00a0: il n’y a plus rien à livrer.",
    "partially_refunded": "Elle est remboursée en partie chez Shopify\u00a0: un remboursement ne s’importe pas.",
    "voided": "Son paiement est annulé chez Shopify.",
    "expired": "Son paiement a expiré chez Shopify.",
}
#: Ordered, and nothing received yet.
UNPAID = ("pending", "authorized", "unpaid", "")


def orders_in(document: object) -> list[Node]:
    """Return the orders of a document; none where it is another one."""
    match document:
        case {"orders": list(found)} | {"order": list(found)} | list(found):
            nodes = [Node(each["order"] if isinstance(each, dict) and "order" in each else each) for each in found]
        case {"order": found}:
            nodes = [Node(found)]
        case _:
            nodes = [Node(document)]
    return [node for node in nodes if _is_order(node)]


def _is_order(node: Node) -> bool:
    return "id" in node and "total_price" in node and "financial_status" in node


def read_orders(documents: object, seller_code: str) -> list[ReadOrder]:
    """Return the orders of a document, each with its place and what is to say of it."""
    return [_read(node, place, seller_code) for place, node in enumerate(orders_in(documents), start=1)]


def _read(node: Node, place: int, seller_code: str) -> ReadOrder:
    notes = Notes()
    reference = node.text("name", "order_number", "id")
    try:
        order = _order(node, seller_code, notes)
    except UnreadableError as error:
        order = None
        notes.refused(str(error))
    return notes.about(order, f"commande {place}", reference, node.text("note"))


def _order(node: Node, seller_code: str, notes: Notes) -> IncomingOrder:
    _refuse_what_is_over(node, notes)
    currency = node.text("currency") or "EUR"
    includes_tax = node.flag("taxes_included")
    lines = _lines(node, currency, notes, includes_tax=includes_tax)
    shipping, shipping_rate = _shipping(node, includes_tax=includes_tax)
    total = node.cents("total_price")
    check_sum(lines, shipping, total, currency, notes)
    delivery = address_of(node.child("shipping_address"), _ADDRESS, notes)
    billing = address_of(node.child("billing_address"), _ADDRESS, notes)
    customer, named = node.child("customer"), billing or delivery
    gateway = next(iter(node.texts("payment_gateway_names")), "") or node.text("gateway")
    order_id = node.text("id")
    placed_at = node.instant("processed_at") or node.instant("created_at")
    order = IncomingOrder(
        seller_code=seller_code,
        lines=tuple(lines),
        external_ref=f"shopify:{order_id}",
        number=numbered(seller_code, node.text("name", "order_number")),
        customer_name=plain(f"{customer.text('first_name')} {customer.text('last_name')}")
        or (named.name if named else ""),
        customer_email=node.text("email", "contact_email") or customer.text("email"),
        customer_phone=phone(
            node.text("phone") or customer.text("phone"), named.country_code if named else "FR", notes
        ),
        billing=billing,
        delivery=delivery,
        payment_method=method_of(gateway, notes),
        origin=origin_of(node.text("referring_site"), node.text("landing_site")),
        currency=currency,
        shipping_cents=shipping,
        shipping_vat_rate_bp=shipping_rate,
        total_cents=total,
        placed_at=placed_at,
        payments=_payments(node, total, gateway, notes),
    )
    _say_what_has_left(node, notes)
    return order


def _refuse_what_is_over(node: Node, notes: Notes) -> None:
    if node.flag("test"):
        notes.refused("C’est une commande d’essai.")
    if "cancelled_at" in node:
        notes.refused("Elle est annulée chez Shopify.")
    status = node.text("financial_status")
    if status in REFUSED_PAYMENTS:
        notes.refused(REFUSED_PAYMENTS[status])


def _say_what_has_left(node: Node, notes: Notes) -> None:
    status = node.text("fulfillment_status")
    if status in {"fulfilled", "partial"}:
        numbers = [number for each in node.children("fulfillments") for number in each.texts("tracking_numbers")]
        tracking = f" (suivi {', '.join(dict.fromkeys(numbers))})" if numbers else ""
        part = "" if status == "fulfilled" else " en partie"
        notes.corrected(
            f"Déjà expédiée{part} chez Shopify{tracking}\u00a0: elle est créée comme à expédier, notez son départ ici."
        )


def _lines(node: Node, currency: str, notes: Notes, *, includes_tax: bool) -> list[IncomingLine]:
    items = node.children("line_items")
    nets = [_after_discount(item) for item in items]
    taxes = [_tax(item) for item in items]
    whole = node.cents("total_tax") - sum(_tax(each) for each in node.children("shipping_lines"))
    if items and not any(taxes) and whole:
        # Older documents have the tax for the whole order only.
        taxes = split_by_weight(whole, [max(net, 0) for net in nets])
    elif items and whole:
        taxes = fitted(taxes, whole)
    lines = [
        _line(item, net, tax, currency, notes, includes_tax=includes_tax)
        for item, net, tax in zip(items, nets, taxes, strict=True)
    ]
    tip = node.cents("total_tip_received")
    if tip:
        lines.append(IncomingLine("Pourboire", 1, tip, vat_rate_bp=0))
    return lines


def _after_discount(item: Node) -> int:
    allocations = item.children("discount_allocations")
    discount = sum(each.cents("amount") for each in allocations) if allocations else item.cents("total_discount")
    return item.cents("price") * item.quantity("quantity") - discount


def _tax(item: Node) -> int:
    return sum(each.cents("price") for each in item.children("tax_lines"))


def _line(item: Node, after: int, tax: int, currency: str, notes: Notes, *, includes_tax: bool) -> IncomingLine:
    name = plain(item.text("title", "name"))
    quantity = item.quantity("quantity")
    if quantity < 1:
        raise UnreadableError(f"«\u00a0{name}\u00a0»\u00a0: la quantité est {quantity}.")
    before = item.cents("price") * quantity
    rate = rate_of(after - tax if includes_tax else after, tax)
    if not includes_tax:
        before, after = _with_tax(before, after, tax)
    price = price_of(name, quantity, before, after, currency, notes)
    return IncomingLine(
        name=name,
        quantity=quantity,
        unit_price_cents=price.unit_price_cents,
        sku=item.text("sku"),
        attributes=_attributes(item),
        supplier=item.text("vendor"),
        vat_rate_bp=rate,
        discount_cents=price.discount_cents,
        weight_g=max(item.quantity("grams"), 0),
    )


def _with_tax(before: int, after: int, tax: int) -> tuple[int, int]:
    """Return both amounts with tax; what is not known of the dearer one grows as the other does."""
    return (before * (after + tax) + after // 2) // after if after > 0 else before, after + tax


def _attributes(item: Node) -> dict[str, str]:
    variant = item.text("variant_title")
    own = {"Variante": plain(variant)} if variant and variant != "Default Title" else {}
    properties = ((each.text("name"), each.text("value")) for each in item.children("properties"))
    return own | {plain(name): plain(value) for name, value in properties if name and value and name[0] != "_"}


def _shipping(node: Node, *, includes_tax: bool) -> tuple[int, int]:
    """Return what delivery costs with tax, and its rate."""
    shipping = node.children("shipping_lines")
    net = sum(_shipping_price(each) for each in shipping)
    tax = sum(_tax(each) for each in shipping)
    return (net, rate_of(net - tax, tax)) if includes_tax else (net + tax, rate_of(net, tax))


def _shipping_price(line: Node) -> int:
    if "discounted_price" in line:
        return line.cents("discounted_price")
    return line.cents("price") - sum(each.cents("amount") for each in line.children("discount_allocations"))


def _payments(node: Node, total: int, gateway: str, notes: Notes) -> tuple[IncomingPayment, ...]:
    status = node.text("financial_status")
    if status == "paid":
        received = total
    elif status == "partially_paid" and "total_outstanding" in node:
        received = total - node.cents("total_outstanding")
    else:
        if status not in {*UNPAID, *REFUSED_PAYMENTS}:
            notes.corrected(f"Paiement «\u00a0{status}\u00a0»\u00a0: rien n’est noté comme reçu.")
        received = 0
    if received <= 0:
        return ()
    method = method_of(gateway, notes)
    received_at = node.instant("processed_at") or node.instant("created_at")
    ref = f"shopify:{node.text('id')}:payment"
    return (IncomingPayment(method, received, reference=gateway, received_at=received_at, external_ref=ref),)
