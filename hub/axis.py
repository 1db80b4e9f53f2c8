"""Another axis, as this hub sees it from below: what it keeps for our agencies, and what it takes from them."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

from hub.queries import Bytes
from schemas.edxml import Kind

Word = Literal["processing", "done", "fail"]  #: what a receiving system says about a message


class Waiting(Struct, frozen=True):
    """A message that an axis keeps for one of our agencies, under its own id. What it does not say is empty."""

    doc_id: str
    sender: str = ""
    recipient: str = ""


class AxisTrouble(Exception):
    """Why a call to another axis came to nothing."""


class AxisUnreachable(AxisTrouble):
    """There was no connection, or no whole answer in time. Whether the call had an effect is not known."""


class AxisUnreadable(AxisTrouble):
    """What came back is no answer of the protocol. Whether the call had an effect is not known."""


class AxisRefused(AxisTrouble):
    """The axis said no: its code, and its words for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}" if text else code)
        self.code = code
        self.text = text


class Axis(Protocol):
    """Calls of one axis in the name of this hub. Each raises `AxisTrouble`."""

    async def waiting(self, kind: Kind, page: int, size: int) -> tuple[Waiting, ...]:
        """Return a page (from 1) of what waits to be fetched."""

    async def fetch(self, doc_id: str) -> bytes:
        """Return a message."""

    async def acknowledge(self, doc_id: str, word: Word) -> None:
        """Say what has become of a message; repeating it is harmless."""

    async def send(self, kind: Kind, sender: str, content: Bytes, sha256: str) -> str:
        """Hand a message over and return the id that the axis knows it by; the same bytes have the same id."""
