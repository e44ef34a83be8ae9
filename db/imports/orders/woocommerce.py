"""Orders as WooCommerce's REST API (v3) gives them: one, a list, or the answer of a batch."""

from db.domain.formats import money
from db.domain.incoming import IncomingLine, IncomingOrder, IncomingPayment
from db.domain.order_files import ReadOrder
from db.domain.orders import PaymentMethod
from db.imports.orders.amounts import check_sum, fitted, price_of, rate_of, spread_discount
from db.imports.orders.foreign import address_of, method_of, numbered, plain
from db.imports.orders.json_node import Node
from db.imports.orders.notes import Notes, UnreadableError

_ADDRESS = {
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "company": ("company",),
    "street": ("address_1",),
    "street_extra": ("address_2",),
    "postcode": ("postcode",),
    "city": ("city",),
    "region": ("state",),
    "country": ("country",),
    "phone": ("phone",),
}
#: What is not taken in, and why.
REFUSED_STATUSES = {
    "cancelled": "Elle est annulée chez WooCommerce.",
    "failed": "Son paiement a échoué chez WooCommerce.",
    "refunded": "Elle est remboursée chez WooCommerce\u00a0: il n’y a plus rien à livrer.",
    "trash": "Elle est à la corbeille chez WooCommerce.",
    "checkout-draft": "C’est un panier, pas encore une commande.",
    "auto-draft": "C’est un brouillon, pas encore une commande.",
}
#: « processing » means there that the payment has arrived.
PAID_STATUSES = ("processing", "completed")


def orders_in(document: object) -> list[Node]:
    """Return the orders of a document; none where it is another one."""
    if isinstance(document, list):
        nodes = [Node(each) for each in document]
    else:
        batch = Node(document)
        nodes = [*batch.children("create"), *batch.children("update")] or [batch]
    return [node for node in nodes if all(key in node for key in ("id", "line_items", "status", "billing"))]


def read_orders(documents: object, seller_code: str) -> list[ReadOrder]:
    """Return the orders of a document, each with its place and what is to say of it."""
    return [_read(node, place, seller_code) for place, node in enumerate(orders_in(documents), start=1)]


def _read(node: Node, place: int, seller_code: str) -> ReadOrder:
    notes = Notes()
    try:
        order = _order(node, seller_code, notes)
    except UnreadableError as error:
        order = None
        notes.refused(str(error))
    return notes.about(order, f"commande {place}", node.text("number", "id"), node.text("customer_note"))


def _order(node: Node, seller_code: str, notes: Notes) -> IncomingOrder:
    currency = node.text("currency") or "EUR"
    _refuse_what_is_over(node, currency, notes)
    lines = _lines(node, currency, notes)
    shipping_tax = sum(each.cents("total_tax") for each in node.children("shipping_lines"))
    shipping = sum(each.cents("total") for each in node.children("shipping_lines")) + shipping_tax
    total = node.cents("total")
    check_sum(lines, shipping, total, currency, notes)
    billing = address_of(node.child("billing"), _ADDRESS, notes)
    delivery = address_of(node.child("shipping"), _ADDRESS, notes)
    named = billing or delivery
    # Ids start at 1 in every shop; the key is drawn by lot.
    ref = f"woo:{node.text('order_key') or seller_code + ':' + node.text('id')}"
    return IncomingOrder(
        seller_code=seller_code,
        lines=tuple(lines),
        external_ref=ref,
        number=numbered(seller_code, node.text("number", "id")),
        customer_name=named.name if named else "",
        customer_email=node.child("billing").text("email"),
        customer_phone=billing.phone if billing else "",
        billing=billing,
        delivery=delivery,
        payment_method=method_of(_gateway(node), notes),
        currency=currency,
        shipping_cents=shipping,
        shipping_vat_rate_bp=rate_of(shipping - shipping_tax, shipping_tax),
        total_cents=total,
        placed_at=node.instant("date_created_gmt", is_utc=True),
        payments=_payments(node, ref, total, notes),
    )


def _refuse_what_is_over(node: Node, currency: str, notes: Notes) -> None:
    status = node.text("status")
    if status in REFUSED_STATUSES:
        notes.refused(REFUSED_STATUSES[status])
    refunded = sum(abs(each.cents("total")) for each in node.children("refunds"))
    if refunded and status != "refunded":
        notes.refused(
            f"Elle est remboursée en partie chez WooCommerce ({money(refunded, currency)})\u00a0: "
            "un remboursement ne s’importe pas."
        )
    if status == "completed":
        notes.corrected("Déjà terminée chez WooCommerce\u00a0: elle est créée comme à expédier, notez son départ ici.")


def _lines(node: Node, currency: str, notes: Notes) -> list[IncomingLine]:
    items, fees = node.children("line_items"), node.children("fee_lines")
    lines = [_line(item, tax, currency, notes) for item, tax in zip(items, _taxes(node, items, fees), strict=True)]
    discount = 0
    for fee in fees:
        gross = fee.cents("total") + fee.cents("total_tax")
        if gross < 0:
            discount -= gross
        elif gross:
            rate = rate_of(fee.cents("total"), fee.cents("total_tax"))
            lines.append(IncomingLine(plain(fee.text("name")) or "Frais", 1, gross, vat_rate_bp=rate))
    if discount:
        notes.corrected(f"La remise de {money(discount, currency)} est répartie sur les articles.")
    return spread_discount(lines, discount)


def _taxes(node: Node, items: list[Node], fees: list[Node]) -> list[int]:
    """Return each article's tax; the shop may round the tax of the cart, not that of each line."""
    taxes = [item.cents("total_tax") for item in items]
    if "cart_tax" not in node or not items:
        return taxes
    return fitted(taxes, node.cents("cart_tax") - sum(fee.cents("total_tax") for fee in fees))


def _line(item: Node, tax: int, currency: str, notes: Notes) -> IncomingLine:
    name = plain(item.text("name"))
    quantity = item.quantity("quantity")
    if quantity < 1:
        raise UnreadableError(f"«\u00a0{name}\u00a0»\u00a0: la quantité est {quantity}.")
    after = item.cents("total") + tax
    is_reduced = item.cents("subtotal") > item.cents("total")
    before = item.cents("subtotal") + item.cents("subtotal_tax") if is_reduced else after
    price = price_of(name, quantity, before, after, currency, notes)
    return IncomingLine(
        name=name,
        quantity=quantity,
        unit_price_cents=price.unit_price_cents,
        sku=item.text("sku"),
        attributes=_attributes(item),
        vat_rate_bp=rate_of(item.cents("total"), tax),
        discount_cents=price.discount_cents,
    )


def _attributes(item: Node) -> dict[str, str]:
    found = (
        (each.text("display_key", "key").removeprefix("pa_"), each.text("display_value", "value"))
        for each in item.children("meta_data")
    )
    return {plain(name): plain(value) for name, value in found if name and value and name[0] != "_"}


def _gateway(node: Node) -> str:
    return node.text("payment_method", "payment_method_title")


def _payments(node: Node, ref: str, total: int, notes: Notes) -> tuple[IncomingPayment, ...]:
    received_at = node.instant("date_paid_gmt", is_utc=True)
    method = method_of(_gateway(node), notes)
    status = node.text("status")
    if method is PaymentMethod.CASH and status != "completed":
        return ()  # Paid at the door: « processing » says nothing of the money.
    if total <= 0 or not (received_at or status in PAID_STATUSES):
        return ()
    reference = node.text("transaction_id", "payment_method_title")
    return (
        IncomingPayment(method, total, reference=reference, received_at=received_at, external_ref=f"{ref}:payment"),
    )
