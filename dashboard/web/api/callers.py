"""Who asks: the shop that the guard knows by its token, if the token has what it takes."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Security
from fastapi.security import HTTPBearer
from starlette.requests import Request

from dashboard.web.api.problems import ScopeMissingError
from db.domain.api import ApiClient, Scope

_bearer = HTTPBearer(auto_error=False, description="A token of Réglages › API.")


def caller_with(scope: Scope) -> Callable[[Request], ApiClient]:
    """Return the dependency that gives the shop that asks, if its token has the scope."""

    def caller(request: Request, _documented: Annotated[object, Security(_bearer)]) -> ApiClient:
        client: ApiClient = request.state.client
        if scope not in client.scopes:
            raise ScopeMissingError(scope)
        return client

    return caller
