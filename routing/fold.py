"""Text as it is searched: without case, without Vietnamese marks."""

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")


def fold(text: str) -> str:
    """Return `text` without case, marks, stroke of đ, and with single spaces.

    One function for stored and asked text, because database engines differ: SQLite's own folding keeps the stroke of
    đ, which Unicode does not decompose. `fold(fold(x)) == fold(x)`.
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    # Decomposed twice: compatibility forms yield capitals, and folding their case can yield marks again.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join(_MARKS.sub("", decomposed).replace("đ", "d").split())
