"""Moments, days and addresses as the page says them."""

import datetime as dt

from db.domain import formats
from db.domain.time import PARIS, local_day


def day_of(moment: dt.datetime) -> str:
    """Return « samedi 21 novembre 2026 »."""
    return formats.long_date(local_day(moment))


def moment(at: dt.datetime) -> str:
    """Return « samedi 21 novembre 2026 à 14:32 »."""
    return f"{day_of(at)} à {at.astimezone(PARIS):%H:%M}"


def web_link(address: str) -> str:
    """Return an address if it is one of the web: what people typed becomes no other link."""
    return address if address.lower().startswith(("https://", "http://")) else ""
