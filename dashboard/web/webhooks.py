"""What machines of others post to us. They have no session: they prove who they are by a signature."""

import logging

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.web.bodies import read_body
from dashboard.web.sendgrid_events import is_signed, read_events
from db.domain.mail_events import MailEvent
from db.domain.time import utc_now
from db.engine import transaction
from db.services.mail_events import apply_events
from db.settings import settings

_log = logging.getLogger(__name__)

#: SendGrid gathers events into some hundred kilobytes.
MAX_BYTES = 4 * 1024 * 1024

_SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
_TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


async def sendgrid(request: Request) -> Response:
    """Take in what SendGrid tells of our e-mails. It repeats what is not answered with a 2xx."""
    key = settings().sendgrid_webhook_key
    if not key:
        raise HTTPException(404)
    body = await read_body(request, MAX_BYTES)
    signature, timestamp = request.headers.get(_SIGNATURE, ""), request.headers.get(_TIMESTAMP, "")
    if not await run_in_threadpool(_is_signed, body, signature, timestamp, key):
        raise HTTPException(403)
    try:
        events = read_events(body)
    except ValueError:
        raise HTTPException(400) from None
    await run_in_threadpool(_apply, events)
    return Response(status_code=204)


def _is_signed(body: bytes, signature: str, timestamp: str, key: str) -> bool:
    try:
        return is_signed(body, signature, timestamp, key, utc_now())
    except ValueError:
        _log.exception("SENDGRID_WEBHOOK_KEY n’est pas une clé : aucun événement de SendGrid n’est accepté")
        return False


def _apply(events: list[MailEvent]) -> None:
    with transaction() as session:
        apply_events(session, events, utc_now())


ROUTES: list[BaseRoute] = [Route("/webhooks/sendgrid", sendgrid, methods=["POST"])]
