"""Cursors of lists: the position of the last row of a page, opaque to those who hand them back."""

from __future__ import annotations

from hub.trouble import Refusal

_LARGEST = 2**63  # what a BIGINT holds


def by_time(cursor: str) -> tuple[int, str]:
    """Return the time and the id of the last row; raise `Refusal` (cursor-invalid)."""
    at, _, id_ = cursor.partition(".")
    return _number(at, cursor), id_


def of_time(at: int, id_: str) -> str:
    """Return the cursor of a row by its time and its id."""
    return f"{at:x}.{id_}"


def by_number(cursor: str) -> int:
    """Return the number of the last row; raise `Refusal` (cursor-invalid)."""
    return _number(cursor, cursor)


def of_number(number: int) -> str:
    """Return the cursor of a row by its number."""
    return f"{number:x}"


def _number(digits: str, cursor: str) -> int:
    try:
        number = int(digits, 16)
    except ValueError:
        raise _invalid(cursor) from None
    if not 0 <= number < _LARGEST:
        raise _invalid(cursor)
    return number


def _invalid(cursor: str) -> Refusal:
    shown = cursor[:80]
    return Refusal(
        "cursor-invalid",
        detail=f"{shown!r} is no cursor of this list. Use the Link header of the page before, unchanged.",
        detail_vi=f"{shown!r} không phải con trỏ của danh sách này. Hãy dùng nguyên văn tiêu đề Link của trang trước.",
    )
