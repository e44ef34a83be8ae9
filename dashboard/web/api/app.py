"""The API as an application, mounted beside Streamlit. Its OpenAPI document is public; there is no other page."""

import re

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount

from dashboard.web.api import orders, vouchers
from dashboard.web.api.documents import DESCRIPTION
from dashboard.web.api.guard import PREFIX, Guard
from dashboard.web.api.problems import HANDLERS, show_http_error

_ROUTERS = (orders.router, vouchers.router)


def methods_at(path: str) -> str:
    """Return what may be done at an address, as the header ``Allow`` says it; empty for an address of nobody's."""
    here = [
        route
        for router in _ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and route.include_in_schema and route.path_regex.match(path)
    ]
    return ", ".join(sorted({method for route in here if route.path == here[0].path for method in route.methods}))


async def show_wrong_method(request: Request, error: HTTPException) -> JSONResponse:
    """Answer a method that an address does not know; the router would name the methods of one operation only."""
    methods = methods_at(request.scope["path"].removeprefix(PREFIX))
    error.headers = {"Allow": methods} if methods else error.headers
    return await show_http_error(request, error)


api = FastAPI(
    title="Marketplace orders",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    redoc_url=None,
    redirect_slashes=False,
    exception_handlers=HANDLERS | {405: show_wrong_method},
)
for each in _ROUTERS:
    api.include_router(each)

_mount = Mount(PREFIX, app=Guard(api))
# A line end in an address is none of ours either, but what says so is this API and nobody else.
_mount.path_regex = re.compile(f"^{PREFIX}/(?P<path>.*)$", re.DOTALL)

ROUTES: list[BaseRoute] = [_mount]
