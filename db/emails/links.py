"""The addresses that e-mails lead to: the follow-up page, the payment, the seller's own view of an order."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from itsdangerous import BadData, URLSafeTimedSerializer

from db.domain.sales_periods import Days
from db.settings import settings

FOLLOW_UP_PATH = "/suivi"
#: Keeps these tokens apart from whatever else the same key signs.
_SALT = "order-follow-up"


@dataclass(frozen=True, slots=True)
class FollowUpToken:
    """What a follow-up link says: whose order it opens, and of which generation it is."""

    order_id: int
    #: Revoking an order's links raises its generation: earlier ones open nothing any more.
    generation: int
    #: It was printed, where others than the customer read it: it shows the order, and confirms nothing.
    on_paper: bool = False


def follow_up_url(order_id: int, generation: int = 0, *, on_paper: bool = False) -> str:
    """Return the address of an order's follow-up page; whoever has it sees that order, and no other.

    Args:
        order_id: The order.
        generation: Of its links.
        on_paper: The address is printed, or shown to anyone but the customer: what it opens can only be read, for
            a receipt that a seller can confirm in the customer's place proves no delivery.
    """
    said = [order_id, generation, True] if on_paper else [order_id, generation]
    return f"{settings().public_url}{FOLLOW_UP_PATH}/{_serializer().dumps(said)}"


def return_url(order_url: str, return_id: int) -> str:
    """Return the address of a return's page, below that of its order."""
    return f"{order_url}/retours/{return_id}"


def read_follow_up_token(token: str, max_age: dt.timedelta) -> FollowUpToken | None:
    """Return what a token says, or None: it is not ours, or older than ``max_age``."""
    try:
        said = _serializer().loads(token, max_age=int(max_age.total_seconds()))
    except BadData:
        return None
    match said:
        case [int() as order_id, int() as generation]:
            return FollowUpToken(order_id, generation)
        case [int() as order_id, int() as generation, True]:
            return FollowUpToken(order_id, generation, on_paper=True)
    return None


def payment_url(pattern: str, number: str) -> str:
    """Return where a customer resumes the payment of an order, or nothing where the shop gave no address."""
    return pattern.replace("{number}", quote(number, safe=""))


def product_url(pattern: str, reference: str) -> str:
    """Return an article's page in the shop, or nothing where the shop gave no address."""
    return pattern.replace("{reference}", quote(reference, safe="")) if reference else ""


def seller_url(number: str) -> str:
    """Return the address of an order in the dashboard."""
    return f"{settings().public_url}/commande?{urlencode({'n': number})}"


def payout_url(payout_id: int) -> str:
    """Return the address of a payout in the dashboard."""
    return f"{settings().public_url}/reversement?{urlencode({'r': payout_id})}"


def seller_account_url() -> str:
    """Return the address of a seller's own account in the dashboard."""
    return f"{settings().public_url}/comptes-vendeurs"


def staff_return_url(return_id: int) -> str:
    """Return the address of a return in the dashboard."""
    return f"{settings().public_url}/retour?{urlencode({'r': return_id})}"


def sales_url(days: Days | None = None, currency: str = "") -> str:
    """Return the address of « Ventes » on some days in a currency, or as it opens; its parameters are the grid's."""
    said = {"du": days.first.isoformat(), "au": days.last.isoformat()} if days else {}
    said |= {"devise": currency} if currency else {}
    return f"{settings().public_url}/ventes" + (f"?{urlencode(said)}" if said else "")


def file_page_url(file_id: int) -> str:
    """Return the address at which « Fichiers » shows a file; whoever opens it signs in first."""
    return f"{settings().public_url}/fichiers-produits?{urlencode({'n': file_id})}"


def schedules_url() -> str:
    """Return the address of the exports that make themselves."""
    return f"{settings().public_url}/exports-programmes"


def account_url() -> str:
    """Return the address of one's own account."""
    return f"{settings().public_url}/compte"


def _serializer() -> URLSafeTimedSerializer:
    # The last key signs, every key is believed: a new one comes into use while links of the old one still open.
    return URLSafeTimedSerializer(settings().signing_keys(), salt=_SALT)
