"""What a file is, by its first bytes."""

from __future__ import annotations

import os
import re
import stat
from enum import StrEnum
from pathlib import Path

import msgspec

from adapters.cli.trouble import UsageFault

_LARGEST = 256 * 1024 * 1024  #: bytes; no package that a hub accepts is near it
_COMPACT_JWS = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")


class FileKind(StrEnum):
    """What `axis verify` tells apart; values are words for messages."""

    PACKAGE = "package"
    RECEIPT = "receipt"
    PROOF = "log proof"
    CHECKPOINT = "checkpoint"
    BUNDLE = "evidence bundle"


class _Carrier(msgspec.Struct):
    """JSON that carries a receipt: an item of a list, a package, or the answer to an acknowledgement."""

    jws: str | None = None
    receipt: str | None = None
    package: _Carrier | None = None

    @property
    def carried(self) -> str | None:
        """The receipt itself; None when there is none."""
        return self.jws or self.receipt or (self.package.carried if self.package else None)


def recognise(path: Path) -> tuple[bytes, FileKind]:
    """Read a file and say what it is; what is nothing else is taken for a package, whose check says what is wrong.

    Raises:
        UsageFault: it is no plain file, or too large for anything that is judged here.
        OSError: it cannot be read.
    """
    data = _read(path)
    text = data.strip()
    if data.startswith(b"PK\x03\x04"):
        return data, FileKind.BUNDLE
    if text.startswith(b"c2sp.org/tlog-proof@"):
        return data, FileKind.PROOF
    if "\n\n— ".encode() in data and not text.startswith(b"<"):
        return data, FileKind.CHECKPOINT
    if _COMPACT_JWS.fullmatch(text):
        return text, FileKind.RECEIPT
    if text.startswith((b"{", b"[")) and (carried := _carried(text)):
        return carried.encode(), FileKind.RECEIPT
    return data, FileKind.PACKAGE


def _read(path: Path) -> bytes:
    """Read a plain file; a device never ends, and a pipe without a writer would be waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UsageFault("no-plain-file", path=path)
    with open(descriptor, "rb") as file:  # noqa: PTH123 -- a descriptor has no path
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise UsageFault("too-large", path=path, limit=_LARGEST)
    return data


def _carried(text: bytes) -> str | None:
    """Return the one receipt that JSON carries; commands with `--json` print a list, also of one."""
    try:
        found = msgspec.json.decode(text, type=_Carrier | list[_Carrier])
        carriers = found if isinstance(found, list) else [found]
        return carriers[0].carried if len(carriers) == 1 else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
