"""The ASGI application: our gate and routes around Streamlit. ``python -m dashboard`` serves it."""

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.failure import show_failure
from dashboard.web import health, sign_in
from dashboard.web.gate import Gate
from dashboard.web.headers import Headers

_SCRIPT = Path(__file__).with_name("main.py")


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    _warm_up()
    yield


def _warm_up() -> None:
    """Import what every page needs and take it out of the garbage collector's sight.

    Streamlit may collect garbage after every run; walking pandas and plotly each time costs more than the run itself.
    """
    for module in ("pandas", "plotly.graph_objects", "pyarrow"):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()


app = st.App(
    _SCRIPT,
    lifespan=_lifespan,
    routes=[*health.ROUTES, *sign_in.ROUTES],
    middleware=[Middleware(Headers), Middleware(Gate)],
    on_script_error=show_failure,
)
