"""Everything a numbered document states, copied when it is issued: what is printed, sent and proved for ten years.

A snapshot never changes; ``db/domain/snapshot_json.py`` says how it is kept and proved.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from db.domain.documents import DocumentKind
from db.domain.formats import plural
from db.domain.orders import DeliveryMode, PaymentMethod
from db.domain.postal import PostalAddress
from db.domain.vat import VatTotal

#: Raised when the shape of the JSON changes, so that older ones are still read as what they are.
VERSION = 1


class VatCategory(StrEnum):
    """Why a rate is what it is: the codes of UNTDID 5305 that EN 16931 allows and a French seller meets."""

    STANDARD = "S"
    EXEMPT = "E"
    EXPORT = "G"
    INTRA_COMMUNITY = "K"
    REVERSE_CHARGE = "AE"


class Nature(StrEnum):
    """What is sold (« nature de l’opération », CGI, ann. II, art. 242 nonies A, 16°)."""

    GOODS = "goods"
    SERVICES = "services"
    MIXED = "mixed"

    @property
    def label(self) -> str:
        """Return the mention."""
        return NATURE_LABELS[self]


NATURE_LABELS = {
    Nature.GOODS: "Livraison de biens",
    Nature.SERVICES: "Prestation de services",
    Nature.MIXED: "Livraison de biens et prestation de services",
}


@dataclass(frozen=True, slots=True)
class Party:
    """A company as the law wants it named: the seller, the marketplace."""

    name: str
    legal_name: str = ""
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country_code: str = "FR"
    email: str = ""
    phone: str = ""
    #: Legal form, capital, register: « SARL au capital de 10 000 € – RCS Lyon 404 833 048 ».
    legal_notice: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer; with a SIREN or a VAT number, a company."""

    name: str
    company: str = ""
    siren: str = ""
    vat_number: str = ""
    email: str = ""

    @property
    def is_company(self) -> bool:
        """Tell whether the mentions between professionals are due."""
        return bool(self.company or self.siren or self.vat_number)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the goods reach the customer."""

    mode: DeliveryMode
    carrier: str = ""
    pickup_address: str = ""
    #: The day they arrived: the date of the supply, where that is known.
    delivered_on: dt.date | None = None
    expected_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line. Amounts are cents; those of a credit note are negative, as are its quantities."""

    position: int
    #: None for shipping.
    order_line_id: int | None
    reference: str
    name: str
    attributes: Mapping[str, str]
    #: Units of UN/ECE Recommendation 20 code C62, « pièce ».
    quantity: int
    #: VAT-inclusive, before the discount; never negative.
    unit_price_cents: int
    #: VAT-inclusive; ``quantity × unit_price_cents − discount_cents == gross_cents``.
    discount_cents: int
    vat_rate_bp: int
    net_cents: int
    gross_cents: int
    #: An amount given back on the article, of which nothing comes back: its quantity is no unit of it.
    is_amount: bool = False

    @property
    def is_shipping(self) -> bool:
        """Tell whether it is the shipping costs."""
        return self.order_line_id is None

    @property
    def vat_cents(self) -> int:
        """Return the VAT in it."""
        return self.gross_cents - self.net_cents


@dataclass(frozen=True, slots=True)
class VatLine:
    """One rate of the VAT table."""

    rate_bp: int
    category: VatCategory
    #: Why there is no VAT; empty where there is.
    exemption: str
    net_cents: int
    vat_cents: int
    gross_cents: int

    @property
    def total(self) -> VatTotal:
        """Return its amounts."""
        return VatTotal(self.rate_bp, self.net_cents, self.vat_cents, self.gross_cents)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money received before the document was issued; given back, it is below zero."""

    method: PaymentMethod
    received_on: dt.date
    amount_cents: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """The invoice that a credit note corrects."""

    number: str
    issued_on: dt.date


@dataclass(frozen=True, slots=True)
class Mention:
    """One sentence that the law or the seller wants printed, and its code of UNTDID 4451 in Factur-X."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """What every numbered document states, whatever it is about and whoever issues it."""

    kind: DocumentKind
    number: str
    series: str
    sequence: int
    issued_at: dt.datetime
    issued_on: dt.date
    currency: str
    issuer: Party
    buyer: Buyer
    billing: PostalAddress
    nature: Nature
    lines: Sequence[DocumentLine]
    vat: Sequence[VatLine]
    mentions: Sequence[Mention]
    #: Paid when it was issued, and what is left to pay; of a credit note, 0.
    paid_cents: int = 0
    due_cents: int = 0
    due_on: dt.date | None = None
    receipts: Sequence[Receipt] = ()
    #: How to pay what is left to pay.
    payment_words: str = ""
    #: Why a credit note was issued.
    reason: str = ""
    follow_up_url: str = ""
    brand_colour: str = "#0f5c4d"
    #: Where the logo is stored, as ``db/storage`` knows it; empty for none.
    logo_ref: str = ""
    version: int = field(default=VERSION)

    @property
    def net_cents(self) -> int:
        """Return the total without VAT."""
        return sum(each.net_cents for each in self.vat)

    @property
    def vat_cents(self) -> int:
        """Return the VAT."""
        return sum(each.vat_cents for each in self.vat)

    @property
    def gross_cents(self) -> int:
        """Return the total, VAT included."""
        return sum(each.gross_cents for each in self.vat)

    @property
    def is_credit_note(self) -> bool:
        """Tell whether it gives back."""
        return self.kind is DocumentKind.CREDIT_NOTE

    @property
    def withheld_words(self) -> str:
        """Return how it was paid where no money was sent; empty where nothing was withheld."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Numbered):
    """The document of a sale as it was issued, in the seller's name."""

    order_number: str
    placed_on: dt.date
    marketplace: Party
    #: When the seller gave the mandate under which the marketplace invoices for it.
    mandate_signed_on: dt.date
    delivery_address: PostalAddress
    delivery: Delivery
    original: Original | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSnapshot(Numbered):
    """What the marketplace invoices to a seller for its service, or gives back of it, as it was issued."""

    #: The seller, who is the buyer here.
    seller_id: int
    #: Between which days the fees fell.
    first_on: dt.date
    last_on: dt.date
    #: The payouts that they were withheld from: « REV-000012 ».
    payouts: Sequence[str]
    #: Of a credit note: the invoices of the fees that it gives back.
    originals: Sequence[Original] = ()

    @property
    def withheld_words(self) -> str:
        """Return « Retenue sur le reversement REV-000012 », or on how many."""
        first, last = self.payouts[0], self.payouts[-1]
        if first == last:
            return f"Retenue sur le reversement {first}"
        return f"Retenue sur {plural(len(self.payouts), 'reversement')}, de {first} à {last}"
