"""How often somebody may ask. Counted in the memory of this process: with several, each counts what it sees."""

import ipaddress
import math
import time

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import HTTPConnection

#: Whoever has one IPv6 address has all of these.
_IPV6_NETWORK = 64

_limiter = SlidingWindowCounterRateLimiter(MemoryStorage())


def seconds_to_wait(limit: RateLimitItem, *who: str) -> int | None:
    """Count one request of somebody; return None if it may pass, else the seconds after which the next one may.

    Args:
        limit: How many, in which time: ``RateLimitItemPerMinute(60)``.
        who: What is counted and for whom: « suivi », an address.
    """
    if _limiter.hit(limit, *who):
        return None
    return max(1, math.ceil(_limiter.get_window_stats(limit, *who).reset_time - time.time()))


def client_network(connection: HTTPConnection) -> str:
    """Return where a request comes from, as one who asks counts: an IPv4 address, or a network of IPv6."""
    host = connection.client.host if connection.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))
    return host


def forget_all() -> None:
    """Let everybody ask as if for the first time; tests begin so."""
    _limiter.storage.reset()
