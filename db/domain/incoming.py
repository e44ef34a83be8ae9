"""An order on its way in, whoever sends it: the shop by HTTP, a file, another system. Its rules are the same for all.

``faults`` says what is wrong with it by itself; what only the database knows (the seller, the products, whether it is
there already) is ``db/services/incoming``'s.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from db.domain.orders import DeliveryMode, Origin, PaymentMethod, PaymentRecordState
from db.domain.text import is_storable

MAX_LINES = 500
MAX_TEXT = 500
#: A thousand million euros: what fits a screen and a mistake does not reach.
MAX_CENTS = 100_000_000_00
MAX_QUANTITY = 1_000_000
MAX_WEIGHT_G = 1_000_000_000
#: Clocks of two machines differ; an order of tomorrow is a mistake.
CLOCK_TOLERANCE = dt.timedelta(minutes=10)

#: An older order is a mistyped year.
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

#: An order placed longer ago is not news: its people were told, its articles taken off the stock, by whoever sold then.
NEW_WITHIN = dt.timedelta(days=15)

_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_NUMBER = re.compile(r"\S(.{0,98}\S)?")
_OUR_NUMBER = re.compile(r"ORD-\d{5,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class IncomingLine:
    """One article. Prices include VAT."""

    name: str
    quantity: int
    unit_price_cents: int
    #: The seller's reference; with one, the product must be known. Empty for an article that is no product.
    sku: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    supplier: str = ""
    vat_rate_bp: int = 2000
    discount_cents: int = 0
    #: Of the whole line.
    weight_g: int = 0

    @property
    def total_cents(self) -> int:
        """Return what the article costs, its discount taken off."""
        return self.quantity * self.unit_price_cents - self.discount_cents


@dataclass(frozen=True, slots=True)
class IncomingAddress:
    """An address as the customer gave it."""

    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    company: str = ""
    street_extra: str = ""
    country_code: str = "FR"
    phone: str = ""


@dataclass(frozen=True, slots=True)
class IncomingPayment:
    """A payment that goes with the order, or comes after it."""

    method: PaymentMethod
    amount_cents: int
    state: PaymentRecordState = PaymentRecordState.CAPTURED
    reference: str = ""
    received_at: dt.datetime | None = None
    external_ref: str = ""


@dataclass(frozen=True, slots=True)
class IncomingOrder:
    """What one customer bought from one seller. Amounts are cents of ``currency``; unknown texts are empty."""

    seller_code: str
    lines: tuple[IncomingLine, ...]
    #: The sender's own id: the same one twice is the same order.
    external_ref: str = ""
    #: Empty: we give one.
    number: str = ""
    basket: str = ""
    customer_name: str = ""
    customer_email: str = ""
    customer_phone: str = ""
    billing: IncomingAddress | None = None
    delivery: IncomingAddress | None = None
    delivery_mode: DeliveryMode = DeliveryMode.HOME
    carrier: str = ""
    pickup_address: str = ""
    payment_method: PaymentMethod = PaymentMethod.CARD
    origin: Origin = Origin.DIRECT
    currency: str = "EUR"
    shipping_cents: int = 0
    shipping_vat_rate_bp: int = 2000
    #: What the sender says it comes to; must be the sum. None: not said.
    total_cents: int | None = None
    #: None: now.
    placed_at: dt.datetime | None = None
    terms_accepted_at: dt.datetime | None = None
    ship_by: dt.date | None = None
    expected_delivery_on: dt.date | None = None
    payments: tuple[IncomingPayment, ...] = ()

    @property
    def items_cents(self) -> int:
        """Return what the articles come to."""
        return sum(line.total_cents for line in self.lines)

    @property
    def sum_cents(self) -> int:
        """Return articles and delivery together."""
        return self.items_cents + self.shipping_cents


class FaultCode(StrEnum):
    """What kind of fault it is, for a program: these words stay when sentences change."""

    REQUIRED = "required"
    MALFORMED = "malformed"
    OUT_OF_RANGE = "out_of_range"
    TOO_LONG = "too_long"
    #: It names something that is not there.
    UNKNOWN = "unknown"
    #: It names something that is not in use any more.
    INACTIVE = "inactive"
    #: It is another's already.
    TAKEN = "taken"
    #: It stands twice in what was sent.
    REPEATED = "repeated"
    #: It contradicts the rest.
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, as a path of field names (``lines.0.quantity``), and why, for a person."""

    field: str
    reason: str
    code: FaultCode = dataclasses.field(default=FaultCode.MALFORMED, compare=False)


def is_a_number_of_ours(number: str) -> bool:
    """Tell whether a number is one that the database gives: taken beforehand, it would stop the order it is due to."""
    return _OUR_NUMBER.fullmatch(number) is not None


def faults(order: IncomingOrder, now: dt.datetime) -> list[Fault]:
    """Return everything that is wrong with an order by itself, in the order of its fields; nothing where it is fine."""
    return [
        *faults_of_texts(order),
        *_faults_of_header(order, now),
        *_faults_of_lines(order.lines),
        *_faults_of_sums(order),
        *_faults_of_payments(order.payments),
    ]


