import socket

import pytest

from dashboard.startup.listener import listen
from dashboard.startup.refusals import CannotListenError, PortTakenError


def test_a_taken_port_is_refused_with_another_one_to_try() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError) as refusal:
            listen("127.0.0.1", port)
    assert f"Le port {port} est déjà pris" in str(refusal.value)
    assert f"PORT={port + 1} make run" in str(refusal.value)


def test_the_last_port_suggests_the_one_before() -> None:
    assert "PORT=65534 make run" in str(PortTakenError(65535))


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotListenError, match=r"Impossible d’écouter sur 192\.0\.2\.1"):
        listen("192.0.2.1", 8501)


def test_answers_are_not_delayed_on_its_connections() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
