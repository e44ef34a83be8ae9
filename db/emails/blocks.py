"""The ready-made pieces of e-mails, each as HTML and as plain text: articles, totals, addresses, buttons."""

from collections.abc import Callable, Mapping
from functools import partial

from markupsafe import Markup

from db.emails.context import Occasion, pickup_lines
from db.emails.layout import Brand, button, piece
from db.emails.links import seller_account_url, seller_url
from db.emails.markup import Fragment
from db.emails.payouts import payout_page
from db.emails.staff import file_page, sales_page
from db.emails.summaries import summary_blocks
from db.emails.variables import Item


def blocks(occasion: Occasion, brand: Brand) -> Mapping[str, Callable[[], Fragment]]:
    """Return how each block variable is drawn; only those a text names are."""
    order = occasion.order
    return {
        "articles": partial(_items, occasion, brand),
        "totaux": partial(_totals, occasion),
        "adresses": partial(_addresses, occasion),
        "bouton_suivi": partial(_button, brand, "Suivre ma commande", occasion.follow_up_url),
        "bouton_retour": partial(_button, brand, "Suivre mon retour", occasion.return_url),
        "bouton_vendeur": partial(_button, brand, "Voir ma commande", seller_url(order.number)),
        "bouton_paiement": partial(_button, brand, "Payer ma commande", occasion.payment_url),
        "bouton_reversement": partial(_button, brand, "Voir le reversement", payout_page(occasion.text)),
        "bouton_compte": partial(_button, brand, "Voir mon compte", seller_account_url()),
        **summary_blocks(occasion.extra, occasion.pictures),
        "bouton_ventes": partial(_button, brand, "Voir les ventes", sales_page(occasion.extra)),
        "bouton_fichier": partial(_button, brand, "Ouvrir le fichier", file_page(occasion.extra)),
        "bouton_colis": partial(_button, brand, "Suivre mon colis", occasion.tracking_url),
    }


def _button(brand: Brand, label: str, address: str) -> Fragment:
    return Fragment(button(brand, label, address), f"{label}\u00a0:\n{address}")


def _items(occasion: Occasion, brand: Brand) -> Fragment:
    items = occasion.items()
    return Fragment(piece("items", items, brand.accent), "\n".join(_item_text(item) for item in items))


def _item_text(item: Item) -> str:
    lines = [f"- {item.quantite} × {item.nom}\u00a0: {item.total}"]
    details = [item.options, f"Réf. {item.reference}" if item.reference else "", f"{item.prix} l’unité"]
    lines.append("  " + " · ".join(part for part in details if part))
    if item.lien:
        lines.append(f"  {item.lien}")
    return "\n".join(lines)


def _totals(occasion: Occasion) -> Fragment:
    order = occasion.order
    rows = [("Articles", order.items_cents + order.discount_cents, False)]
    if order.discount_cents:
        rows.append(("Remise", -order.discount_cents, False))
    rows.append(("Retrait" if occasion.is_collected else "Livraison", order.shipping_cents, False))
    rows.append(("Total TTC", order.total_cents, True))
    if order.due_cents and order.given_back_cents:
        rows.append(("Annulé ou rendu", -order.given_back_cents, False))
    if order.paid_cents and order.due_cents:
        rows.append(("Déjà réglé", order.paid_cents, False))
    if order.due_cents and (order.paid_cents or order.given_back_cents):
        rows.append(("Reste à régler", order.due_cents, True))
    said = [(label, _amount(occasion, label, cents, is_total), is_total) for label, cents, is_total in rows]
    return Fragment(piece("totals", said), "\n".join(f"{label}\u00a0: {amount}" for label, amount, _ in said))


def _amount(occasion: Occasion, label: str, cents: int, is_total: bool) -> str:  # noqa: FBT001  private, one caller
    free = "Offerte" if label == "Livraison" else "Offert"
    return occasion.money(cents) if cents or is_total else free


def _addresses(occasion: Occasion) -> Fragment:
    order = occasion.order
    columns: list[tuple[str, tuple[str, ...]]] = []
    place = pickup_lines(order)
    if place:
        columns.append(("Point de retrait", place))
    elif order.delivery:
        columns.append(("Adresse de livraison", _with_phone(order.delivery.lines, order.delivery.phone)))
    if order.billing:
        columns.append(("Adresse de facturation", _with_phone(order.billing.lines, order.billing.phone)))
    if place and order.delivery and not order.billing:
        columns.append(("Client", _with_phone(order.delivery.lines, order.delivery.phone)))
    text = "\n\n".join("\n".join([f"{heading}\u00a0:", *lines]) for heading, lines in columns)
    return Fragment(piece("addresses", columns) if columns else Markup(""), text)


def _with_phone(lines: tuple[str, ...], phone: str) -> tuple[str, ...]:
    return (*lines, f"Tél. {phone}") if phone else lines
