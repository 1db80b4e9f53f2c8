"""What processes ask of the kernel, by strace: in which order data are written, synced and answered.

A killed process proves nothing about power cuts (the kernel keeps what was written, synced or not), so the order of the
calls is looked at. Times are the machine's, in seconds, so that traces of several programs can be compared.
"""

from __future__ import annotations

import contextlib
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
from msgspec import Struct

from tests.services.programs import program

_CALLS = "write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,fsync,fdatasync,sync_file_range"
_LINE = re.compile(r"^(?P<pid>\d+) +(?P<at>\d+\.\d+) (?P<text>.*)$")
_SYNC = re.compile(r"^(fsync|fdatasync)\(\d+<(?P<path>[^>]*)>")
_WRITE = re.compile(r"^(pwrite64|pwritev2?|write|writev|sendto|sendmsg)\(\d+<(?P<path>[^>]*)>")
_RESUMED = re.compile(r"^<\.\.\. (fsync|fdatasync) resumed>")


class Call(Struct, frozen=True):
    """A write (`at`: when it began) or a sync (`at`: when it had ended) of a file, a pipe or a socket."""

    at: float
    is_sync: bool
    path: str
    text: str


def strace(output: Path) -> tuple[str, ...]:
    """Return the command that traces another one and all its children into a file."""
    return (program("strace", "strace"), "-f", "-ttt", "-y", "-s", "65536", "-e", f"trace={_CALLS}", "-o", str(output))


def read(output: Path) -> Iterator[Call]:
    """Yield the calls in the order in which the tracer saw them."""
    waiting: dict[str, str] = {}  # path of the sync that a thread is in
    for line in output.read_text("utf-8", "replace").splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        pid, at, text = found["pid"], float(found["at"]), found["text"]
        if (sync := _SYNC.match(text)) is not None:
            if "<unfinished" in text:
                waiting[pid] = sync["path"]
            else:
                yield Call(at, True, sync["path"], text)
        elif _RESUMED.match(text) and pid in waiting:
            yield Call(at, True, waiting.pop(pid), text)
        elif (write := _WRITE.match(text)) is not None:
            yield Call(at, False, write["path"], text)


def end_traced(tracer_pid: int, how: signal.Signals = signal.SIGKILL) -> None:
    """End what a tracer runs; the tracer then ends by itself."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for each in psutil.Process(tracer_pid).children():
            each.send_signal(how)
