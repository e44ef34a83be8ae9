"""The addresses that e-mails lead to: the follow-up page, the payment, the seller's own view of an order."""

from urllib.parse import quote, urlencode

from itsdangerous import BadSignature, URLSafeSerializer

from db.settings import settings

FOLLOW_UP_PATH = "/suivi"
#: Keeps these tokens apart from whatever else the same key signs.
_SALT = "order-follow-up"


def follow_up_url(order_id: int) -> str:
    """Return the address of an order's follow-up page; whoever has it sees that order, and no other."""
    return f"{settings().public_url}{FOLLOW_UP_PATH}/{_serializer().dumps(order_id)}"


def order_id_of(token: str) -> int | None:
    """Return the order a follow-up token was made for, or None: it is not ours."""
    try:
        order_id = _serializer().loads(token)
    except BadSignature:
        return None
    return order_id if isinstance(order_id, int) else None


def payment_url(pattern: str, number: str) -> str:
    """Return where a customer resumes the payment of an order, or nothing where the shop gave no address."""
    return pattern.replace("{number}", quote(number, safe=""))


def product_url(pattern: str, reference: str) -> str:
    """Return an article's page in the shop, or nothing where the shop gave no address."""
    return pattern.replace("{reference}", quote(reference, safe="")) if reference else ""


def seller_url(number: str) -> str:
    """Return the address of an order in the dashboard."""
    return f"{settings().public_url}/commande?{urlencode({'n': number})}"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().signing_key(), salt=_SALT)
