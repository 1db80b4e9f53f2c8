"""A real hub for tests: `axis init --demo` in a folder, `axis serve` as a process of its own, stopped or killed on demand."""

from __future__ import annotations

import atexit
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

START_LIMIT = 60.0  #: seconds
_AXIS = (sys.executable, "-m", "adapters.cli")


#: Of each process of tests one. All lie below the ports that a kernel gives to clients, and to servers that take any: none of
#: those can take the port of a hub that is not there yet, or is down.
_BLOCKS = [range(first, first + 250) for first in range(20_000, 32_750, 250)]


def free_port(count: int = 1) -> int:
    """Return the first of so many ports of 127.0.0.1 that nobody listens on now and no other process of tests is given."""
    ports = _own_ports()
    while not all(map(_is_free, range(first := next(ports), first + count))):
        pass
    for _ in range(count - 1):
        next(ports)
    return first


@cache
def _own_ports() -> Iterator[int]:
    """Take a block for this process, which holds it by the UDP port of its first number; return the others in turn, for ever."""
    for block in random.SystemRandom().sample(_BLOCKS, len(_BLOCKS)):
        hold = socket.socket(type=socket.SOCK_DGRAM)
        with suppress(OSError):
            hold.bind(("127.0.0.1", block[0]))
            atexit.register(hold.close)
            return itertools.cycle(block[1:])
        hold.close()
    raise AssertionError("other processes of tests have all ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False


class HubProcess:
    """One hub in one folder. `folder` outlives the process, so that a test can kill and start it again."""

    options: tuple[str, ...] = ()  #: further options of `axis serve`
    wrapper: tuple[str, ...] = ()  #: a command that runs it: a tracer

    def __init__(self, folder: Path, port: int, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {**os.environ, "AXIS_HUB__BASE_URL": self.url, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def create(cls, folder: Path, environment: dict[str, str] | None = None) -> HubProcess:
        """Make a demo hub in `folder`: a copy of one that is founded once per process."""
        shutil.copytree(_demo(), folder)
        return cls(folder, free_port(), environment)

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "axis.toml"

    @property
    def credentials(self) -> dict[str, Any]:
        """What `credentials.json` says."""
        loaded: dict[str, Any] = json.loads((self.folder / "credentials.json").read_text(encoding="utf-8"))
        return loaded

    @property
    def pid(self) -> int:
        """The process id of the running hub."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> Path:
        """Where standard error goes."""
        return self.folder / "hub.log"

    @property
    def is_running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> HubProcess:
        """Start it and wait until it is ready."""
        self.launch()
        self.wait_until_ready()
        return self

    def wait_until_ready(self) -> None:
        """Wait until a process that was launched is ready."""
        self._wait_until_ready(time.monotonic() + START_LIMIT)

    def launch(self, environment: Mapping[str, str] | None = None) -> None:
        """Start it, this time with more in its environment if need be, and do not wait."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                (*self.wrapper, *_AXIS, "serve", "--config", str(self.config), "--port", str(self.port), *self.options),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**self.environment, **(environment or {})},
            )

    def wait_for_end(self, within: float) -> int:
        """Wait until it has ended by itself; return its exit code."""
        assert self._process is not None
        code = self._process.wait(timeout=within)
        self._process = None
        return code

    def freeze(self) -> None:
        """Stop it in the midst of whatever it does (SIGSTOP)."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on (SIGCONT), when it is still there."""
        if self.is_running:
            os.kill(self.pid, signal.SIGCONT)

    def _wait_until_ready(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"the hub did not become ready:\n{self.end_of_log()}")

    def end_of_log(self) -> str:
        """Return the last of what it has written, as far as that can be read again: a test's log may be a device."""
        if not self.log.is_file():
            return ""
        return self.log.read_bytes()[-4000:].decode(errors="replace")

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop (SIGTERM) and return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        code = self._process.wait(timeout=40)
        self._process = None
        return code


@cache
def _demo() -> Path:
    folder = kept_folder() / "hub"
    axis("init", str(folder), "--demo")
    return folder


def kept_folder() -> Path:
    """Make a folder for what is founded once and copied often; it goes when the process does."""
    folder = Path(tempfile.mkdtemp(prefix="axis-founded-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def axis(
    *arguments: str, check: bool = True, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line of this installation."""
    done = subprocess.run(
        (*_AXIS, *arguments), capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    assert not check or done.returncode == 0, f"axis {arguments} ended {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done
