"""The seam for payment providers: who gives money back by itself, for which means. ``docs/refunds.md`` is for them."""

import json
import ssl
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, Request, build_opener

from db.domain.orders import PaymentMethod
from db.domain.refunds import MAX_REFERENCE
from db.services.refund_claims import Answer, Outcome, RefundOrder
from db.settings import Settings
from jobs.mail.http import NoRedirection

TIMEOUT_S = 20.0
_OK = 200
_MOST_WORDS = 300
_MOST_BYTES = 64 * 1024


class RefundProvider(Protocol):
    """Gives money back."""

    #: As people call it.
    name: str
    #: What it takes back; all other refunds are done by hand.
    methods: frozenset[PaymentMethod]

    def refund(self, order: RefundOrder) -> Outcome:
        """Give the money back, once for each ``order.key`` however often it is asked."""


class Manual:
    """Nobody: every refund is done by finance."""

    name = "à la main"
    methods: frozenset[PaymentMethod] = frozenset()

    def refund(self, order: RefundOrder) -> Outcome:
        """Leave it to finance."""
        return Outcome(Answer.REFUSED, reason=f"À faire à la main\u00a0: {order.method.label}.")


class Shop:
    """The shop's payment module, which took the money by card and PayPal."""

    name = "la boutique"
    methods = frozenset({PaymentMethod.CARD, PaymentMethod.PAYPAL})

    def __init__(self, url: str, token: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._url = url
        self._token = token
        self._opener = build_opener(HTTPSHandler(context=ssl.create_default_context()), NoRedirection)
        self._timeout_s = timeout_s

    def refund(self, order: RefundOrder) -> Outcome:
        """Ask the shop; only a whole answer of the kind agreed on is one."""
        try:
            with self._opener.open(self._request(order), timeout=self._timeout_s) as answer:
                status, said = answer.status, answer.read(_MOST_BYTES)
        except HTTPError as error:
            return Outcome(Answer.UNKNOWN, reason=f"La boutique a répondu «\u00a0{error.reason}\u00a0» ({error.code}).")
        except (URLError, OSError, HTTPException) as error:
            return Outcome(Answer.UNKNOWN, reason=f"La boutique n’a pas répondu ({type(error).__name__}).")
        outcome = _outcome_of(said) if status == _OK else None
        return outcome or Outcome(Answer.UNKNOWN, reason=f"La boutique a répondu autre chose que prévu ({status}).")

    def _request(self, order: RefundOrder) -> Request:
        body = {
            "key": order.key,
            "refund_id": order.refund_id,
            "order": order.order_number,
            "method": order.method.value,
            "amount_cents": order.amount_cents,
            "currency": order.currency,
            "payment_reference": order.payment_reference,
        }
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Idempotency-Key": order.key,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        return Request(self._url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310  an address of our settings


def chosen_provider(chosen: Settings) -> RefundProvider:
    """Return the provider that ``REFUND_PROVIDER`` names; the settings have checked that it has what it needs."""
    if chosen.refund_provider == "shop" and chosen.refund_token:
        return Shop(chosen.refund_url, chosen.refund_token.get_secret_value())
    return Manual()


def _outcome_of(said: bytes) -> Outcome | None:
    """Return what an answer says; None where it is not of the kind agreed on."""
    answers = {answer.value: answer for answer in (Answer.DONE, Answer.TAKEN, Answer.REFUSED)}
    try:
        body: Any = json.loads(said)
        answer = answers[body["status"]]
    except (ValueError, LookupError, TypeError):
        return None
    reason = _words(body.get("reason"))
    if answer is Answer.REFUSED and not reason:
        reason = "La boutique a refusé sans dire pourquoi."
    return Outcome(answer, _words(body.get("reference"))[:MAX_REFERENCE], reason)


def _words(value: object) -> str:
    """Return a text on one line, of a length that the database and the screen take."""
    return " ".join(value.replace("\x00", "").split())[:_MOST_WORDS] if isinstance(value, str) else ""
