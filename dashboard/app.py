"""The ASGI application: our gate and routes around Streamlit. ``python -m dashboard`` serves it."""

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.failure import show_failure
from dashboard.web.assets import Assets
from dashboard.web.errors import HANDLERS
from dashboard.web.gate import Gate
from dashboard.web.headers import Headers
from dashboard.web.routes import ROUTES

_SCRIPT = Path(__file__).with_name("main.py")


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    _warm_up()
    yield


def _warm_up() -> None:
    """Import what the first page would, and take it all out of the garbage collector's sight.

    Everything imported lives as long as the process; walking it at each collection costs more than a run of a page.
    """
    importlib.import_module("pandas")
    gc.collect()
    gc.freeze()


def make_app() -> st.App:
    """Return the application; there can be one at a time in a process."""
    return st.App(
        _SCRIPT,
        lifespan=_lifespan,
        routes=ROUTES,
        middleware=[Middleware(Headers), Middleware(Assets), Middleware(Gate)],
        exception_handlers=HANDLERS,
        on_script_error=show_failure,
    )


app = make_app()
