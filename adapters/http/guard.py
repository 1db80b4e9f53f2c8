"""Connections with limits: what aiohttp's own server leaves open (measured; it waits for half a header for ever).

A connection must bring its first request, and every later request its headers, within `header_timeout`; otherwise it gets
408 and is closed. Above `max_connections`, or `max_connections_per_address` from one address, a new one gets 503 and is
closed. Requests that are not HTTP get a problem document instead of an echo of what was sent. Time limits on bodies are kept
where bodies are read (`bodies`, `intake`); the one on idle kept-alive connections, and a bound on requests that are sent
without waiting for answers, by aiohttp itself.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, cast

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from adapters.http.annexes import START, Annexes, annex_answer
from adapters.http.context import TRACE_ID, remember
from adapters.http.peers import Network, Peer, peer_of
from adapters.http.problems import PROBLEM_JSON, bare_problem, problem_answer
from adapters.http.tracing import trace_id_of
from hub.annex import PlainAnswer
from hub.problems import CATALOGUE
from hub.settings import ListenSettings
from hub.trouble import Defect, Deferral, Refusal, Trouble

#: Seconds that a connection without room may take to say what it wants, and to read the answer.
_LAST_WORD = 1.0
_LAST_LOOK = 2.0

_log = structlog.get_logger()


class Gate:
    """How many connections are open, in all and by address; shared by all connections of one process."""

    def __init__(
        self, listen: ListenSettings, proxies: tuple[Network, ...] = (), annexes: Annexes | None = None
    ) -> None:
        self.listen = listen
        self.proxies = proxies
        self.annexes = annexes or Annexes()
        self._open = 0
        self._by_address: Counter[str] = Counter()

    def enter(self, peer: Peer) -> bool:
        """Count a connection; return whether there is room for it. All who behind a proxy share its address are exempt."""
        self._open += 1
        self._by_address[peer.address] += 1
        if self._open > self.listen.max_connections:
            return False
        return peer.is_proxy or self._by_address[peer.address] <= self.listen.max_connections_per_address

    def may_linger(self) -> bool:
        """Whether a connection without room may stay for its last word: a flood of them may not."""
        return self._open <= self.listen.max_connections + self.listen.max_connections // 4

    def leave(self, peer: Peer) -> None:
        """Forget a connection that entered, with or without room."""
        self._open -= 1
        self._by_address[peer.address] -= 1
        if not self._by_address[peer.address]:
            del self._by_address[peer.address]


class GuardedHandler(RequestHandler):
    """One connection.

    Leans on four inner names of aiohttp (`_waiter`, `_request_count`, `_current_request`, `data_received`); tests hold them.
    """

    __slots__ = ("_gate", "_has_begun", "_start", "_timer", "_turned_away", "peer")

    def __init__(self, manager: web.Server, gate: Gate, **options: Any) -> None:
        super().__init__(manager, **options)
        self._gate = gate
        self._timer: asyncio.TimerHandle | None = None
        self._has_begun = False
        self._turned_away: asyncio.Transport | None = None
        self._start = b""
        self.peer = Peer("")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the connection in, or turn it away when there are too many."""
        self.peer = peer_of(transport, self._gate.proxies)
        if not self._gate.enter(self.peer):
            self._turned_away = cast("asyncio.Transport", transport)
            patience = _LAST_WORD if self._gate.may_linger() else 0.0
            self._timer = self._loop.call_later(patience, self._turn_away)
            return
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection."""
        self._gate.leave(self.peer)
        self._stop_timer()
        if self._turned_away is None:
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; watch the time from the first byte of a request to the last of its headers."""
        if self._turned_away is not None:
            self._hear_last_word(data)
            return
        if self._timer is None or len(self._start) < START:
            self._take_start(data)
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self._stop_timer()
        elif self._timer is None and data and self._is_header():
            self._start_timer()
        if self._timer is not None:
            self._has_begun = True

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - aiohttp's text, which quotes the request
    ) -> web.StreamResponse:
        """Answer a request that breaks HTTP; what was sent is neither echoed nor logged."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has already begun")
        trace_id = request.setdefault(TRACE_ID, trace_id_of(None))
        if status < 500:
            remember(request, broken=type(exc).__name__)
            response = self._told(Refusal("protocol-error"), request)
        else:
            _log.error("defect", trace_id=trace_id, exc_info=exc)
            response = self._told(Defect("defect"), request)
        response.headers["Trace-Id"] = trace_id
        response.force_close()
        return response

    def _told(self, trouble: Trouble, request: web.BaseRequest) -> web.Response:
        found = self._gate.annexes.behind(self._start)
        return problem_answer(trouble, request) if found is None else annex_answer(*found, trouble, request)

    def _take_start(self, data: bytes) -> None:
        """Keep the first bytes of a request, so that its path is known should it never become one."""
        if self._timer is not None:
            self._start += data[: START - len(self._start)]
        elif self._is_header():
            self._start = data[:START]

    def _hear_last_word(self, data: bytes) -> None:
        if self._timer is not None and not self._has_begun:
            self._has_begun = True
            self._start = data[:START]
            self._stop_timer()
            self._turn_away()

    def _turn_away(self) -> None:
        """Tell a connection without room why; it is closed when it has read that, or a little later."""
        self._timer = None
        self._has_begun = True
        transport = self._turned_away
        if transport is None or transport.is_closing():
            return
        self._say_and_end(transport, "overloaded")
        if transport.can_write_eof():
            transport.write_eof()
            self._timer = self._loop.call_later(_LAST_LOOK, transport.close)
        else:
            transport.close()

    def _say_and_end(self, transport: asyncio.Transport, code: str) -> None:
        found = self._gate.annexes.behind(self._start)
        if found is None:
            _write_last(transport, _problem(code))
        else:
            annex, path = found
            _write_last(transport, annex.in_trouble(path, Deferral(code)))

    def _is_header(self) -> bool:
        """Whether what comes now belongs to the headers of a next request, not to the body of this one."""
        return self._current_request is None or self._current_request.content.is_eof()

    def _is_between_requests(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def _start_timer(self) -> None:
        self._timer = self._loop.call_later(self._gate.listen.header_timeout, self._time_is_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_is_up(self) -> None:
        self._timer = None
        if self._request_count and not self._is_between_requests():
            self._start_timer()  # the request before is still being answered: the next one's headers must wait for that
            return
        if self.transport is not None and self._has_begun:
            self._say_and_end(self.transport, "request-timeout")
            self.transport.close()
        self.force_close()


def peer_behind(request: web.BaseRequest) -> Peer:
    """Return who is at the other end of the connection that a request came over."""
    return cast("GuardedHandler", request.protocol).peer


def _problem(code: str) -> PlainAnswer:
    trace_id = trace_id_of(None)
    headers = {"Trace-Id": trace_id, "Retry-After": "5"}
    return PlainAnswer(CATALOGUE[code].status, bare_problem(code, trace_id), PROBLEM_JSON, headers)


def _write_last(transport: asyncio.Transport, answer: PlainAnswer) -> None:
    """Write a whole answer, the last on its connection."""
    fields = {
        "Server": "axis-hub",
        "Connection": "close",
        "Content-Type": answer.content_type,
        **answer.headers,
        "Content-Length": str(len(answer.body)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    transport.write(f"HTTP/1.1 {answer.status} \r\n{head}\r\n".encode() + answer.body)
