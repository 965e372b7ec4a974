"""No test leaves the machine: a connection to anything but the machine itself is an error (B5)."""

import ipaddress
import socket
from typing import Any

LOCAL_NAMES = frozenset({"", "localhost", socket.gethostname()})


class LeftTheMachine(AssertionError):
    """Our code, or a library we use, tried to reach another machine."""


def is_local(address: Any) -> bool:
    """Unix sockets, loopback, and names that mean this machine."""
    if not isinstance(address, tuple):
        return True
    try:
        return ipaddress.ip_address(str(address[0]).split("%")[0]).is_loopback
    except ValueError:
        return str(address[0]) in LOCAL_NAMES


def guard() -> None:
    """From now on this process refuses to connect to other machines."""
    connect, connect_ex, send_to = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto

    def checked(address: Any) -> Any:
        if not is_local(address):
            raise LeftTheMachine(f"a connection to {address!r}")
        return address

    def guarded_connect(self: socket.socket, address: Any) -> None:
        return connect(self, checked(address))

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        return connect_ex(self, checked(address))

    def guarded_send_to(self: socket.socket, data: Any, *rest: Any) -> int:
        checked(rest[-1])
        return send_to(self, data, *rest)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign]
    socket.socket.sendto = guarded_send_to  # type: ignore[method-assign,assignment]
