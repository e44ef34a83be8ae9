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
    FeeSnapshot,
    Mention,
    Nature,
    Numbered,
    Original,
    Party,
    Receipt,
    Snapshot,
    VatCategory,
    VatLine,
)


def to_json(snapshot: Numbered) -> dict[str, Any]:
    """Return a snapshot as JSON values: days and instants as ISO 8601, amounts as integers."""
    return {name: _json(value) for name, value in asdict(snapshot).items()}


def from_json(said: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot that the document of a sale keeps."""
    return Snapshot(
        **_of_any(said),
        order_number=said["order_number"],
        placed_on=dt.date.fromisoformat(said["placed_on"]),
        marketplace=Party(**said["marketplace"]),
        mandate_signed_on=dt.date.fromisoformat(said["mandate_signed_on"]),
        delivery_address=PostalAddress(**said["delivery_address"]),
        delivery=Delivery(
            DeliveryMode(said["delivery"]["mode"]),
            said["delivery"]["carrier"],
            said["delivery"]["pickup_address"],
            _day(said["delivery"]["delivered_on"]),
            _day(said["delivery"]["expected_on"]),
        ),
        original=_original(said["original"]) if said["original"] else None,
    )


def fees_from_json(said: Mapping[str, Any]) -> FeeSnapshot:
    """Return the snapshot that the invoice of a fee keeps, or the credit note on one."""
    return FeeSnapshot(
        **_of_any(said),
        seller_id=said["seller_id"],
        first_on=dt.date.fromisoformat(said["first_on"]),
        last_on=dt.date.fromisoformat(said["last_on"]),
        payouts=tuple(said["payouts"]),
        originals=tuple(_original(each) for each in said["originals"]),
    )


def _of_any(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every document states."""
    return {name: said[name] for name in _AS_IT_IS} | {
        "kind": DocumentKind(said["kind"]),
        "issued_at": dt.datetime.fromisoformat(said["issued_at"]),
        "issued_on": dt.date.fromisoformat(said["issued_on"]),
        "issuer": Party(**said["issuer"]),
        "buyer": Buyer(**said["buyer"]),
        "billing": PostalAddress(**said["billing"]),
        "nature": Nature(said["nature"]),
        "lines": tuple(DocumentLine(**line) for line in said["lines"]),
        "vat": tuple(VatLine(**{**line, "category": VatCategory(line["category"])}) for line in said["vat"]),
        "mentions": tuple(Mention(**mention) for mention in said["mentions"]),
        "due_on": _day(said["due_on"]),
        "receipts": tuple(
            Receipt(
                PaymentMethod(each["method"]),
                dt.date.fromisoformat(each["received_on"]),
                each["amount_cents"],
                each["reference"],
            )
            for each in said["receipts"]
        ),
    }


def _original(said: Mapping[str, Any]) -> Original:
    return Original(said["number"], dt.date.fromisoformat(said["issued_on"]))


_AS_IT_IS = (
    "number",
    "series",
    "sequence",
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


def said_in(text: str) -> Mapping[str, Any] | None:
    """Return the JSON object that a text holds; None where somebody broke it."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


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
