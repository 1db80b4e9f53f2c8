"""Zip archives of attachments: looked into with caution, never unpacked to a path.

Senders wrap most files as the only entry of a zip. Such an entry is read, bounded; every other archive is left as the file that
it is. Names that would make a careless reader write outside its folder are refused for all archives: at least one reader
in use does so.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

STARTS = (b"PK\x03\x04", b"PK\x05\x06")  #: an archive with entries, an empty one
_MAX_ENTRIES = 10_000
_PIECE = 1 << 20
_CENTRAL_HEADER = b"PK\x01\x02"
_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN_IN_NAME = re.compile(r"[\x00-\x1f\x7f]")
_READABLE_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class ArchiveError(Exception):
    """An archive that cannot be taken."""

    rule: ClassVar[str] = "archive"


class BrokenArchive(ArchiveError):
    """It begins like a zip and cannot be read as one."""

    rule: ClassVar[str] = "archive-broken"


class UnsafeArchive(ArchiveError):
    """It would harm whoever unpacks it."""

    rule: ClassVar[str] = "archive-unsafe"


class Archive:
    """A zip in memory.

    Raises:
        BrokenArchive: `data` is no readable zip.
        UnsafeArchive: too many entries, or one whose name leads outside the folder, or a link.
    """

    def __init__(self, data: bytes) -> None:
        if data.count(_CENTRAL_HEADER) > _MAX_ENTRIES:
            raise UnsafeArchive("too many entries")
        with _translated():
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._entries = self._zip.infolist()
        for entry in self._entries:
            _check_name(entry)
        #: name of the only entry when it can be taken out: flat, not encrypted, stored or deflated; else None
        self.sole_entry = _sole_entry(self._entries)

    def pieces(self, name: str, limit: int) -> Iterator[bytes]:
        """Yield the content of entry `name`.

        Raises:
            UnsafeArchive: it grows beyond `limit` bytes.
            BrokenArchive: it cannot be inflated, or its checksum is wrong.
        """
        size = 0
        with _translated(), self._zip.open(name) as content:
            while piece := content.read(_PIECE):
                size += len(piece)
                if size > limit:
                    raise UnsafeArchive("too large when unpacked")
                yield piece


def wrapped(entry_name: str, data: bytes) -> bytes:
    """Return a zip with `data` as its only entry; equal input gives equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo(entry_name, date_time=(1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, data)
    return target.getvalue()


def _sole_entry(entries: list[zipfile.ZipInfo]) -> str | None:
    if len(entries) != 1:
        return None
    entry = entries[0]
    is_encrypted = entry.flag_bits & 0x1
    if is_encrypted or entry.compress_type not in _READABLE_METHODS or _SEPARATORS.search(entry.filename):
        return None
    return entry.filename


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    steps = _SEPARATORS.split(name)
    is_absolute = name[:1] in {"/", "\\"} or name[1:2] == ":"
    if is_absolute or ".." in steps or _FORBIDDEN_IN_NAME.search(name):
        raise UnsafeArchive("an entry's name leads outside the folder")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UnsafeArchive("an entry is a link")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn whatever zipfile raises over hostile bytes into `BrokenArchive`."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        KeyError,
        OverflowError,
    ) as error:
        raise BrokenArchive(str(error)) from error
