"""What an e-mail is about, and the variables that this gives its template."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.domain import formats
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.orders import COLLECTED_MODES, OrderStatus, PaymentMethod, ReturnStatus
from db.domain.progress import Step, current_step, progress
from db.domain.refunds import GIVEN_BACK_BY
from db.domain.returns import ReturnReason
from db.domain.time import local_day
from db.emails.links import follow_up_url, payment_url, product_url, return_url, seller_url
from db.emails.markup import Block
from db.emails.payouts import NAMES as OF_PAYOUTS
from db.emails.payouts import payout_variables
from db.emails.staff import NAMES as OF_STAFF
from db.emails.staff import staff_variables
from db.emails.variables import Item
from db.queries.marketplace import MarketplaceRow
from db.queries.order_details import LineDetails, OrderDetails
from db.queries.statuses import StatusLook

#: When money that is given back arrives: a bank takes days, a cheque as long as the post, and cash is in hand.
_ARRIVES: Mapping[PaymentMethod, str] = dict.fromkeys(
    (PaymentMethod.CARD, PaymentMethod.PAYPAL, PaymentMethod.TRANSFER), "sous quelques jours ouvrés"
)
#: What an e-mail that is about no order has to say.
_OF_NO_ORDER = (
    OF_PAYOUTS
    | OF_STAFF
    | frozenset(
        {
            "client",
            "email_client",
            "marketplace",
            "contact",
            "message",
            "objet",
            "montant",
            "code_bon",
            "expiration",
            "points",
            "solde_points",
        }
    )
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """One e-mail before it is put into words."""

    template: EmailTemplate
    recipient_kind: RecipientKind
    order: OrderDetails
    market: MarketplaceRow
    looks: Mapping[OrderStatus, StatusLook]
    #: What its cause wrote beside the order (``OutboxMessage.variables``): status, message, carrier,
    #: tracking_number, tracking_url, lines (line id → units), subject, body, amount_cents, document, code,
    #: expires_on, cancelled_on, return_id, return_status, return_reason, return_explanation, return_instructions,
    #: send_back_by, refund_by, given_back, refund_cents, voucher_cents, refund_method, refund_reference, points,
    #: points_balance, payout_id, payment_reference, breakdown, paid_on, iban, iban_before, iban_after, rejection,
    #: month, changed_at, changed_by, rests_until, summary, export_name, rows, period, stored_at, file_id,
    #: export_error. All may be absent.
    extra: Mapping[str, Any]
    #: The number of the document that goes with it; empty where none does.
    enclosed: str = ""
    #: Whether a statement of the seller's account goes with it.
    has_statement: bool = False
    #: Where the charts that go with it are found, by currency: « cid:… », or the picture itself.
    pictures: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_about_an_order(self) -> bool:
        """Tell whether there is an order; what concerns a customer's account alone is told under none."""
        return bool(self.order.number)

    @property
    def colleague(self) -> str:
        """Return the name of whom it is written to, where that is somebody of the house."""
        return self.order.customer_name if self.recipient_kind is RecipientKind.STAFF else ""

    @property
    def status(self) -> OrderStatus:
        """Return the status that the e-mail tells, whatever became of the order since."""
        told = self.extra.get("status")
        return OrderStatus(told) if told in tuple(OrderStatus) else self.order.told_status

    @property
    def is_collected(self) -> bool:
        """Tell whether the customer comes for the goods."""
        return self.order.delivery_mode in COLLECTED_MODES

    @property
    def is_part(self) -> bool:
        """Tell whether it is about some articles of the order only."""
        units = self.extra.get("lines")
        if not isinstance(units, Mapping):
            return False
        return any(units.get(str(line.id), 0) != line.quantity - line.quantity_cancelled for line in self.order.lines)

    @property
    def tracking_url(self) -> str:
        """Return where the parcel can be followed: the one told, else the newest."""
        told = self.extra.get("tracking_url")
        return str(told) if told else next((each.tracking_url for each in reversed(self.order.shipments)), "")

    @property
    def payment_url(self) -> str:
        """Return where the customer can pay what is left, if anything is."""
        if not self.order.due_cents or self.status is OrderStatus.CANCELLED:
            return ""
        return payment_url(self.market.payment_url_pattern, self.order.number)

    @property
    def follow_up_url(self) -> str:
        """Return where the order is followed; what a seller is sent confirms nothing by it."""
        is_seller = self.recipient_kind is RecipientKind.SELLER
        return follow_up_url(self.order.id, self.order.link_generation, on_paper=is_seller)

    @property
    def return_url(self) -> str:
        """Return where the return is followed that it is about, if it is about one."""
        return_id = self.text("return_id")
        return return_url(self.follow_up_url, int(return_id)) if return_id.isdigit() else ""

    def text(self, name: str) -> str:
        """Return what the cause wrote under a name, as text."""
        value = self.extra.get(name)
        return "" if value is None else str(value).strip()

    def money(self, cents: int) -> str:
        """Return an amount of the order."""
        return formats.money(cents, self.order.currency)

    def amount(self, cents: object) -> str:
        """Return an amount that the cause wrote; nothing where it wrote none."""
        return self.money(cents) if isinstance(cents, int) and cents else ""

    def steps(self) -> tuple[Step, ...]:
        """Return the order's steps at this moment."""
        return progress(self.status, self.order.delivery_mode, is_paid=not self.order.due_cents)

    def said_steps(self) -> str:
        """Return the present step in words."""
        steps = self.steps()
        place = current_step(steps)
        if place is None:
            return f"Votre commande {self.order.number} est annulée"
        label = steps[place - 1].label
        return f"Votre commande {self.order.number}\u00a0: étape {place} sur {len(steps)}, {label}"

    def items(self) -> tuple[Item, ...]:
        """Return the articles that the e-mail is about: those of the parcel it announces, else all."""
        units = self.extra.get("lines")
        if not isinstance(units, Mapping):
            return tuple(self._item(line, line.quantity) for line in self.order.lines)
        wanted = {int(line_id): int(quantity) for line_id, quantity in units.items()}
        return tuple(self._item(line, wanted[line.id]) for line in self.order.lines if wanted.get(line.id))

    def _item(self, line: LineDetails, quantity: int) -> Item:
        # A part of a line has no price of its own once a discount was taken off: it shows what its units cost.
        total = line.total_cents if quantity == line.quantity else line.unit_price_cents * quantity
        options = [f"{name}\u00a0: {value}" for name, value in line.attributes.items()]
        if line.quantity_cancelled:
            options.append(f"dont {formats.plural(line.quantity_cancelled, 'annulé')}")
        return Item(
            nom=line.name,
            reference=line.sku,
            options=" · ".join(options),
            quantite=quantity,
            prix=self.money(line.unit_price_cents),
            total=self.money(total),
            lien=product_url(self.market.product_url_pattern, line.sku),
        )


