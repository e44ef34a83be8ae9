"""Brevo's transactional SMS: ``POST /v3/transactionalSMS/send``, one plain request for each.

https://developers.brevo.com/reference/send-transac-sms. It has no idempotency key: a request whose answer is lost may
have been taken, and is never made again by itself. Each SMS has a connection of its own, as ``jobs/mail/sendgrid.py``
has for e-mails and for the same reason.
"""

import json
import ssl
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, Request, build_opener

from db.domain.sms import sms_size
from db.emails.types import OutgoingEmail
from jobs.mail.http import NoRedirection, asked_wait
from jobs.mail.senders import TIMEOUT_S, AnswerLostError, RefusedError, TryLaterError

API = "https://api.brevo.com"

_CREATED = 201
_PAYMENT_REQUIRED, _TIMEOUT, _TOO_MANY_REQUESTS, _GATEWAY_TIMEOUT = 402, 408, 429, 504


class Brevo:
    """Hands SMS to Brevo."""

    name = "Brevo"

    def __init__(self, api_key: str, sms_from: str, *, host: str = API, timeout_s: float = TIMEOUT_S) -> None:
        self.url = f"{host.rstrip('/')}/v3/transactionalSMS/send"
        self._headers = {"api-key": api_key, "Content-Type": "application/json", "Accept": "application/json"}
        self._from = sms_from
        self._opener = build_opener(HTTPSHandler(context=ssl.create_default_context()), NoRedirection)
        self._timeout_s = timeout_s

    def send(self, email: OutgoingEmail) -> str:
        """Hand an SMS over; return Brevo's id of it."""
        request = Request(self.url, json.dumps(self._body(email)).encode(), self._headers, method="POST")  # noqa: S310  an address of our settings
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                status, said = answer.status, answer.read()
        except HTTPError as error:
            raise _error_of(error) from None
        except URLError as error:
            # The request never left as a whole: no connection, or one that broke while we were still writing.
            raise TryLaterError(f"Brevo est injoignable ({error.reason})") from None
        except (OSError, HTTPException) as error:
            raise AnswerLostError(f"Brevo n’a pas répondu ({type(error).__name__})") from None
        if status != _CREATED:
            raise AnswerLostError(f"Brevo a répondu autre chose que prévu ({status})")
        return _id_of(said)

    def _body(self, email: OutgoingEmail) -> dict[str, Any]:
        text = email.content.text
        return {
            "sender": self._from,
            # With its country and without the plus, as their examples have it.
            "recipient": email.recipient.removeprefix("+"),
            "content": text,
            # Never marketing: that waits for Brevo's own hours, and Sundays.
            "type": "transactional",
            "tag": [email.template.value, f"outbox-{email.outbox_id}"],
            "unicodeEnabled": not sms_size(text).is_gsm,
        }


def _id_of(said: bytes) -> str:
    """Return the id that an answer gives; the SMS was taken, whatever is written there."""
    try:
        return str(json.loads(said)["messageId"])
    except (ValueError, LookupError, TypeError):
        return ""


def _error_of(error: HTTPError) -> TryLaterError | RefusedError | AnswerLostError:
    words = f"Brevo\u00a0: {_words_of(error)} ({error.code})"
    if error.code in {_TIMEOUT, _GATEWAY_TIMEOUT}:  # Somebody between gave up waiting; what Brevo did is not said.
        return AnswerLostError(words)
    if error.code in {_TOO_MANY_REQUESTS, _PAYMENT_REQUIRED}:  # Of our pace, or our credit: others would hear the same.
        return TryLaterError(words, after=asked_wait(error), is_too_fast=True)
    if error.code >= 500:
        return TryLaterError(words, after=asked_wait(error))
    return RefusedError(words)


def _words_of(error: HTTPError) -> str:
    """Return what Brevo says is wrong, or what HTTP calls it."""
    try:
        return str(json.loads(error.read())["message"])
    except (ValueError, LookupError, TypeError, OSError, HTTPException):
        return str(error.reason)
