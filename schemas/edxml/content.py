"""One attachment's content: from the decoded bytes to the file that the sender meant."""

import hashlib
from collections.abc import Iterator

from msgspec import Struct

from schemas.edxml.archive import STARTS, Allowance, Archive, BrokenArchive
from schemas.edxml.media import HEAD, media_type

_ZIP = "application/zip"
_REPLACEMENT = b"\xef\xbf\xbd"  #: U+FFFD in UTF-8


class MeasuredContent(Struct, frozen=True, gc=False):
    """What there is to know of a decoded file without keeping it."""

    size: int
    sha256: str
    media_type: str
    entry_name: str | None  #: the file was the only entry, of this name, of a zip
    replacements: int  #: how many U+FFFD stand in its bytes, if those are UTF-8


def measured_content(data: bytes, name: str, declared_type: str, allowance: Allowance) -> MeasuredContent:
    """Unwrap and measure; an unwrapped entry passes through in pieces.

    Raises:
        BrokenArchive, UnsafeArchive: see there.
    """
    entry_name, pieces = _opened(data, name, declared_type, allowance)
    digest = hashlib.sha256()
    head, size, replacements = b"", 0, 0
    for piece in pieces:
        digest.update(piece)
        if len(head) < HEAD:
            head += piece[: HEAD - len(head)]
        size += len(piece)
        replacements += piece.count(_REPLACEMENT) if _is_text(head) else 0
    return MeasuredContent(size, digest.hexdigest(), media_type(head, name), entry_name, replacements)


def whole_content(data: bytes, name: str, declared_type: str, allowance: Allowance) -> bytes:
    """Return the file itself; raises as `measured_content`."""
    return b"".join(_opened(data, name, declared_type, allowance)[1])


def _is_text(head: bytes) -> bool:
    """Tell whether a file begins as UTF-8: what was once read as text does, and only there is it worth a pass to count."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > HEAD - 4  # a letter of up to four bytes is cut at the end
    return True


def _opened(data: bytes, name: str, declared_type: str, allowance: Allowance) -> tuple[str | None, Iterator[bytes]]:
    """Return the name of the wrapping zip's entry, if the file is wrapped, and the pieces of the file."""
    if not data.startswith(STARTS):
        return None, iter((data,))
    try:
        archive = Archive(data, allowance)
    except BrokenArchive:
        if declared_type.strip().lower() == _ZIP:
            raise
        return None, iter((data,))
    is_zip_itself = name.lower().endswith(".zip")
    if is_zip_itself or archive.sole_entry is None:
        return None, iter((data,))
    return archive.sole_entry, archive.pieces(archive.sole_entry)
