"""What is said on a connection on which no request is answered any more: to those without room, and to those who are too slow."""

from __future__ import annotations

import asyncio
from typing import cast

from adapters.http.annexes import START, Annexes
from adapters.http.gate import Gate
from adapters.http.peers import Peer
from adapters.http.problems import PROBLEM_JSON, bare_problem
from adapters.http.tracing import trace_id_of
from hub.annex import PlainAnswer
from hub.problems import CATALOGUE
from hub.trouble import Deferral

#: Seconds that a connection without room may take to say what it wants, and to read the answer.
_LAST_WORD = 1.0
_LAST_LOOK = 2.0


class TurnedAway(asyncio.Protocol):
    """A connection without room: it may say what it wants, so that it can be told in its own protocol why it has to go."""

    def __init__(self, gate: Gate, peer: Peer, loop: asyncio.AbstractEventLoop) -> None:
        self._gate = gate
        self._peer = peer
        self._loop = loop
        self._has_been_told = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait a moment for its first bytes."""
        self._transport = cast("asyncio.Transport", transport)
        patience = _LAST_WORD if self._gate.may_linger() else 0.0
        self._timer = self._loop.call_later(patience, self._turn_away, b"")

    def connection_lost(self, _exc: BaseException | None) -> None:
        """Forget the connection."""
        self._gate.leave(self._peer)
        self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Learn from the first bytes what it wanted, and answer; the rest is read and forgotten."""
        if not self._has_been_told:
            self._timer.cancel()
            self._turn_away(data[:START])

    def _turn_away(self, start: bytes) -> None:
        """Tell why; the connection is closed when it has read that, or a little later."""
        self._has_been_told = True
        transport = self._transport
        if transport.is_closing():
            return
        tell_last(transport, self._gate.annexes, start, "overloaded")
        if transport.can_write_eof():
            transport.write_eof()
            self._timer = self._loop.call_later(_LAST_LOOK, transport.close)
        else:
            transport.close()


def tell_last(transport: asyncio.Transport, annexes: Annexes, start: bytes, code: str) -> None:
    """Write a problem as the last answer of a connection, in the terms of whoever its first bytes were meant for."""
    found = annexes.behind(start)
    if found is None:
        answer = _problem(code)
    else:
        annex, path = found
        answer = annex.in_trouble(path, Deferral(code))
    transport.write(written(answer))


def written(answer: PlainAnswer) -> bytes:
    """Return a whole answer, the last on its connection, as it goes over the wire."""
    fields = {
        "Server": "axis-hub",
        "Connection": "close",
        "Content-Type": answer.content_type,
        **answer.headers,
        "Content-Length": str(len(answer.body)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {answer.status} \r\n{head}\r\n".encode() + answer.body


def _problem(code: str) -> PlainAnswer:
    trace_id = trace_id_of(None)
    headers = {"Trace-Id": trace_id, "Retry-After": "5"}
    return PlainAnswer(CATALOGUE[code].status, bare_problem(code, trace_id), PROBLEM_JSON, headers)
