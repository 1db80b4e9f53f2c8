"""Starting one of the two designs as a process of its own on a fresh folder, and reading what it used."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import psutil  # type: ignore[import-untyped] # it ships no types
from msgspec import Struct

from bench.demo import Demo

_START_LIMIT = 120.0  #: seconds; the machine may have other work


class Design(StrEnum):
    """What is compared."""

    NAIVE = "obvious design"
    HUB = "hub"


class Usage(Struct, frozen=True):
    """What a server used: CPU seconds, and the peak of its resident memory in bytes."""

    cpu_seconds: float
    peak_bytes: int


class Server:
    """A running design."""

    def __init__(self, design: Design, process: psutil.Process, url: str) -> None:
        self.design = design
        self.url = url
        self._process = process

    def usage(self) -> Usage:
        """Read what the process and its children have used since they began."""
        every = [self._process, *self._process.children(recursive=True)]
        spent = [process.cpu_times() for process in every]
        return Usage(sum(each.user + each.system for each in spent), sum(_peak_bytes(process) for process in every))

    def resident_bytes(self) -> int:
        """Read how much memory the process and its children hold now."""
        return sum(each.memory_info().rss for each in (self._process, *self._process.children(recursive=True)))


@contextmanager
def serving(
    design: Design,
    demo: Demo,
    folder: Path,
    settings: Mapping[str, str] = MappingProxyType({}),
    arguments: Sequence[str] = (),
) -> Iterator[Server]:
    """Run `design` on a copy of `demo` in `folder`, which is removed at the end.

    `settings` go into its environment, `arguments` behind its command.
    """
    shutil.copytree(demo.folder, folder)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with (folder / "server.log").open("wb") as log:
        process = psutil.Popen(
            (*_command(design, folder, port), *arguments),
            stdout=log,
            stderr=log,
            env={**os.environ, "AXIS_HUB__BASE_URL": url, **settings},
        )
    try:
        _wait_for(process, url, folder / "server.log")
        yield Server(design, process, url)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(60)
        shutil.rmtree(folder)


def _command(design: Design, folder: Path, port: int) -> list[str]:
    if design is Design.NAIVE:
        return [sys.executable, "-m", "bench.naive", str(folder), str(port)]
    return [sys.executable, "-m", "adapters.cli", "serve", "--config", str(folder / "axis.toml"), "--port", str(port)]


def _wait_for(process: psutil.Popen, url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_LIMIT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"{url} did not become ready:\n{log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _peak_bytes(process: psutil.Process) -> int:
    """The kernel's own high-water mark where it tells one (Linux), else what is resident now."""
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        for line in status.read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return int(process.memory_info().rss)
