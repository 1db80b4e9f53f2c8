"""Connections until their first bytes: most of those that the national SDK opens need nothing more.

Bytes that are known, with an answer that stands (`repeats`), are answered here, and the connection is closed. Any other one
becomes what `guard` makes of it with its first bytes, one without room becomes `last_word.TurnedAway`, one that brings nothing
within `header_timeout` is closed without a word.
"""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

from adapters.http.gate import Gate
from adapters.http.guard import GuardedHandler
from adapters.http.last_word import TurnedAway
from adapters.http.peers import Peer, peer_of
from adapters.http.repeats import Repeats


class HandlerFactory(Protocol):
    """Makes the connection of a request that is to be read. `until`: when its headers must have come, by the loop's clock."""

    def __call__(self, *, peer: Peer, until: float) -> GuardedHandler:
        """Return the connection."""


class Doorsteps:
    """All connections of a process that have said nothing yet; calling it makes the next one."""

    def __init__(self, gate: Gate, repeats: Repeats, handler: HandlerFactory, loop: asyncio.AbstractEventLoop) -> None:
        self.gate = gate
        self.repeats = repeats
        self.handler = handler
        self.loop = loop
        self._waiting: dict[Doorstep, float] = {}  # until when, in the order of that: all are given the same time
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self) -> Doorstep:
        """Return the protocol of a new connection."""
        return Doorstep(self)

    def wait_for(self, doorstep: Doorstep) -> None:
        """Give a connection until `header_timeout` from now to say something."""
        until = self.loop.time() + self.gate.listen.header_timeout
        self._waiting[doorstep] = until
        if self._timer is None:
            self._timer = self.loop.call_at(until, self._end_the_silent)

    def heard(self, doorstep: Doorstep) -> float:
        """Stop waiting for a connection; return until when its first headers must have come."""
        return self._waiting.pop(doorstep, 0.0)

    def close(self) -> None:
        """End all that wait."""
        if self._timer is not None:
            self._timer.cancel()
        for each in tuple(self._waiting):
            each.end()

    def _end_the_silent(self) -> None:
        """End those whose time is up, and come back for the next. One timer for all: most connections speak at once."""
        self._timer = None
        now = self.loop.time()
        for each, until in tuple(self._waiting.items()):
            if until > now:
                self._timer = self.loop.call_at(until, self._end_the_silent)
                return
            each.end()


class Doorstep(asyncio.Protocol):
    """One connection that has said nothing yet."""

    __slots__ = ("_all", "_peer", "_transport")

    _transport: asyncio.Transport

    def __init__(self, together: Doorsteps) -> None:
        self._all = together
        self._peer = Peer("")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the connection in, or turn it away when there are too many."""
        self._transport = cast("asyncio.Transport", transport)
        self._peer = peer_of(transport, self._all.gate.proxies)
        if self._all.gate.enter(self._peer):
            self._all.wait_for(self)
        else:
            self._become(TurnedAway(self._all.gate, self._peer, self._all.loop))

    def connection_lost(self, _exc: BaseException | None) -> None:
        """Forget the connection."""
        self._all.heard(self)
        self._all.gate.leave(self._peer)

    def data_received(self, data: bytes) -> None:
        """Answer what is known, or have it read."""
        until = self._all.heard(self)
        answer = self._all.repeats.answer(data, self._peer)
        if answer is None:
            self._become(self._all.handler(peer=self._peer, until=until)).data_received(data)
        else:
            self._transport.write(answer)
            self._transport.close()

    def end(self) -> None:
        """Close the connection without a word."""
        self._all.heard(self)
        self._transport.close()

    def _become(self, protocol: asyncio.Protocol) -> asyncio.Protocol:
        """Hand the connection over; this end of it hears no more of it."""
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        return protocol
