"""What the API says when it refuses: one shape for everything, a code for programs and a sentence for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from db.domain.api import KeyInUseError, KeyReusedError, OrderConflictError, PaymentConflictError
from db.domain.errors import MarketplaceError, OrderNotFoundError
from db.domain.incoming import Fault, FaultCode
from db.domain.vouchers import (
    MistypedCodeError,
    VoucherKeyReusedError,
    VoucherNotFoundError,
    VoucherTooSmallError,
    VoucherUnusableError,
)
from db.engine import DATABASE_LOST
from db.services.incoming import IncomingOrdersRefusedError

#: When to come back while another request holds the key, or while the database does not answer.
_SOON_SECONDS = 1
_LATER_SECONDS = 10


class FaultOut(BaseModel):
    """One field that is wrong."""

    model_config = ConfigDict(title="Fault")

    field: str = Field(
        description="Where: field names and positions from 0, joined by dots. Empty for the whole body.",
        examples=["lines.0.sku"],
    )
    code: str = Field(description="What kind of fault, for a program. Stable.", examples=["unknown"])
    reason: str = Field(
        description="Why, in French, for a person. May change.",
        examples=["Le vendeur n’a pas de produit de référence «\u00a0THE-1\u00a0»."],
    )


class Problem(BaseModel):
    """Why a request was not done."""

    code: str = Field(description="Which refusal, for a program. Stable.", examples=["invalid"])
    reason: str = Field(
        description="Why, in French, for a person. May change.", examples=["La demande est incorrecte."]
    )
    faults: list[FaultOut] = Field(default=[], description="For a 422: every field that is wrong.")


class ScopeMissingError(MarketplaceError):
    """The token does not permit what is asked."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"Ce jeton ne permet pas cela\u00a0: il lui faut le droit {scope}.")


class SellerTokenError(MarketplaceError):
    """The token is a seller's, and what is asked is the marketplace's."""

    def __init__(self) -> None:
        super().__init__(
            "Ce jeton est limité à un vendeur\u00a0: les bons d’achat sont ceux de la marketplace. "
            "Il faut un jeton pour tous les vendeurs."
        )


