"""`python -m hub health`: asks the hub of a configuration whether it is ready."""

import socket
from contextlib import contextmanager
from threading import Thread

import pytest

from hub.__main__ import main

HERE = {"127.0.0.1": socket.AF_INET, "0.0.0.0": socket.AF_INET, "::1": socket.AF_INET6, "::": socket.AF_INET6}
READY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def configured(folder, host, port):
    """A configuration that differs from the usual one in where it listens."""
    file = folder / "axis.toml"
    file.write_text(f'[listen]\nhost = "{host}"\nport = {port}\n')
    return str(file)


@contextmanager
def answering(host, answer):
    """A listener that gives one answer; its port."""
    with socket.create_server((host, 0), family=HERE[host]) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("host", HERE)
def test_every_address_is_asked(host, tmp_path):
    """A hub that listens on one address, or on all of them, is found there: 0."""
    with answering(host, READY) as port:
        assert main(["health", configured(tmp_path, host, port)]) == 0


def test_not_ready(tmp_path, capsys):
    """A hub that says that it is not ready: 1, with its status."""
    with answering("127.0.0.1", b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n") as port:
        assert main(["health", configured(tmp_path, "127.0.0.1", port)]) == 1
    assert "503" in capsys.readouterr().err


def test_something_else_answers(tmp_path, capsys):
    """What does not speak HTTP on the port is no hub: 3, in one sentence."""
    with answering("127.0.0.1", b"SSH-2.0-somebody\r\n") as port:
        assert main(["health", configured(tmp_path, "127.0.0.1", port)]) == 3
    assert "not reachable" in capsys.readouterr().err


def test_nobody_there(tmp_path):
    """Nobody listens: 3."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert main(["health", configured(tmp_path, "127.0.0.1", port)]) == 3
