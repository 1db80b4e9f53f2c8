"""The manifest of a backup: what it holds, and how each file can be told to be whole."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from adapters.storage.backup.errors import BackupDamaged, ForeignBackup
from adapters.storage.backup.rows import Written

NAME = "manifest.json"
FORMAT = 1


class TableFile(Struct, frozen=True):
    """The rows of one table."""

    table: str
    file: str
    written: Written


class Newest(Struct, frozen=True):
    """The newest event: its number, its id (the id of its receipt), and its time."""

    seq: int
    event_id: str
    at: datetime


class Contents(Struct, frozen=True):
    """Content files: how many there are, and their size together. Each is named by its SHA-256."""

    files: int
    size: int


class Manifest(Struct, frozen=True, kw_only=True):
    """One backup. `tables` are in the order in which they can be filled: parents before children."""

    format: int
    hub: str
    made_at: datetime
    engine: str
    revision: str
    tables: tuple[TableFile, ...]
    contents: Contents
    newest: Newest | None

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(each.written.rows for each in self.tables)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest durably; it comes last, so that a backup without one is known to be unfinished."""
    with (folder / NAME).open("xb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup; raise `BackupDamaged` or `ForeignBackup`."""
    try:
        manifest = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise BackupDamaged(f"{folder} has no {NAME}: it is no backup, or one that was not finished") from None
    except msgspec.MsgspecError as error:
        raise BackupDamaged(f"{NAME}: {error}") from error
    if manifest.format != FORMAT:
        raise ForeignBackup(f"{NAME} has format {manifest.format}, this version reads {FORMAT}")
    return manifest
