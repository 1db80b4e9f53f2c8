"""Identifiers: UUIDv7 (RFC 9562 clause 5.7), so that ids made later sort later and lists can page by id."""

from __future__ import annotations

import time
from datetime import datetime
from typing import NewType

from hub.randomness import token

PackageId = NewType("PackageId", str)
DeliveryId = NewType("DeliveryId", str)
EventId = NewType("EventId", str)
OrderId = NewType("OrderId", str)

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_MASK = (1 << 62) - 1


def uuid7() -> str:
    """Return a new UUIDv7 in its canonical text form.

    48 bits of Unix milliseconds, 12 bits of the fraction of that millisecond (clause 6.2, method 3), 62 random bits: ids
    made one after the other in one process sort in that order, unless they are made within a quarter of a microsecond.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    value = (milliseconds << 80) | _VERSION | (fraction << 64) | _VARIANT | (int.from_bytes(token()) & _RANDOM_MASK)
    return _text(value)


def first_uuid7(at: datetime) -> str:
    """Return the id that comes before all that are made from a time on (to the millisecond), and after all made before."""
    return _text(int(at.timestamp() * 1000) << 80)


def _text(value: int) -> str:
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
