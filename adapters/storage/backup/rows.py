"""Files of rows: gzip of frames, each a length of four bytes and a MessagePack list of rows; the first holds the column names."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from adapters.storage.backup.errors import BackupDamaged

_ROWS_PER_FRAME = 500
_LARGEST_FRAME = 1 << 30  #: bytes; more than any 500 rows can be
_LEVEL = 1  #: receipts repeat their certificates: the quickest level finds that too

Row = tuple[Any, ...]

_encode = msgspec.msgpack.Encoder().encode
_decode_names = msgspec.msgpack.Decoder(tuple[str, ...]).decode
_decode_rows = msgspec.msgpack.Decoder(tuple[tuple[Any, ...], ...]).decode


class Written(msgspec.Struct, frozen=True):
    """What was written: the SHA-256 (hexadecimal) and size of the file, and how many rows it has."""

    sha256: str
    size: int
    rows: int


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Written:
    """Write a new file of rows."""
    count, iterator = 0, iter(rows)
    with path.open("xb") as file:
        tee = _Hashing(file)
        with gzip.GzipFile(filename="", mode="wb", fileobj=cast("BinaryIO", tee), compresslevel=_LEVEL, mtime=0) as out:
            out.write(_framed(_encode(tuple(columns))))
            while frame := [tuple(row) for row in islice(iterator, _ROWS_PER_FRAME)]:
                out.write(_framed(_encode(frame)))
                count += len(frame)
        return Written(tee.digest.hexdigest(), tee.size, count)


@contextmanager
def read_rows(path: Path) -> Iterator[tuple[tuple[str, ...], Iterator[Row]]]:
    """Give the column names and the rows of a file; raise `BackupDamaged` when it is none."""
    try:
        with gzip.open(path, "rb") as file:
            frames = _frames(cast("BinaryIO", file))
            columns = _decode_names(next(frames, b""))
            yield columns, (row for frame in frames for row in _decode_rows(frame))
    except (OSError, EOFError, msgspec.MsgspecError) as error:
        raise BackupDamaged(f"{path.name}: {error}") from error


def digest_of(path: Path) -> tuple[str, int]:
    """Return the SHA-256 (hexadecimal) and the size of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _frames(file: BinaryIO) -> Iterator[bytes]:
    while head := file.read(4):
        length = int.from_bytes(head, "big")
        data = file.read(length) if length <= _LARGEST_FRAME else b""
        if len(data) != length:
            raise EOFError("it ends in the middle of a row")
        yield data


class _Hashing:
    """A file that digests and counts what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()