def variables(occasion: Occasion) -> dict[str, object]:
    """Return every variable of ``variables.GROUPS``; what there is nothing to say of is empty."""
    known = _all_variables(occasion)
    if occasion.is_about_an_order:
        return known
    return {name: value if name in _OF_NO_ORDER else _nothing(value) for name, value in known.items()}


def _nothing(value: object) -> object:
    if isinstance(value, Block):
        return Block(value.name, is_there=False)
    return () if isinstance(value, tuple) else ""


def _all_variables(occasion: Occasion) -> dict[str, object]:
    order, market, text = occasion.order, occasion.market, occasion.text
    return {
        "numero": order.number,
        "date_commande": formats.long_date(local_day(order.placed_at)),
        "statut": occasion.looks[occasion.status].label,
        "nombre_articles": formats.plural(order.item_count or sum(line.quantity for line in order.lines), "article"),
        "total": occasion.money(order.total_cents),
        "liste_articles": occasion.items(),
        "client": order.customer_name,
        "email_client": order.customer_email,
        "telephone_client": order.customer_phone,
        "vendeur": order.seller_name,
        "marketplace": market.name,
        "contact": market.contact_email,
        "mode_livraison": order.delivery_mode.label,
        "a_retirer": "oui" if occasion.is_collected else "",
        "point_retrait": "\n".join(pickup_lines(order)),
        "code_retrait": order.pickup_code if occasion.is_collected else "",
        "horaires": order.seller_opening_hours if occasion.is_collected else "",
        "partie": "oui" if occasion.is_part else "",
        "delai_reception": formats.plural(market.receipt_days, "jour") if market.receipt_days else "",
        "adresse_livraison": "\n".join(order.delivery.lines if order.delivery else ()),
        "adresse_facturation": "\n".join(order.billing.lines if order.billing else ()),
        "livraison_prevue": _day(order.expected_delivery_on),
        "a_expedier_avant": _day(order.ship_by),
        "transporteur": text("carrier") or next((each.carrier for each in reversed(order.shipments)), order.carrier),
        "numero_colis": text("tracking_number")
        or next((each.tracking_number for each in reversed(order.shipments)), ""),
        "suivi_colis": occasion.tracking_url,
        "moyen_paiement": order.payment_method.label,
        "reste_a_payer": occasion.money(order.due_cents) if order.due_cents else "",
        "annulation_le": _iso_day(text("cancelled_on")),
        "lien_paiement": occasion.payment_url,
        "lien_suivi": occasion.follow_up_url,
        "lien_retour": occasion.return_url,
        "lien_vendeur": seller_url(order.number),
        "message": text("body") if occasion.template is EmailTemplate.MESSAGE else text("message"),
        "objet": text("subject"),
        "montant": occasion.amount(occasion.extra.get("amount_cents")),
        "document": text("document") or occasion.enclosed,
        "document_joint": occasion.enclosed,
        "code_bon": text("code"),
        "expiration": _iso_day(text("expires_on")),
        "numero_retour": text("return_id"),
        "statut_retour": _return_label(text("return_status")),
        "motif_retour": _reason_label(text("return_reason")),
        "explication_retour": text("return_explanation"),
        "instructions_retour": text("return_instructions"),
        "renvoyer_avant": _iso_day(text("send_back_by")),
        "remboursement_avant": _iso_day(text("refund_by")),
        "detail_rendu": text("given_back"),
        "montant_rembourse": occasion.amount(occasion.extra.get("refund_cents")),
        "montant_bon": occasion.amount(occasion.extra.get("voucher_cents")),
        "moyen_remboursement": _of_method(GIVEN_BACK_BY, text("refund_method")),
        "delai_remboursement": _of_method(_ARRIVES, text("refund_method")),
        "reference_remboursement": text("refund_reference"),
        "points": _points(text("points")),
        "solde_points": _points(text("points_balance")),
        **payout_variables(text, has_statement=occasion.has_statement),
        **staff_variables(occasion.colleague, occasion.extra, has_chart=bool(occasion.pictures)),
        "articles": Block("articles", bool(order.lines)),
        "totaux": Block("totaux"),
        "adresses": Block("adresses", bool(order.delivery or order.billing or pickup_lines(order))),
        "bouton_suivi": Block("bouton_suivi"),
        "bouton_retour": Block("bouton_retour", bool(occasion.return_url)),
        "bouton_vendeur": Block("bouton_vendeur"),
        "bouton_paiement": Block("bouton_paiement", bool(occasion.payment_url)),
        "bouton_colis": Block("bouton_colis", bool(occasion.tracking_url)),
    }


def pickup_lines(order: OrderDetails) -> tuple[str, ...]:
    """Return where the customer collects: the place they chose, else, where they come to the seller, its address."""
    if order.pickup_address.strip():
        return tuple(line.strip() for line in order.pickup_address.splitlines() if line.strip())
    return (order.seller_name, *order.seller_address) if order.delivery_mode in COLLECTED_MODES else ()


def _day(day: dt.date | None) -> str:
    return formats.long_date(day) if day else ""


def _iso_day(text: str) -> str:
    return _day(dt.date.fromisoformat(text)) if text else ""


def _return_label(code: str) -> str:
    return ReturnStatus(code).label if code in tuple(ReturnStatus) else ""


def _reason_label(code: str) -> str:
    return ReturnReason(code).label if code in tuple(ReturnReason) else ""


def _of_method(words: Mapping[PaymentMethod, str], code: str) -> str:
    return words.get(PaymentMethod(code), "") if code in tuple(PaymentMethod) else ""


def _points(text: str) -> str:
    return formats.plural(int(text), "point") if text.lstrip("-").isdigit() else ""
