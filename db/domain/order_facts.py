"""What a decision needs to know of an order and of its articles: what is asked for, given back and still due.

Facts are read once, by ``db/services/order_facts.py``; whoever decides (a move, a payment, a settlement, a return)
computes on them and writes nothing.
"""

import datetime as dt
from dataclasses import dataclass, replace

from db.domain.money import divide_half_up
from db.domain.orders import COLLECTED_MODES, DeliveryMode, OrderStatus, PaymentMethod, PaymentState


def claim_of(total_cents: int, quantity: int, cancelled: int, settled_cents: int) -> int:
    """Return what a sale still asks for an article.

    Args:
        total_cents: The price of all its units, discount taken off.
        quantity: Its units, one at least.
        cancelled: Units that were cancelled.
        settled_cents: What settlements took off, cancelled units aside.
    """
    return max(0, divide_half_up(total_cents * (quantity - cancelled), quantity) - settled_cents)


def still_due(total_cents: int, claim_cents: int, paid_cents: int, given_back_cents: int) -> int:
    """Return what a customer still owes; negative where they paid too much.

    Money that was given back for what was taken off the sale is no payment any more. Money that a shop gave back beyond
    that was a gift, and is not asked for again.

    Args:
        total_cents: The sale as it was.
        claim_cents: What is asked for it now; nothing once it is cancelled.
        paid_cents: All that was received.
        given_back_cents: All that was given back, or is promised.
    """
    return claim_cents - paid_cents + min(given_back_cents, total_cents - claim_cents)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a move needs to know of an article."""

    id: int
    product_id: int | None
    quantity: int
    quantity_shipped: int
    quantity_cancelled: int
    #: Of the whole quantity, discount taken off.
    total_cents: int
    quantity_returned: int = 0
    #: What settlements took off the sale, cancelled units aside.
    settled_cents: int = 0
    #: Of units that were given back: what of their price was kept.
    withheld_cents: int = 0

    @property
    def quantity_left(self) -> int:
        """Return how many units are neither shipped nor cancelled."""
        return self.quantity - self.quantity_shipped - self.quantity_cancelled

    @property
    def quantity_kept(self) -> int:
        """Return how many units have left and were not given back."""
        return self.quantity_shipped - self.quantity_returned

    @property
    def quantity_refundable(self) -> int:
        """Return how many units were neither cancelled nor given back."""
        return self.quantity_left + self.quantity_kept

    @property
    def claim_cents(self) -> int:
        """Return what the sale still asks for the article: its price, less cancelled units, less what was settled."""
        return claim_of(self.total_cents, self.quantity, self.quantity_cancelled, self.settled_cents)

    def cancelling(self, units: int) -> "LineFacts":
        """Return the article with so many more of its units cancelled."""
        return replace(self, quantity_cancelled=self.quantity_cancelled + units)

    def worth_of(self, units: int) -> int:
        """Return what is left of the price of some of the units that are left; the last of them take all of it.

        What was kept of units that came back damaged is no part of it.
        """
        left = self.quantity_refundable
        price = max(0, self.claim_cents - self.withheld_cents)
        return price - divide_half_up(price * (left - units), left) if units else 0

    def given_back_for(self, units: int) -> int:
        """Return what is given back for units that have not left and never will."""
        if self.settled_cents or self.withheld_cents:
            return self.worth_of(units)
        return self.claim_cents - self.cancelling(units).claim_cents

    def settling_for(self, cancelled: int, given_cents: int | None = None) -> int:
        """Return by how much ``settled_cents`` changes as units are cancelled and just so much is given back.

        What cancelled units cost follows from their number; where a gesture came before, the two together would take
        off more than is given, and the article would be asked less for than the rest of it costs.

        Args:
            cancelled: Units that have not left and never will.
            given_cents: What is given back in all; None: what those units are worth.
        """
        given = self.given_back_for(cancelled) if given_cents is None else given_cents
        unsettled = claim_of(self.total_cents, self.quantity, self.quantity_cancelled + cancelled, 0)
        return unsettled - (self.claim_cents - given) - self.settled_cents


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What a move needs to know of an order. Amounts are cents of ``currency``."""

    id: int
    number: str
    version: int
    status: OrderStatus
    status_before_error: OrderStatus | None
    seller_id: int
    customer_name: str
    customer_email: str
    payment_method: PaymentMethod
    payment_state: PaymentState
    currency: str
    total_cents: int
    paid_cents: int
    refunded_cents: int
    #: Refunds that are under way: promised, not given back yet.
    owed_back_cents: int = 0
    shipping_cents: int = 0
    #: Of the shipping: what settlements took off the sale.
    shipping_settled_cents: int = 0
    #: What its invoices still claim after their credit notes; 0 where a new invoice may be issued.
    invoiced_cents: int = 0
    #: The number of an invoice that is not in our books: an earlier programme's.
    foreign_invoice: str = ""
    delivery_mode: DeliveryMode = DeliveryMode.HOME
    carrier: str = ""
    expected_delivery_on: dt.date | None = None
    pickup_code: str = ""
    lines: tuple[LineFacts, ...] = ()

    @property
    def due_cents(self) -> int:
        """Return what the customer still owes; negative where they paid too much."""
        given_back = self.refunded_cents + self.owed_back_cents
        return still_due(self.total_cents, self.claim_cents, self.paid_cents, given_back)

    @property
    def given_back_cents(self) -> int:
        """Return what was taken off the sale of an order that is not cancelled: cancelled articles, settlements."""
        articles = sum(line.total_cents - line.claim_cents for line in self.lines)
        return articles + self.shipping_settled_cents

    @property
    def claim_cents(self) -> int:
        """Return what the sale still asks for, whatever was paid of it: nothing once it is cancelled."""
        return 0 if self.is_cancelled else max(0, self.total_cents - self.given_back_cents)

    @property
    def shipping_claim_cents(self) -> int:
        """Return what the sale still asks for the shipping."""
        return 0 if self.is_cancelled else self.shipping_cents - self.shipping_settled_cents

    @property
    def overpaid_cents(self) -> int:
        """Return what was received and is neither asked for, nor given back, nor promised."""
        return max(0, self.refundable_cents - self.claim_cents)

    @property
    def is_cancelled(self) -> bool:
        """Tell whether it is cancelled, or was when the system put it in error."""
        return OrderStatus.CANCELLED in {self.status, self.status_before_error}

    @property
    def is_collected(self) -> bool:
        """Tell whether the customer comes for the goods."""
        return self.delivery_mode in COLLECTED_MODES

    @property
    def is_to_invoice(self) -> bool:
        """Tell whether being paid gives it an invoice: it costs something, and none claims it already."""
        return self.total_cents > 0 and not self.invoiced_cents and not self.foreign_invoice

    @property
    def refundable_cents(self) -> int:
        """Return what was received and neither given back nor promised; a refund never exceeds it."""
        return max(0, self.paid_cents - self.refunded_cents - self.owed_back_cents)
