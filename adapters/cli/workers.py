"""Several processes on one port (`axis serve --workers N`).

The parent serves nobody. It holds the port without listening, starts the workers, each of which listens by SO_REUSEPORT
so that the kernel spreads connections over them, starts a worker that ended anew, and passes SIGTERM and SIGINT on. A
worker that says that it cannot run as configured (exit code 2) ends all: starting it again would say the same.
Workers share nothing but the database. One whose parent vanished stops as if it had been told to.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Any

import structlog

from adapters.cli.trouble import USAGE

RESTART_AFTER = 1.0  #: seconds that a worker which ended at once costs at least
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

_log = structlog.get_logger()


class Workers:
    """Keeps `count` processes running `work`, a function that can be imported; its argument says which worker it is, from 0."""

    def __init__(self, work: Callable[[int], int], count: int) -> None:
        self._work = work
        self._count = count
        self._processes: dict[int, SpawnProcess] = {}
        self._is_hopeless = False

    def run(self, stop_within: float) -> int:
        """Run until SIGTERM or SIGINT; return 0 when every worker ended well within so many seconds, 1 otherwise.

        Returns 2 when a worker did.
        """
        with _told_to_stop() as told:
            while not told.is_set() and not self._is_hopeless:
                for number in range(self._count):
                    if number not in self._processes:
                        self._start(number)
                wait([told.reader, *(each.sentinel for each in self._processes.values())])
                if not told.is_set():
                    self._collect()
        stopped = self._stop(stop_within)
        return USAGE if self._is_hopeless else stopped

    def _start(self, number: int) -> None:
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=_run_worker, args=(self._work, number), name=f"axis-worker-{number}")
        process.start()
        self._processes[number] = process

    def _collect(self) -> None:
        for number, process in tuple(self._processes.items()):
            if not process.is_alive():
                del self._processes[number]
                if process.exitcode == USAGE:
                    self._is_hopeless = True
                    return
                _log.error("worker-ended", worker=number, code=process.exitcode)
                time.sleep(RESTART_AFTER)

    def _stop(self, within: float) -> int:
        deadline = time.monotonic() + within
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()
        # One that was told before it could serve anybody ends by the signal itself.
        return 0 if all(each.exitcode in (0, -signal.SIGTERM) for each in self._processes.values()) else 1


@contextmanager
def reserved(host: str, port: int) -> Iterator[int]:
    """Hold a port for workers without listening on it; give its number. Raise `OSError` when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as probe:  # not shared: fails when anybody listens there
        number = int(probe.getsockname()[1])
    with socket.socket(family, socket.SOCK_STREAM) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((host, number))
        yield number


class _Told:
    """Whether a signal came. `reader` becomes readable with it, so that a wait for something else ends."""

    def __init__(self, reader: socket.socket) -> None:
        self.reader = reader
        self._is_told = False

    def is_set(self) -> bool:
        return self._is_told

    def set(self, *_: Any) -> None:
        self._is_told = True


@contextmanager
def _told_to_stop() -> Iterator[_Told]:
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    told = _Told(reader)
    before = {each: signal.signal(each, told.set) for each in _STOP_SIGNALS}
    descriptor = signal.set_wakeup_fd(writer.fileno())
    try:
        yield told
    finally:
        signal.set_wakeup_fd(descriptor)
        for each, handler in before.items():
            signal.signal(each, handler)
        reader.close()
        writer.close()


def _run_worker(work: Callable[[int], int], number: int) -> None:
    threading.Thread(target=_follow_parent, daemon=True).start()
    raise SystemExit(work(number))


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
