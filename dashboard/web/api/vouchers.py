"""Vouchers over HTTP: what is left of one, and using it. Exactly once for each key, whoever asks how often."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Header, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from dashboard.web.api.callers import caller_with
from dashboard.web.api.documents import EVERYWHERE, VOUCHER_USE_EXAMPLES, Document, in_json
from dashboard.web.api.problems import FaultOut, Problem, SellerTokenError, invalid
from db.domain.api import ApiClient, Scope
from db.domain.incoming import MAX_CENTS, FaultCode
from db.domain.text import is_storable
from db.domain.time import local_day, utc_now
from db.domain.vouchers import MAX_USE_TEXT, VoucherFacts, VoucherNotFoundError, VoucherState, read_code
from db.engine import reading, transaction
from db.queries.vouchers import voucher_by_code
from db.services.voucher_uses import SpentVoucher, use_voucher

router = APIRouter(responses=EVERYWHERE)

_KEY_PATTERN = r"^[!-~]+$"
_KEY_MEANING = "A text of your own for this use: the same again is the same use, however late."


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("Le texte contient un caractère illisible.")
    return text


def _payer(caller: Annotated[ApiClient, Depends(caller_with(Scope.WRITE_PAYMENTS))]) -> ApiClient:
    if caller.seller_id is not None:
        raise SellerTokenError
    return caller


Payer = Annotated[ApiClient, Depends(_payer)]
Code = Annotated[str, Path(description="As the customer typed it: in any case, with or without hyphens and spaces.")]
KeyInHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=MAX_USE_TEXT,
        pattern=_KEY_PATTERN,
        description=f"{_KEY_MEANING} Or `key` in the body.",
        examples=["4711-1"],
    ),
]


class VoucherUseIn(BaseModel):
    """What a voucher pays of an order."""

    model_config = ConfigDict(title="VoucherUse", extra="forbid")

    amount_cents: Annotated[int, Field(strict=True, ge=1, le=MAX_CENTS, examples=[12_50])]
    order_reference: Annotated[
        str,
        Field(min_length=1, max_length=MAX_USE_TEXT, description="The order or basket, as you call it."),
        AfterValidator(_storable),
    ]
    key: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=MAX_USE_TEXT,
            pattern=_KEY_PATTERN,
            description=f"{_KEY_MEANING} Or the header `Idempotency-Key`.",
        ),
    ] = None


class VoucherOut(BaseModel):
    """What can be bought with a voucher today. Amounts are cents of ``currency``."""

    model_config = ConfigDict(title="Voucher")

    code: str = Field(examples=["2345-679A-CDEP"])
    state: VoucherState
    amount_cents: int = Field(description="What it was worth when it was given.")
    usable_cents: int = Field(description="What can be spent of it now: 0 once it is used up, expired or cancelled.")
    currency: str
    expires_on: dt.date = Field(description="The last day on which it can be used, in the marketplace's time zone.")


class VoucherUseOut(BaseModel):
    """One use, and what can be spent of the voucher since."""

    model_config = ConfigDict(title="NotedVoucherUse")

    code: str
    amount_cents: int
    order_reference: str
    used_at: dt.datetime
    rest_cents: int = Field(description="What is left of the voucher now.")
    currency: str


_REPLAYED: Document = {
    "Idempotent-Replayed": {
        "description": "This very use was noted before.",
        "required": True,
        "schema": {"type": "string", "enum": ["true"]},
    }
}


@router.get(
    "/vouchers/{code}", operation_id="get_voucher", summary="Ask what is left of a voucher", response_model=VoucherOut
)
def get_voucher(code: Code, caller: Payer) -> VoucherOut:  # noqa: ARG001  the token is checked
    """Tell what a voucher is worth, whether it can still be used or not."""
    kept = read_code(code)
    with reading() as session:
        voucher = voucher_by_code(session, kept)
    if voucher is None:
        raise VoucherNotFoundError
    return _voucher_out(voucher, local_day(utc_now()))


@router.post(
    "/vouchers/{code}/uses",
    status_code=201,
    operation_id="use_voucher",
    summary="Use a voucher, wholly or in part",
    response_model=VoucherUseOut,
    responses={
        200: in_json(VoucherUseOut, "Nothing new: this very use was noted before.", headers=_REPLAYED),
        409: in_json(Problem, "Less is left, it cannot be used any more, or the key is another use's."),
    },
)
def spend_voucher(
    code: Code,
    use: Annotated[VoucherUseIn, Body(openapi_examples=VOUCHER_USE_EXAMPLES)],
    caller: Payer,  # noqa: ARG001  the token is checked
    idempotency_key: KeyInHeader = None,
) -> Response:
    """Take an amount off a voucher; what is not used stays on it until its last day."""
    keys = {key for key in (idempotency_key, use.key) if key is not None}
    if len(keys) != 1:
        return invalid([_KEYS_DIFFER if keys else _KEY_MISSING])
    with transaction() as session:
        spent = use_voucher(session, code, use.amount_cents, keys.pop(), use.order_reference, utc_now())
    said = _use_out(spent).model_dump(mode="json")
    return JSONResponse(said, 201) if spent.is_new else JSONResponse(said, 200, {"Idempotent-Replayed": "true"})


_KEY_MISSING = FaultOut(
    field="Idempotency-Key", code=FaultCode.REQUIRED, reason="Il faut une clé, dans l’en-tête ou dans « key »."
)
_KEYS_DIFFER = FaultOut(
    field="key", code=FaultCode.MISMATCH, reason="L’en-tête Idempotency-Key et « key » disent deux clés différentes."
)


def _voucher_out(voucher: VoucherFacts, today: dt.date) -> VoucherOut:
    state = voucher.state(today)
    return VoucherOut(
        code=voucher.code,
        state=state,
        amount_cents=voucher.amount_cents,
        usable_cents=voucher.rest_cents if state.is_live else 0,
        currency=voucher.currency,
        expires_on=voucher.expires_on,
    )


def _use_out(spent: SpentVoucher) -> VoucherUseOut:
    return VoucherUseOut(
        code=spent.code,
        amount_cents=spent.amount_cents,
        order_reference=spent.order_reference,
        used_at=spent.used_at,
        rest_cents=spent.rest_cents,
        currency=spent.currency,
    )
