"""The unix socket of a hub, and others at its path."""

import socket
import stat
from contextlib import ExitStack

import pytest

from adapters.http.unix_socket import SocketTaken, unix_socket


@pytest.fixture
def path(tmp_path):
    return tmp_path / "axis.sock"


def left_behind(path):
    """Make what a process leaves that was killed: a socket that nobody listens on."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))


def answers(path):
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(path))
        return True


def test_a_living_process_keeps_its_socket(path):
    """A socket on which a process listens is refused to another, and stays."""
    with unix_socket(path, 1):
        with pytest.raises(SocketTaken) as refused, unix_socket(path, 1):
            pass
        assert refused.value.filename == str(path)
        assert answers(path)


def test_a_busy_process_keeps_its_socket(path):
    """A process that listens is alive also when it takes no more connections at present."""
    with unix_socket(path, 0), socket.socket(socket.AF_UNIX) as first, socket.socket(socket.AF_UNIX) as second:
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex(str(path))
        with pytest.raises(SocketTaken), unix_socket(path, 1):
            pass


def test_what_a_killed_process_left_is_replaced(path):
    """A socket that nobody listens on is replaced."""
    left_behind(path)
    with unix_socket(path, 1):
        assert answers(path)


def test_it_is_removed(path):
    """Nothing is left behind on the way out, and what is there may be written by its owner and group alone."""
    with unix_socket(path, 1):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert not path.exists()


def test_the_next_one_keeps_its_socket(path):
    """A process that still finishes its requests while the next one listens already does not remove the next one's socket."""
    with ExitStack() as stack:
        with unix_socket(path, 1) as first:
            first.close()
            stack.enter_context(unix_socket(path, 1))
        assert answers(path)
    assert not path.exists()


def test_a_file_that_is_no_socket_stays(path):
    """A file at the path is not removed, and the error names it."""
    path.write_text("a letter")
    with pytest.raises(OSError, match=path.name), unix_socket(path, 1):
        pass
    assert path.read_text() == "a letter"


@pytest.mark.parametrize("name", ["missing/axis.sock", f"{'x' * 120}.sock"], ids=["no-folder", "too-long"])
def test_a_path_that_cannot_be(tmp_path, name):
    """A path at which no socket can be made is named in the error."""
    with pytest.raises(OSError, match=name[:10]), unix_socket(tmp_path / name, 1):
        pass
