"""Which dialog about e-mails is open: one at most, and only on the page that it was opened on.

Somebody may leave a page by the browser's Back while a dialog is open. It must not come back on another order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

_OPENED = "mail_opened"


@dataclass(frozen=True, slots=True)
class _Opened:
    """The orders that are written to, or the e-mail that is read, and the page's URL parameters at that time."""

    page: dict[str, str]
    order_ids: tuple[int, ...] = ()
    outbox_id: int | None = None


def open_message(order_ids: Sequence[int]) -> None:
    """Have the next run open the dialog that writes to the customers of these orders; for a button's callback."""
    st.session_state[_OPENED] = _Opened(_page(), order_ids=tuple(order_ids))


def open_email(outbox_id: int) -> None:
    """Have the next run read an e-mail in a dialog; for a button's callback."""
    st.session_state[_OPENED] = _Opened(_page(), outbox_id=outbox_id)


def close() -> None:
    """Have the next run open none."""
    st.session_state.pop(_OPENED, None)


def orders_written_to() -> tuple[int, ...]:
    """Return the orders whose customers are being written to on this page."""
    opened = _present()
    return opened.order_ids if opened else ()


def email_read() -> int | None:
    """Return the e-mail that is being read on this page."""
    opened = _present()
    return opened.outbox_id if opened else None


def _present() -> _Opened | None:
    opened: _Opened | None = st.session_state.get(_OPENED)
    if opened is not None and opened.page != _page():
        close()
        return None
    return opened


def _page() -> dict[str, str]:
    return st.query_params.to_dict()
