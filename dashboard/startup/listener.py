"""The port, taken before anything slow happens."""

import errno
import os
import socket

from dashboard.startup.refusals import CannotListenError, PortTakenError


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket: from here on the port is ours, and early visitors wait instead of being refused.

    Raises:
        PortTakenError: Another program listens there.
        CannotListenError: The address is not of this machine, or the port is reserved.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name != "nt":  # There it would let two programs share the port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it. Without it, each answer on a kept connection waits for the browser's delayed
        # acknowledgement: 46 ms a request instead of 2.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(port) from None
        raise CannotListenError(host, port, os.strerror(error.errno or 0)) from None
    return listener
