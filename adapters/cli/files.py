"""Files that commands write: never over existing ones, secrets readable by their owner only."""

from __future__ import annotations

import os
from pathlib import Path

from adapters.cli.trouble import UsageFault


def write_new(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Create a file with this mode (less the umask) from its first moment; raise `UsageFault` when it exists."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise UsageFault("exists", path=path) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def write_secret(path: Path, data: bytes) -> None:
    """Create a file that only its owner can read (mode 600)."""
    write_new(path, data, mode=0o600)
