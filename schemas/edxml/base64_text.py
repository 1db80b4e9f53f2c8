"""Base64 of attachments.

Blanks and line breaks are tolerated, nothing else: no missing padding, no other alphabet, no data behind the padding.
"""

import msgspec

from schemas.edxml.names import XML_BLANKS

_BLANKS = XML_BLANKS.encode()
_EACH_BLANK = tuple(bytes((blank,)) for blank in _BLANKS)


class BrokenBase64(ValueError):
    """The text is not base64."""


def decoded(text: bytes) -> bytes:
    """Return what `text` stands for.

    msgspec's decoder and not binascii's: four times as fast, and strict by itself.

    Raises:
        BrokenBase64: it stands for nothing.
    """
    packed = text.translate(None, _BLANKS) if any(blank in text for blank in _EACH_BLANK) else text
    try:
        return msgspec.convert(str(packed, "ascii"), bytes)
    except (UnicodeDecodeError, msgspec.ValidationError):
        raise BrokenBase64("not base64") from None
