"""SendGrid's v3 API.

Its own client says who we are and where the API is; the request is ours. The client would wait for ever, follow a
redirection with a GET that looks like success, and load every root certificate again for each e-mail: 20 ms of work.

Each e-mail has a connection of its own. Keeping them open would save a handshake, and turn every connection that the
other side closed meanwhile into an answer that may have been lost.
"""

import base64
import json
import ssl
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, Request, build_opener

from sendgrid import SendGridAPIClient

from db.emails.types import AttachmentRef, OutgoingEmail
from jobs.mail.attachments import ReadFile, media_type_of
from jobs.mail.http import NoRedirection, asked_wait
from jobs.mail.senders import TIMEOUT_S, AnswerLostError, RefusedError, TryLaterError, one_line

GLOBAL_HOST = "https://api.sendgrid.com"
EU_HOST = "https://api.eu.sendgrid.com"

_ACCEPTED, _SANDBOXED = 202, 200
_TOO_MANY_REQUESTS, _GATEWAY_TIMEOUT = 429, 504


class SendGrid:
    """Hands e-mails to SendGrid."""

    name = "SendGrid"

    def __init__(
        self, api_key: str, read_file: ReadFile, *, host: str = GLOBAL_HOST, is_sandbox: bool = False,
        timeout_s: float = TIMEOUT_S,
    ) -> None:  # fmt: skip
        api = SendGridAPIClient(api_key, host=host.rstrip("/"))
        self.url = f"{api.host}/v3/mail/send"
        self._headers = api.client.request_headers | {"Content-Type": "application/json"}
        self._opener = build_opener(HTTPSHandler(context=ssl.create_default_context()), NoRedirection)
        self._accepted = {_ACCEPTED, _SANDBOXED} if is_sandbox else {_ACCEPTED}
        self._is_sandbox = is_sandbox
        self._read_file = read_file
        self._timeout_s = timeout_s

    def send(self, email: OutgoingEmail) -> str:
        """Hand an e-mail over; return SendGrid's id of it, with which the ids of its events begin."""
        request = Request(self.url, json.dumps(self._body(email)).encode(), self._headers, method="POST")  # noqa: S310  an address of our settings
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                status, provider_id = answer.status, answer.headers.get("X-Message-Id", "")
        except HTTPError as error:
            raise _error_of(error) from None
        except URLError as error:
            # The request never left as a whole: no connection, or one that broke while we were still writing.
            raise TryLaterError(f"SendGrid est injoignable ({error.reason})") from None
        except (OSError, HTTPException) as error:
            raise AnswerLostError(f"SendGrid n’a pas répondu ({type(error).__name__})") from None
        if status not in self._accepted:
            raise AnswerLostError(f"SendGrid a répondu autre chose que prévu ({status})")
        return str(provider_id)

    def _body(self, email: OutgoingEmail) -> dict[str, Any]:
        """Return the body of ``POST /v3/mail/send``."""
        content = email.content
        body: dict[str, Any] = {
            "personalizations": [
                {
                    "to": [_address(email.recipient, email.recipient_name)],
                    # Here and not at the top, so that every event of this e-mail carries it.
                    "custom_args": {"outbox_id": str(email.outbox_id)},
                }
            ],
            "from": _address(content.from_email, content.from_name),
            "subject": one_line(content.subject),
            # Their order is prescribed: plain text first. Empty parts are refused.
            "content": [
                {"type": kind, "value": value}
                for kind, value in (("text/plain", content.text), ("text/html", content.html))
                if value
            ],
            "headers": {"Message-ID": email.message_id},
            "categories": [email.template.value, email.recipient_kind.value],
            "mail_settings": {"sandbox_mode": {"enable": self._is_sandbox}},
            # Links stay what they are: one that pays or confirms a receipt does not go through somebody else's site.
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": True},
            },
        }
        if content.reply_to:
            body["reply_to"] = _address(content.reply_to, content.from_name)
        if email.attachments:
            body["attachments"] = [self._attached(attachment) for attachment in email.attachments]
        return body

    def _attached(self, attachment: AttachmentRef) -> dict[str, str]:
        shown = {"disposition": "inline", "content_id": attachment.content_id} if attachment.content_id else {}
        return {
            "content": base64.b64encode(self._read_file(attachment)).decode(),
            "filename": attachment.name,
            "type": media_type_of(attachment.name),
            "disposition": "attachment",
        } | shown


def _address(email: str, name: str) -> dict[str, str]:
    name = one_line(name)
    return {"email": email, "name": name} if name else {"email": email}


def _error_of(error: HTTPError) -> TryLaterError | RefusedError | AnswerLostError:
    words = f"SendGrid\u00a0: {_words_of(error)} ({error.code})"
    if error.code == _TOO_MANY_REQUESTS:
        return TryLaterError(words, after=asked_wait(error), is_too_fast=True)
    if error.code == _GATEWAY_TIMEOUT:  # Something between us gave up waiting for SendGrid's answer.
        return AnswerLostError(words)
    if error.code >= 500:
        return TryLaterError(words, after=asked_wait(error))
    return RefusedError(words)


def _words_of(error: HTTPError) -> str:
    """Return what SendGrid says is wrong, or what HTTP calls it."""
    try:
        return "\u00a0; ".join(str(each["message"]) for each in json.loads(error.read())["errors"])
    except (ValueError, LookupError, TypeError, OSError, HTTPException):
        return str(error.reason)