def problem(
    status: int, code: str, reason: str, faults: Sequence[FaultOut] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return the answer that refuses a request."""
    return JSONResponse(Problem(code=code, reason=reason, faults=list(faults)).model_dump(), status, headers)


def invalid(faults: Sequence[FaultOut]) -> JSONResponse:
    """Return the answer to a request whose fields are wrong."""
    return problem(422, "invalid", "La demande est incorrecte. Chaque champ en cause est nommé.", faults)


def fault_out(fault: Fault) -> FaultOut:
    """Return a fault of ours as the API tells it."""
    return FaultOut(field=_sayable(fault.field), code=fault.code, reason=_sayable(fault.reason))


# --- What FastAPI and we raise ----------------------------------------------------------------------------------------

_REFUSALS: Mapping[type[MarketplaceError], tuple[int, str]] = {
    ScopeMissingError: (403, "forbidden"),
    SellerTokenError: (403, "forbidden"),
    OrderNotFoundError: (404, "not_found"),
    VoucherNotFoundError: (404, "not_found"),
    VoucherUnusableError: (409, "voucher_unusable"),
    VoucherTooSmallError: (409, "voucher_too_small"),
    VoucherKeyReusedError: (409, "idempotency_key_reused"),
    KeyReusedError: (409, "idempotency_key_reused"),
    KeyInUseError: (409, "idempotency_key_in_use"),
    OrderConflictError: (409, "order_conflict"),
    PaymentConflictError: (409, "payment_conflict"),
}
_HTTP_CODES = {
    400: ("invalid_json", "Le corps de la demande n’est pas du JSON lisible."),
    404: ("not_found", "Cette adresse ne mène nulle part."),
    405: ("method_not_allowed", "Cette adresse ne s’utilise pas avec cette méthode."),
    413: ("too_large", "Le corps de la demande est trop long."),
    415: ("unsupported_media_type", "Le corps de la demande doit être du JSON (Content-Type: application/json)."),
}


async def show_refusal(_request: Request, error: Exception) -> JSONResponse:
    """Answer a refusal of ours."""
    status, code = _REFUSALS[type(error)]  # type: ignore[index]  # registered for these alone
    headers = {"Retry-After": str(_SOON_SECONDS)} if isinstance(error, KeyInUseError) else None
    return problem(status, code, str(error), headers=headers)


async def show_mistyped_code(_request: Request, error: MistypedCodeError) -> JSONResponse:
    """Answer what cannot be a voucher's code: the customer is to look at it again."""
    return invalid([FaultOut(field="code", code=FaultCode.MALFORMED, reason=str(error))])


async def show_refused_orders(_request: Request, error: IncomingOrdersRefusedError) -> JSONResponse:
    """Answer an order that is not right."""
    return invalid([fault_out(fault) for each in error.refused for fault in each.faults])


async def show_http_error(_request: Request, error: HTTPException) -> JSONResponse:
    """Answer what the router, or the reading of a body, refuses."""
    code, reason = _HTTP_CODES.get(error.status_code, ("refused", "Cette demande n’a pas pu être traitée."))
    return problem(error.status_code, code, reason, headers=error.headers)


async def show_validation_error(_request: Request, error: RequestValidationError) -> JSONResponse:
    """Answer fields of the wrong type or out of bounds, every one of them."""
    errors = error.errors()
    if any(each["type"] == "json_invalid" for each in errors):
        return problem(400, *_HTTP_CODES[400])
    return invalid([_fault_of(each) for each in errors])


async def show_database_lost(_request: Request, _error: Exception) -> JSONResponse:
    """Answer while the database does not."""
    reason = "Le service est momentanément indisponible. Réessayez avec la même clé d’idempotence."
    return problem(503, "unavailable", reason, headers={"Retry-After": str(_LATER_SECONDS)})


async def show_failure(_request: Request, _error: Exception) -> JSONResponse:
    """Answer a fault of ours; the server logs the rest."""
    return problem(500, "failure", "Une erreur est survenue de notre côté. Réessayez avec la même clé d’idempotence.")


HANDLERS = {
    **dict.fromkeys(_REFUSALS, show_refusal),
    MistypedCodeError: show_mistyped_code,
    IncomingOrdersRefusedError: show_refused_orders,
    RequestValidationError: show_validation_error,
    HTTPException: show_http_error,
    **dict.fromkeys(DATABASE_LOST, show_database_lost),
    Exception: show_failure,
}


# --- What pydantic says, in our words ---------------------------------------------------------------------------------

_WRONG_TYPE = "wrong_type"
_NO_INTEGER = (_WRONG_TYPE, "Il faut un nombre entier, sans guillemets ni virgule.")
_NO_TEXT = (_WRONG_TYPE, "Il faut un texte.")
_NO_LIST = (_WRONG_TYPE, "Il faut une liste.")
_NO_OBJECT = (_WRONG_TYPE, "Il faut un objet.")
#: Type of pydantic's error → our code and sentence; braces are filled from the error's context.
_WORDS = {
    "missing": (FaultCode.REQUIRED, "Ce champ est obligatoire."),
    "extra_forbidden": ("unknown_field", "Ce champ n’existe pas."),
    "int_type": _NO_INTEGER,
    "int_parsing": _NO_INTEGER,
    "int_parsing_size": _NO_INTEGER,
    "int_from_float": _NO_INTEGER,
    "string_type": _NO_TEXT,
    "string_unicode": (FaultCode.MALFORMED, "Le texte contient un caractère illisible."),
    "list_type": _NO_LIST,
    "dict_type": _NO_OBJECT,
    "model_type": _NO_OBJECT,
    "model_attributes_type": _NO_OBJECT,
    "enum": (FaultCode.UNKNOWN, "Valeurs possibles\u00a0: {expected}."),
    "greater_than_equal": (FaultCode.OUT_OF_RANGE, "Il faut au moins {ge}."),
    "less_than_equal": (FaultCode.OUT_OF_RANGE, "Il faut au plus {le}."),
    "string_too_long": (FaultCode.TOO_LONG, "Le texte dépasse {max_length} caractères."),
    "string_too_short": (FaultCode.REQUIRED, "Ce champ ne peut pas être vide."),
    "string_pattern_mismatch": (FaultCode.MALFORMED, "Ce texte n’a pas la forme attendue."),
    "too_long": (FaultCode.TOO_LONG, "Il y a plus de {max_length} éléments."),
    "too_short": (FaultCode.REQUIRED, "Il faut au moins {min_length} élément."),
    "value_error": (FaultCode.MALFORMED, "{error}"),
}
_OTHERWISE = (FaultCode.MALFORMED, "Cette valeur ne convient pas.")


def _fault_of(error: Mapping[str, Any]) -> FaultOut:
    code, words = _WORDS.get(error["type"], _OTHERWISE)
    # The first part says where FastAPI found it: body, query, path or header.
    path = ".".join(str(part) for part in error["loc"][1:])
    context = {name: str(value).replace("' or '", "' ou '") for name, value in error.get("ctx", {}).items()}
    return FaultOut(field=_sayable(path), code=code, reason=words.format_map(context))


def _sayable(text: str) -> str:
    """Return a text of the request as JSON can carry it: halves of characters cannot be."""
    return text.encode(errors="replace").decode()
