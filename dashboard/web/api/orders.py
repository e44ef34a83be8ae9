"""The operations of the API. Each is one transaction; the rules are services'."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Path, Query
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard.web.api.callers import caller_with
from dashboard.web.api.documents import (
    EVERYWHERE,
    ORDER_EXAMPLES,
    ORDER_LINKS,
    PAYMENT_EXAMPLES,
    REPLAY_HEADERS,
    in_json,
)
from dashboard.web.api.incoming import OrderIn, PaymentNoticeIn, Text
from dashboard.web.api.outgoing import OrderOut, PaymentOut, order_out, payment_out
from dashboard.web.api.problems import Problem, fault_out, invalid
from db.domain.api import ApiClient, Scope
from db.domain.errors import OrderNotFoundError
from db.domain.incoming import faults_of_texts
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.queries.api_orders import OrderStanding, number_of, order_standing
from db.services.api_orders import note_payment, receive_order
from db.services.api_requests import Answer, KeyedRequest, fingerprint_of, known_answer, remember

router = APIRouter(responses=EVERYWHERE)

Writer = Annotated[ApiClient, Depends(caller_with(Scope.WRITE_ORDERS))]
Reader = Annotated[ApiClient, Depends(caller_with(Scope.READ_ORDERS))]
Payer = Annotated[ApiClient, Depends(caller_with(Scope.WRITE_PAYMENTS))]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="A text of your own for this order, new for each: after a lost answer send the same request again "
        "with the same key, and you get the same answer. Kept for 7 days.",
        examples=["4711-1"],
    ),
]
Number = Annotated[str, Path(description="The order’s number, percent-encoded.")]


class OrderLookup(BaseModel):
    """How to find an order without its number."""

    model_config = ConfigDict(extra="forbid")

    external_ref: Text


@router.post(
    "/orders",
    status_code=201,
    operation_id="send_order",
    summary="Send an order",
    response_model=OrderOut,
    responses={
        200: in_json(OrderOut, "It was there already under its external_ref.", headers=REPLAY_HEADERS),
        201: in_json(OrderOut, "It is stored; e-mails and search follow within seconds.", REPLAY_HEADERS, ORDER_LINKS),
        409: in_json(Problem, "The key or the external_ref is known with something else, or its key is in use."),
    },
)
def send_order(
    order: Annotated[OrderIn, Body(openapi_examples=ORDER_EXAMPLES)],
    idempotency_key: IdempotencyKey,
    caller: Writer,
    request: Request,
) -> Response:
    """Store an order of one seller, unpaid unless captured payments come with it."""
    now = utc_now()
    keyed = KeyedRequest(
        caller.token_id, idempotency_key, fingerprint_of("POST", request.scope["path"], request.state.body)
    )
    with transaction() as session:
        answer = known_answer(session, keyed, now)
        if answer is not None:
            return _answered(answer, {"Idempotent-Replayed": "true"})
        received = receive_order(session, caller, order.to_domain(), now)
        standing = order_standing(session, caller.seller_id, number=number_of(session, received.order_id))
        assert standing is not None  # noqa: S101  it was written above
        answer = Answer(201 if received.is_new else 200, order_out(standing).model_dump(mode="json"))
        remember(session, keyed, answer, now)
    return _answered(answer, {})


@router.get("/orders", operation_id="find_order", summary="Find an order by your own id", response_model=OrderOut)
def find_order(lookup: Annotated[OrderLookup, Query()], caller: Reader) -> OrderOut:
    """Tell where an order stands, by the ``external_ref`` it was sent with."""
    with reading() as session:
        return order_out(_found(order_standing(session, caller.seller_id, external_ref=lookup.external_ref)))


@router.post(
    "/orders/{number:path}/payments",
    status_code=201,
    operation_id="announce_payment",
    summary="Announce what became of a payment",
    response_model=PaymentOut,
    responses={
        200: in_json(PaymentOut, "Nothing new: it is noted like this already."),
        409: in_json(Problem, "The external_ref is another payment's, or its state is final."),
    },
)
def announce_payment(
    number: Number, notice: Annotated[PaymentNoticeIn, Body(openapi_examples=PAYMENT_EXAMPLES)], caller: Payer
) -> Response:
    """Note a payment of an order. A captured one pays it; a refused card or PayPal payment has staff look at it."""
    told = notice.to_domain()
    faults = [fault_out(fault) for fault in faults_of_texts(told)]
    if faults:
        return invalid(faults)
    with transaction() as session:
        standing = _found(order_standing(session, caller.seller_id, number=number))
        is_new = note_payment(session, standing.details.id, told, utc_now())
    return JSONResponse(payment_out(standing, told).model_dump(mode="json"), 201 if is_new else 200)


@router.api_route(
    "/orders/{number:path}/payments", methods=["GET", "HEAD", "PUT", "PATCH", "DELETE"], include_in_schema=False
)
def refuse_method() -> None:
    """Say that payments are posted; without this, « …/payments » would be read as an order's number."""
    raise HTTPException(405)


@router.get(
    "/orders/{number:path}", operation_id="get_order", summary="Ask where an order stands", response_model=OrderOut
)
def get_order(number: Number, caller: Reader) -> OrderOut:
    """Tell an order's status, payments and parcels."""
    with reading() as session:
        return order_out(_found(order_standing(session, caller.seller_id, number=number)))


def _found(standing: OrderStanding | None) -> OrderStanding:
    if standing is None:
        raise OrderNotFoundError("")
    return standing


def _answered(answer: Answer, headers: dict[str, str]) -> Response:
    body: dict[str, Any] = dict(answer.body)
    return JSONResponse(body, answer.status_code, {"Location": body["url"]} | headers)
