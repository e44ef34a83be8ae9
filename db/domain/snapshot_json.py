"""How a document's snapshot is kept as JSON, and proved.

Its hash goes on from the hash of the document before it in its series, so that none can be altered, inserted or taken
away without all later ones telling.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from db.domain.documents import DocumentKind
from db.domain.orders import DeliveryMode, PaymentMethod
from db.domain.postal import PostalAddress
from db.domain.snapshot import (
    Buyer,
    Delivery,
    DocumentLine,
    Mention,
    Nature,
    Original,
    Party,
    Receipt,
    Snapshot,
    VatCategory,
    VatLine,
)


def to_json(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as JSON values: days and instants as ISO 8601, amounts as integers."""
    return {name: _json(value) for name, value in asdict(snapshot).items()}


def from_json(said: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot that a document keeps."""
    return Snapshot(
        **{name: said[name] for name in _AS_IT_IS},
        kind=DocumentKind(said["kind"]),
        issued_at=dt.datetime.fromisoformat(said["issued_at"]),
        issued_on=dt.date.fromisoformat(said["issued_on"]),
        placed_on=dt.date.fromisoformat(said["placed_on"]),
        issuer=Party(**said["issuer"]),
        marketplace=Party(**said["marketplace"]),
        mandate_signed_on=dt.date.fromisoformat(said["mandate_signed_on"]),
        buyer=Buyer(**said["buyer"]),
        billing=PostalAddress(**said["billing"]),
        delivery_address=PostalAddress(**said["delivery_address"]),
        delivery=Delivery(
            DeliveryMode(said["delivery"]["mode"]),
            said["delivery"]["carrier"],
            said["delivery"]["pickup_address"],
            _day(said["delivery"]["delivered_on"]),
            _day(said["delivery"]["expected_on"]),
        ),
        nature=Nature(said["nature"]),
        lines=tuple(DocumentLine(**line) for line in said["lines"]),
        vat=tuple(VatLine(**{**line, "category": VatCategory(line["category"])}) for line in said["vat"]),
        mentions=tuple(Mention(**mention) for mention in said["mentions"]),
        due_on=_day(said["due_on"]),
        receipts=tuple(
            Receipt(
                PaymentMethod(each["method"]),
                dt.date.fromisoformat(each["received_on"]),
                each["amount_cents"],
                each["reference"],
            )
            for each in said["receipts"]
        ),
        original=Original(said["original"]["number"], dt.date.fromisoformat(said["original"]["issued_on"]))
        if said["original"]
        else None,
    )


_AS_IT_IS = (
    "number",
    "series",
    "sequence",
    "order_number",
    "currency",
    "paid_cents",
    "due_cents",
    "payment_words",
    "reason",
    "follow_up_url",
    "brand_colour",
    "logo_ref",
    "version",
)


def chained_hash(previous: str, said: Mapping[str, Any]) -> str:
    """Return the hash of a document's JSON, going on from the document before it in its series.

    Args:
        previous: That one's hash; ``FIRST_HASH`` for the first.
        said: What the document states, as ``to_json`` returns it or the database gives it back.

    Returns:
        SHA-256, as 64 hexadecimal digits, of the previous hash, a line feed, and the JSON with its names sorted,
        without spaces, in UTF-8.
    """
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def _json(value: Any) -> Any:  # noqa: ANN401  JSON values are of any type
    match value:
        case dt.datetime() | dt.date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case Mapping():
            return {name: _json(each) for name, each in value.items()}
        case list() | tuple():
            return [_json(each) for each in value]
    return value


def _day(said: str | None) -> dt.date | None:
    return dt.date.fromisoformat(said) if said else None
