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
_MOST_LISTED = 2 << 20  #: bytes of directories that all archives of one package may have together: some 20,000 entries
_LONGEST_EXTRA = 4096  #: bytes of an entry's extra field; zipfile's time grows with its square
_PIECE = 1 << 20
_CENTRAL_HEADER = b"PK\x01\x02"
_EXTRA_LENGTH = re.compile(rb"PK\x01\x02(?=.{26}(..))", re.DOTALL)  # APPNOTE 4.3.12; headers that overlap are seen, too
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


class Allowance:
    """What may be read of all archives of one package together; what was read counts, whether or not it was good."""

    def __init__(self, unpacked: int, listed: int = _MOST_LISTED) -> None:
        self._unpacked = unpacked
        self._listed = listed

    def unpack(self, size: int) -> None:
        """Count bytes of a file; raise `UnsafeArchive` when there are too many, or were before."""
        self._unpacked -= size
        if self._unpacked < 0:
            raise UnsafeArchive("too large when unpacked")

    def list(self, directory: bytes) -> None:
        """Count an archive's directory; raise `UnsafeArchive` when all are too long, or this one is laborious to read."""
        self._listed -= len(directory)
        extras = (int.from_bytes(found[1], "little") for found in _EXTRA_LENGTH.finditer(directory))
        if self._listed < 0 or any(extra > _LONGEST_EXTRA for extra in extras):
            raise UnsafeArchive("too much to list")


class _Watched(io.BytesIO):
    """The bytes of an archive. zipfile takes the directory in one piece before it reads it entry by entry, in Python."""

    def __init__(self, data: bytes, allowance: Allowance) -> None:
        super().__init__(data)
        self._allowance = allowance

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if piece.startswith(_CENTRAL_HEADER):
            self._allowance.list(piece)
        return piece


class Archive:
    """A zip in memory.

    Raises:
        BrokenArchive: `data` is no readable zip.
        UnsafeArchive: too many entries, or one whose name leads outside the folder, or a link; or `allowance` is used up.
    """

    def __init__(self, data: bytes, allowance: Allowance) -> None:
        self._allowance = allowance
        if data.count(_CENTRAL_HEADER) > _MAX_ENTRIES:
            raise UnsafeArchive("too many entries")
        with _translated():
            self._zip = zipfile.ZipFile(_Watched(data, allowance))
            self._entries = self._zip.infolist()
        for entry in self._entries:
            _check_name(entry)
        #: name of the only entry when it can be taken out: flat, not encrypted, stored or deflated; else None
        self.sole_entry = _sole_entry(self._entries)

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the content of entry `name`.

        Raises:
            UnsafeArchive: it grows beyond what the package is allowed.
            BrokenArchive: it cannot be inflated, or its checksum is wrong.
        """
        self._allowance.unpack(0)
        with _translated(), self._zip.open(name) as content:
            while piece := content.read(_PIECE):
                self._allowance.unpack(len(piece))
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
