"""What the OpenAPI document says beside the code: the answers every operation may give, and examples."""

from typing import Any

from pydantic import BaseModel

from dashboard.web.api.problems import Problem

Document = dict[str, Any]

DESCRIPTION = """Send orders to the marketplace's back office, ask where they stand, announce payments, use vouchers.

Amounts are integers in cents, VAT included; rates are basis points; instants carry their zone. Every refusal has the
same shape: a `code` for programs, a `reason` in French for people, and for a 422 every field that is wrong.
"""

_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer", "minimum": 1}}
}
#: Of the answers that store something once.
REPLAY_HEADERS: Document = {
    "Location": {"description": "Where to ask again.", "required": True, "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "The request was answered before: this is that answer.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
ORDER_LINKS: Document = {
    "state": {"operationId": "get_order", "parameters": {"path.number": "$response.body#/number"}},
    "payment": {"operationId": "announce_payment", "parameters": {"path.number": "$response.body#/number"}},
}


def in_json(
    model: type[BaseModel], description: str, headers: Document | None = None, links: Document | None = None
) -> Document:
    """Return how the document tells of one answer."""
    told: Document = {"model": model, "description": description}
    return told | ({"headers": headers} if headers else {}) | ({"links": links} if links else {})


EVERYWHERE: dict[int | str, Document] = {
    400: in_json(Problem, "The body is no JSON."),
    401: in_json(Problem, "The token is missing, wrong, expired or revoked."),
    403: in_json(Problem, "The token does not permit this."),
    404: in_json(Problem, "There is no such order or voucher, or not for this token."),
    413: in_json(Problem, "The body is longer than 1 MiB."),
    415: in_json(Problem, "The body is not announced as application/json."),
    422: in_json(Problem, "Some fields are wrong; every one is named."),
    429: in_json(Problem, "Too many requests.", headers=_RETRY_AFTER),
    500: in_json(Problem, "A fault of ours."),
    503: in_json(Problem, "The database does not answer for the moment.", headers=_RETRY_AFTER),
}

ORDER_EXAMPLES: Document = {
    "smallest": {
        "summary": "As small as possible: unpaid, at home, now",
        "value": {"seller_code": "THE", "lines": [{"name": "Thé vert bio", "quantity": 2, "unit_price_cents": 1250}]},
    },
    "whole": {
        "summary": "Paid by card, to be sent home",
        "value": {
            "seller_code": "THE",
            "external_ref": "shop:order:4711",
            "number": "62038bc9-f390060031-398dfb-001",
            "basket": "62038bc9-f390060031-398dfb",
            "customer_name": "Évelyne Morin",
            "customer_email": "evelyne.morin@example.org",
            "customer_phone": "06 12 34 56 78",
            "billing": {"name": "Évelyne Morin", "street": "3 rue des Lilas", "postcode": "35000", "city": "Rennes"},
            "delivery": {"name": "Évelyne Morin", "street": "3 rue des Lilas", "postcode": "35000", "city": "Rennes"},
            "carrier": "Colissimo",
            "lines": [
                {
                    "sku": "THE-VERT-100",
                    "name": "Thé vert bio",
                    "attributes": {"Contenance": "100 g"},
                    "quantity": 2,
                    "unit_price_cents": 1250,
                    "vat_rate_bp": 550,
                    "discount_cents": 100,
                }
            ],
            "shipping_cents": 490,
            "total_cents": 2890,
            "placed_at": "2026-11-21T09:30:00Z",
            "payments": [
                {
                    "method": "card",
                    "amount_cents": 2890,
                    "reference": "psp-8f2c11",
                    "received_at": "2026-11-21T09:30:00Z",
                    "external_ref": "shop:payment:9001",
                }
            ],
        },
    },
}
PAYMENT_EXAMPLES: Document = {
    "captured": {
        "summary": "The card paid",
        "value": {
            "external_ref": "shop:payment:9002",
            "method": "card",
            "state": "captured",
            "amount_cents": 2500,
            "reference": "psp-90b7d4",
        },
    },
    "refused": {
        "summary": "The bank refused",
        "value": {"external_ref": "shop:payment:9003", "method": "card", "state": "failed", "amount_cents": 2500},
    },
}
VOUCHER_USE_EXAMPLES: Document = {
    "part": {
        "summary": "A part of it, for one basket",
        "value": {"amount_cents": 1250, "order_reference": "62038bc9-f390060031-398dfb"},
    },
    "keyed": {
        "summary": "With its key in the body",
        "value": {"amount_cents": 1250, "order_reference": "shop:order:4712", "key": "4712-1"},
    },
}
