"""Fetched evidence on disk: one file per source, whole or not at all, so that a restart needs no source."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path


class Vault:
    """A folder of evidence. Nothing in it is believed: what is read goes through the same checks as what is fetched."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def modified(self, name: str) -> float | None:
        """Return when a piece was written (seconds since 1970); None when it is not there."""
        try:
            return (self._folder / name).stat().st_mtime
        except OSError:
            return None

    def read(self, name: str) -> bytes | None:
        """Return a piece; None when it is not there or cannot be read."""
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a piece durably; raise `OSError` when the disk does not take it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".new-", delete=False) as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(self._folder / name)
            except BaseException:
                with suppress(OSError):
                    Path(file.name).unlink()
                raise
        self._sync_folder()

    def keep_only(self, names: Collection[str]) -> None:
        """Remove pieces whose source is no longer asked."""
        with suppress(OSError):
            for path in self._folder.iterdir():
                if path.suffix in {".crl", ".ocsp"} and path.name not in names:
                    path.unlink(missing_ok=True)

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
