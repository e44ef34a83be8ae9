"""Read SendGrid's Event Webhook: who signed it, and which events it tells. Nothing in it is trusted."""

import binascii
import datetime as dt
import json
import re
from collections.abc import Mapping

from sendgrid.helpers.eventwebhook import EventWebhook

from db.domain.mail_events import MailEvent

#: An older request, or one from the future, is a recording played again or a clock that is wrong.
MAX_AGE = dt.timedelta(minutes=10)

#: What follows the id of an e-mail says how it travelled inside SendGrid.
_INSIDE_SENDGRID = re.compile(r"\.(?:filter|recv)")
_LONGEST_ID = 200
_LONGEST_REASON = 500
_LARGEST_ROW_ID = 2**63 - 1


def is_signed(body: bytes, signature: str, timestamp: str, key: str, now: dt.datetime) -> bool:
    """Tell whether SendGrid signed exactly these bytes, its closing line end included, a moment ago.

    Raises:
        ValueError: The key is none.
    """
    verifier = EventWebhook(key)
    try:
        if abs(now - dt.datetime.fromtimestamp(int(timestamp), dt.UTC)) > MAX_AGE:
            return False
        return bool(verifier.verify_signature(body.decode(), signature, timestamp))
    except (ValueError, OverflowError, OSError, binascii.Error):  # No number, no base64, no text.
        return False


def read_events(body: bytes) -> list[MailEvent]:
    """Return the events in the body of a request; what is no event is left out.

    Raises:
        ValueError: The body is no list in JSON.
    """
    try:
        entries = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(entries, list):
        raise ValueError("not a list")  # noqa: TRY004  it is the body that is wrong, not our call
    return [event for entry in entries if isinstance(entry, dict) and (event := _event(entry))]


def _event(entry: Mapping[str, object]) -> MailEvent | None:
    event_id, kind, at = _text(entry.get("sg_event_id")), _text(entry.get("event")), _instant(entry.get("timestamp"))
    if not event_id or len(event_id) > _LONGEST_ID or not kind or at is None:
        return None
    return MailEvent(
        id=event_id,
        kind=kind[:_LONGEST_ID],
        at=at,
        reason=(_text(entry.get("reason")) or _text(entry.get("response")))[:_LONGEST_REASON],
        outbox_id=_row_id(entry.get("outbox_id")),
        recipient=_text(entry.get("email")),
        provider_id=_INSIDE_SENDGRID.split(_text(entry.get("sg_message_id")))[0][:_LONGEST_ID],
    )


def _text(value: object) -> str:
    """Return text that a database takes: PostgreSQL has no NUL, and nobody has halves of characters."""
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode(errors="replace").decode().strip()


def _instant(value: object) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(int(value), dt.UTC) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError, OSError):
        return None


def _row_id(value: object) -> int | None:
    text = _text(value)
    if not text.isascii() or not text.isdigit() or len(text) > len(str(_LARGEST_ROW_ID)):
        return None
    return int(text) if 0 < int(text) <= _LARGEST_ROW_ID else None
