import pytest
from limits import RateLimitItemPerMinute
from starlette.requests import HTTPConnection

from dashboard.web.rate_limits import client_network, seconds_to_wait

THREE = RateLimitItemPerMinute(3)


def from_address(host: str | None) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [], "client": (host, 1234) if host else None})


def test_who_asks_too_often_is_told_how_long_to_wait_and_nobody_else_is() -> None:
    assert [seconds_to_wait(THREE, "suivi", "192.0.2.1") for _ in range(3)] == [None, None, None]
    wait = seconds_to_wait(THREE, "suivi", "192.0.2.1")
    assert wait is not None
    assert 1 <= wait <= 60
    assert seconds_to_wait(THREE, "suivi", "192.0.2.2") is None
    assert seconds_to_wait(THREE, "api", "192.0.2.1") is None


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_a_network_of_ipv6_counts_as_one(host: str | None, network: str) -> None:
    assert client_network(from_address(host)) == network
