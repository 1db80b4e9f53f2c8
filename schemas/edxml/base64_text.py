"""Base64 of attachments, decoded in pieces.

Line breaks and blanks are tolerated, nothing else: no missing padding, no other alphabet, no data behind the padding.
"""

import binascii
from collections.abc import Iterator

from schemas.edxml.names import XML_BLANKS

_PIECE = 1 << 20  #: characters decoded at a time
_BLANKS = XML_BLANKS.encode()


class BrokenBase64(ValueError):
    """The text is not base64."""


def decoded(text: str) -> Iterator[bytes]:
    """Yield the bytes of `text` piece by piece, so that no second copy of a large text is made.

    Raises:
        BrokenBase64: somewhere on the way.
    """
    rest = b""
    is_ended = False
    for start in range(0, len(text), _PIECE):
        try:
            piece = rest + text[start : start + _PIECE].encode("ascii").translate(None, _BLANKS)
            whole = len(piece) - len(piece) % 4
            rest = piece[whole:]
            if is_ended and piece:
                raise BrokenBase64("data behind the padding")
            if whole:
                is_ended = piece[whole - 1 : whole] == b"="
                yield binascii.a2b_base64(memoryview(piece)[:whole], strict_mode=True)
        except (UnicodeEncodeError, binascii.Error) as error:
            raise BrokenBase64(str(error)) from None
    if rest:
        raise BrokenBase64("cut short")
