"""The guard against leaving the machine works."""

import socket
import threading

import pytest

from tests.support.offline import LeftTheMachine, is_local


def test_other_machines_are_out_of_reach() -> None:
    with socket.socket() as one, pytest.raises(LeftTheMachine):
        one.connect(("192.0.2.1", 80))
    with pytest.raises(LeftTheMachine):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_this_machine_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        waiting = threading.Thread(target=lambda: server.accept()[0].close())
        waiting.start()
        socket.create_connection(server.getsockname(), timeout=5).close()
        waiting.join()
    assert is_local("/run/socket") and is_local(("::1", 80, 0, 0)) and not is_local(("example.org", 80))
