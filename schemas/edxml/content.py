"""One attachment's content: from base64 text to the file that the sender meant."""

import hashlib
import io
from collections.abc import Iterator
from itertools import chain

from msgspec import Struct

from schemas.edxml.archive import STARTS, Archive, BrokenArchive
from schemas.edxml.base64_text import decoded
from schemas.edxml.media import HEAD, media_type

_ZIP = "application/zip"
_REPLACEMENT = b"\xef\xbf\xbd"  #: U+FFFD in UTF-8


class MeasuredContent(Struct, frozen=True, gc=False):
    """What there is to know of a decoded file without keeping it."""

    size: int
    sha256: str
    media_type: str
    entry_name: str | None  #: the file was the only entry, of this name, of a zip
    replacements: int  #: how many U+FFFD stand in its bytes


def measured_content(text: str, name: str, declared_type: str, max_unpacked: int) -> MeasuredContent:
    """Decode, unwrap and measure; a file that is no zip passes through in pieces.

    Raises:
        BrokenBase64, BrokenArchive, UnsafeArchive: see there.
    """
    entry_name, pieces = _opened(text, name, declared_type, max_unpacked)
    digest = hashlib.sha256()
    head, size, replacements = b"", 0, 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        replacements += piece.count(_REPLACEMENT)
        if len(head) < HEAD:
            head += piece[: HEAD - len(head)]
    return MeasuredContent(size, digest.hexdigest(), media_type(head, name), entry_name, replacements)


def whole_content(text: str, name: str, declared_type: str, max_unpacked: int) -> bytes:
    """Return the file itself; raises as `measured_content`."""
    return b"".join(_opened(text, name, declared_type, max_unpacked)[1])


def _opened(text: str, name: str, declared_type: str, max_unpacked: int) -> tuple[str | None, Iterator[bytes]]:
    """Return the name of the wrapping zip's entry, if the file is wrapped, and the pieces of the file."""
    pieces = decoded(text)
    first = b""
    while len(first) < len(STARTS[0]) and (piece := next(pieces, None)) is not None:
        first += piece
    if not first.startswith(STARTS):
        return None, chain((first,), pieces)
    store = io.BytesIO()
    store.writelines(chain((first,), pieces))
    data = store.getvalue()
    try:
        archive = Archive(data)
    except BrokenArchive:
        if declared_type.strip().lower() == _ZIP:
            raise
        return None, iter((data,))
    is_zip_itself = name.lower().endswith(".zip")
    if is_zip_itself or archive.sole_entry is None:
        return None, iter((data,))
    return archive.sole_entry, archive.pieces(archive.sole_entry, max_unpacked)
