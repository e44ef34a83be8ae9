"""Who the marketplace is: the one row everything that leaves the house is signed with."""

from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.stock import USUAL_LOW_STOCK
from db.domain.timed import TimedRule
from db.models import Marketplace
from db.queries.columns import columns
from db.queries.timed import timed_settings


@dataclass(frozen=True, slots=True)
class MarketplaceRow:
    """The operator as it is set now; the defaults are those of a database where nobody has introduced it yet."""

    name: str
    legal_name: str = ""
    siren: str = ""
    vat_number: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country_code: str = "FR"
    email: str = ""
    sender_email: str = ""
    copy_email: str = ""
    reply_to_email: str = ""
    phone: str = ""
    brand_colour: str = "#0f5c4d"
    logo_ref: str | None = None
    email_footer: str = ""
    payment_url_pattern: str = ""
    product_url_pattern: str = ""
    undo_window_s: int = 60
    follow_up_days: int = 365
    #: Loyalty points for each whole euro paid; 0: there is no such programme.
    points_per_euro: int = 0
    voucher_days: int = 365
    #: A product with so many units or fewer is low in stock, where it has no threshold of its own.
    low_stock_at: int = USUAL_LOW_STOCK
    texts_customers: bool = False
    quiet_from: int = 21
    quiet_until: int = 8
    #: After so many days of silence a delivered parcel counts as received; None: never by itself.
    receipt_days: int | None = TimedRule.RECEIPT.plan.default.delay

    @property
    def contact_email(self) -> str:
        """Return where customers' answers go; empty where no address is known."""
        return self.reply_to_email or self.email


def marketplace(session: Session) -> MarketplaceRow:
    """Return who the marketplace is."""
    found = session.execute(sa.select(*columns(Marketplace, MarketplaceRow))).one_or_none()
    receipt = timed_settings(session)[TimedRule.RECEIPT]
    ours = MarketplaceRow(**found._asdict()) if found else MarketplaceRow(name="Marketplace")
    return replace(ours, receipt_days=receipt.delay if receipt.is_on else None)
