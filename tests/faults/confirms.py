"""Confirmations of a broker inside a stream of AMQP 0-9-1 frames, and what may be done to one of them.

A frame is type (1 octet), channel (2), size of the payload (4), payload, 0xCE (section 2.3 of the specification); a
confirmation is a method frame of the broker with class 60 (basic), method 80 (ack), a delivery tag and one octet of bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

_HEAD = 7
_METHOD = 1
_BASIC_ACK = bytes((0, 60, 0, 80))
_BASIC_NACK = bytes((0, 60, 0, 120))


class Fate(StrEnum):
    """What becomes of a confirmation."""

    DROP = "drop"  #: it never arrives; the stream goes on
    REFUSE = "refuse"  #: it arrives as its contrary, basic.nack
    CUT = "cut"  #: the connection ends in its place


class Nth(Struct, frozen=True):
    """The confirmation to meet it, counted from 1 over all connections since the fault was set, and how many in a row."""

    number: int
    fate: Fate
    times: int = 1

    def meets(self, count: int) -> bool:
        """Whether the confirmation with this number is one of them."""
        return self.number <= count < self.number + self.times


class Frames:
    """Splits one direction of one connection into frames; what is not whole yet is kept."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def split(self, data: bytes) -> Iterator[bytes]:
        """Yield every frame that is whole now."""
        self._rest += data
        while len(self._rest) >= _HEAD:
            size = _HEAD + int.from_bytes(self._rest[3:_HEAD]) + 1
            if len(self._rest) < size:
                return
            frame = bytes(self._rest[:size])
            del self._rest[:size]
            yield frame


def is_confirmation(frame: bytes) -> bool:
    """Whether this frame, coming from a broker, confirms publications."""
    return frame[0] == _METHOD and frame[_HEAD : _HEAD + 4] == _BASIC_ACK


def refused(confirmation: bytes) -> bytes:
    """Return the nack for the same publications; its two bits stand where the ack has one."""
    return confirmation[:_HEAD] + _BASIC_NACK + confirmation[_HEAD + 4 :]
