"""Secrecy markings: state secrets are excluded from this exchange by law (NĐ 30/2020 art. 18.2, QĐ 28/2018).

The words Mật, Tối mật, Tuyệt mật as a marking are refused; the same syllable in honest words (bí mật nhà nước, mật độ,
bảo mật, mật khẩu) is not. A kind or a scope is short and formal, so any such word in it is a marking; a subject is free
text, so there it must stand like a stamp: alone, in brackets, before a colon or behind a dash.
"""

import re
import unicodedata

_GRADE = r"(?:tuyệt mật|tối mật|mật)"
_POSSIBLE = re.compile("[mM][aAâÂậẬạẠ]")  # nearly every text stops here, composed or decomposed
_ALONE = re.compile(rf"\W*(?:độ )?{_GRADE}\W*")
_ALONE_UNMARKED = re.compile(r"\W*(?:tuyet mat|toi mat|mat)\W*")
_STAMPED = re.compile(
    rf"[(\[{{<]\s*(?:độ mật\s*:?\s*|độ )?{_GRADE}\s*[)\]}}>]"  # … (Tối mật)
    rf"|^\W*(?:độ )?{_GRADE}\s*[:.|–—-]"  # Mật: …
    rf"|[|–—-]\s*(?:độ )?{_GRADE}\W*$"  # … - Mật
)
_WORD = re.compile(r"(?<!\w)mật(?!\w)")
_HONEST = re.compile(
    r"(?:bí|bảo|cơ|trọng|thân|không) mật(?!\w)"
    r"|(?<!\w)mật (?:độ|mã|khẩu|ong|thiết|vụ)(?!\w)"
    r"|độ mật\s*[:–-]?\s*(?:thường|không|0)(?!\w)"
)


def is_marked_subject(text: str) -> bool:
    """Tell whether free text carries a secrecy marking."""
    if not _POSSIBLE.search(text):
        return False
    folded = _folded(text)
    return _is_alone(folded) or _STAMPED.search(folded) is not None


def is_marked_kind(text: str) -> bool:
    """Tell whether a document kind or a circulation scope names a grade of secrecy."""
    if not _POSSIBLE.search(text):
        return False
    folded = _folded(text)
    return _is_alone(folded) or _WORD.search(_HONEST.sub(" ", folded)) is not None


def _is_alone(folded: str) -> bool:
    return _ALONE.fullmatch(folded) is not None or _ALONE_UNMARKED.fullmatch(folded) is not None


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
