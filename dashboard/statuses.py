"""The statuses as Réglages › Statuts has them now: the labels and colours that every screen shows."""

import time
from collections.abc import Mapping
from functools import lru_cache

from streamlit.runtime.scriptrunner import get_script_run_ctx

from db.domain.orders import OrderStatus
from db.engine import reading
from db.queries.statuses import StatusLook, default_look, status_settings
from db.settings import settings

#: How long a screen may lag behind what somebody saved in another process; in this one it changes at once.
_MAX_AGE_SECONDS = 5
_DEFAULTS = {status: default_look(status) for status in OrderStatus}


def look_of(status: OrderStatus) -> StatusLook:
    """Return how a status looks now."""
    return _looks()[status]


def label_of(status: OrderStatus) -> str:
    """Return a status's label as it is set now."""
    return look_of(status).label


def forget_looks() -> None:
    """Have the next screen ask again: somebody has just changed a status."""
    _read.cache_clear()


def _looks() -> Mapping[OrderStatus, StatusLook]:
    if get_script_run_ctx(suppress_warning=True) is None:
        return _DEFAULTS  # No page is being drawn: nobody looks.
    return _read(settings().database_url, int(time.monotonic() // _MAX_AGE_SECONDS))


@lru_cache(maxsize=1)
def _read(_database_url: str, _period: int) -> Mapping[OrderStatus, StatusLook]:
    """Asked a hundred times a page, so kept without the copy that ``st.cache_data`` would make each time."""
    with reading() as session:
        return status_settings(session)