def _faults_of_header(order: IncomingOrder, now: dt.datetime) -> Iterator[Fault]:
    if not order.seller_code.strip():
        yield Fault("seller_code", "Indiquez le code du vendeur.", FaultCode.REQUIRED)
    if order.number and not _NUMBER.fullmatch(order.number):
        yield Fault("number", "Le numéro compte 1 à 100 caractères, sans espace au bord.")
    if order.customer_email and not _EMAIL.fullmatch(order.customer_email):
        yield Fault("customer_email", "L’adresse e-mail est illisible.")
    if not _CURRENCY.fullmatch(order.currency):
        yield Fault("currency", "La devise s’écrit en trois lettres, comme EUR.")
    if order.placed_at is not None and order.placed_at < EARLIEST:
        yield Fault("placed_at", "La commande est datée d’avant l’an 2000.", FaultCode.OUT_OF_RANGE)
    if order.placed_at is not None and order.placed_at > now + CLOCK_TOLERANCE:
        yield Fault("placed_at", "La commande est datée dans l’avenir.", FaultCode.OUT_OF_RANGE)
    if not 0 <= order.shipping_cents <= MAX_CENTS:
        yield Fault("shipping_cents", "Les frais de port ne peuvent pas être négatifs.", FaultCode.OUT_OF_RANGE)
    if not 0 <= order.shipping_vat_rate_bp <= 10_000:
        yield Fault(
            "shipping_vat_rate_bp", "Le taux de TVA va de 0 à 10000 (centièmes de pour cent).", FaultCode.OUT_OF_RANGE
        )
    yield from _faults_of_addresses(order)


def _faults_of_addresses(order: IncomingOrder) -> Iterator[Fault]:
    for name in ("billing", "delivery"):
        address: IncomingAddress | None = getattr(order, name)
        if address is None:
            continue
        if not address.name.strip():
            yield Fault(f"{name}.name", "L’adresse n’a pas de nom.", FaultCode.REQUIRED)
        if not _COUNTRY.fullmatch(address.country_code):
            yield Fault(f"{name}.country_code", "Le pays s’écrit en deux lettres, comme FR.")


def _faults_of_lines(lines: Sequence[IncomingLine]) -> Iterator[Fault]:
    if not lines:
        yield Fault("lines", "La commande n’a aucun article.", FaultCode.REQUIRED)
    if len(lines) > MAX_LINES:
        yield Fault("lines", f"La commande dépasse {MAX_LINES} articles.", FaultCode.TOO_LONG)
    for place, line in enumerate(lines):
        at = f"lines.{place}"
        if not line.name.strip():
            yield Fault(f"{at}.name", "L’article n’a pas de nom.", FaultCode.REQUIRED)
        if not 1 <= line.quantity <= MAX_QUANTITY:
            yield Fault(
                f"{at}.quantity", f"La quantité est {line.quantity}\u00a0: il faut au moins 1.", FaultCode.OUT_OF_RANGE
            )
        if not 0 <= line.unit_price_cents <= MAX_CENTS:
            yield Fault(f"{at}.unit_price_cents", "Le prix ne peut pas être négatif.", FaultCode.OUT_OF_RANGE)
        if not 0 <= line.vat_rate_bp <= 10_000:
            yield Fault(
                f"{at}.vat_rate_bp", "Le taux de TVA va de 0 à 10000 (centièmes de pour cent).", FaultCode.OUT_OF_RANGE
            )
        if line.discount_cents < 0 or line.total_cents < 0:
            yield Fault(
                f"{at}.discount_cents",
                "La remise est négative ou dépasse le prix de l’article.",
                FaultCode.OUT_OF_RANGE,
            )
        if not 0 <= line.weight_g <= MAX_WEIGHT_G:
            yield Fault(f"{at}.weight_g", "Le poids va de 0 g à 1000 tonnes.", FaultCode.OUT_OF_RANGE)


def _faults_of_sums(order: IncomingOrder) -> Iterator[Fault]:
    if order.sum_cents > MAX_CENTS:
        yield Fault("total_cents", "Le total est hors de toute mesure.", FaultCode.OUT_OF_RANGE)
    if order.total_cents is not None and order.total_cents != order.sum_cents:
        yield Fault(
            "total_cents",
            f"Le total annoncé ({order.total_cents} centimes) n’est pas la somme des articles et du port "
            f"({order.sum_cents} centimes).",
            FaultCode.MISMATCH,
        )


def _faults_of_payments(payments: Sequence[IncomingPayment]) -> Iterator[Fault]:
    for place, payment in enumerate(payments):
        if not 0 < payment.amount_cents <= MAX_CENTS:
            yield Fault(
                f"payments.{place}.amount_cents", "Le montant du paiement doit être positif.", FaultCode.OUT_OF_RANGE
            )


def faults_of_texts(value: object) -> Iterator[Fault]:
    """Find the texts of an order, or of a part of one, that cannot be kept."""
    for path, text in texts_of(value):
        if not is_storable(text):
            yield Fault(path, "Le texte contient un caractère illisible.")
        elif len(text) > MAX_TEXT:
            yield Fault(path, f"Le texte dépasse {MAX_TEXT} caractères.", FaultCode.TOO_LONG)


def texts_of(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Walk every text of an order, with the path of its field."""
    match value:
        case str():
            yield path, value
        case Mapping():
            for key, each in value.items():
                yield from texts_of(key, path)
                yield from texts_of(each, f"{path}.{key}")
        case tuple():
            for place, each in enumerate(value):
                yield from texts_of(each, f"{path}.{place}")
        case _ if hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                yield from texts_of(getattr(value, name), f"{path}.{name}".lstrip("."))
