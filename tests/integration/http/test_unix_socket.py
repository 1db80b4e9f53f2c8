"""Two hubs that are told to listen on the same unix socket."""

from __future__ import annotations

import os
import socket

from tests.support.hub import HubProcess, axis


def live(path):
    """Ask the hub behind a unix socket whether it lives."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(path))
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_the_second_hub_does_not_start(tmp_path):
    """A hub whose unix socket another one serves does not start, and says why; when that one was killed, it takes the place."""
    path = tmp_path / "axis.sock"
    own = {"AXIS_LISTEN__UNIX_SOCKET": str(path)}
    first, second = (HubProcess.create(tmp_path / name, own) for name in ("first", "second"))
    first.start()
    try:
        refused = axis(
            *("serve", "--config", str(second.config), "--port", str(second.port)),
            check=False,
            environment=os.environ | own,
        )
        assert refused.returncode == 2
        assert str(path) in refused.stderr
        assert "listen.unix_socket" in refused.stderr
        assert live(path)
    finally:
        first.kill()
    second.start()
    try:
        assert live(path)
    finally:
        second.stop()
    assert not path.exists()
