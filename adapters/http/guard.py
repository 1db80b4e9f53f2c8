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

from adapters.http.context import TRACE_ID, remember
from adapters.http.peers import Network, Peer, peer_of
from adapters.http.problems import PROBLEM_JSON, bare_problem, problem_answer
from adapters.http.tracing import trace_id_of
from hub.problems import CATALOGUE
from hub.settings import ListenSettings
from hub.trouble import Defect, Refusal

_log = structlog.get_logger()


class Gate:
    """How many connections are open, in all and by address; shared by all connections of one process."""

    def __init__(self, listen: ListenSettings, proxies: tuple[Network, ...] = ()) -> None:
        self.listen = listen
        self.proxies = proxies
        self._open = 0
        self._by_address: Counter[str] = Counter()

    def enter(self, peer: Peer) -> bool:
        """Count a connection; return whether there is room for it. All who behind a proxy share its address are exempt."""
        self._open += 1
        self._by_address[peer.address] += 1
        if self._open > self.listen.max_connections:
            return False
        return peer.is_proxy or self._by_address[peer.address] <= self.listen.max_connections_per_address

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

    __slots__ = ("_gate", "_has_begun", "_is_turned_away", "_timer", "peer")

    def __init__(self, manager: web.Server, gate: Gate, **options: Any) -> None:
        super().__init__(manager, **options)
        self._gate = gate
        self._timer: asyncio.TimerHandle | None = None
        self._has_begun = False
        self._is_turned_away = False
        self.peer = Peer("")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the connection in, or turn it away when there are too many."""
        self.peer = peer_of(transport, self._gate.proxies)
        if not self._gate.enter(self.peer):
            self._is_turned_away = True
            _turn_away(cast("asyncio.Transport", transport), "overloaded")
            return
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection."""
        self._gate.leave(self.peer)
        self._stop_timer()
        if not self._is_turned_away:
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; watch the time from the first byte of a request to the last of its headers."""
        if self._is_turned_away:
            return
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
            response = problem_answer(Refusal("protocol-error"), request)
        else:
            _log.error("defect", trace_id=trace_id, exc_info=exc)
            response = problem_answer(Defect("defect"), request)
        response.headers["Trace-Id"] = trace_id
        response.force_close()
        return response

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
            _turn_away(self.transport, "request-timeout")
        self.force_close()


def peer_behind(request: web.BaseRequest) -> Peer:
    """Return who is at the other end of the connection that a request came over."""
    return cast("GuardedHandler", request.protocol).peer


def _turn_away(transport: asyncio.Transport, code: str) -> None:
    """Write a whole answer and close."""
    trace_id = trace_id_of(None)
    body = bare_problem(code, trace_id)
    status = CATALOGUE[code].status
    transport.write(
        f"HTTP/1.1 {status} \r\nServer: axis-hub\r\nConnection: close\r\nContent-Type: {PROBLEM_JSON}\r\n"
        f"Trace-Id: {trace_id}\r\nRetry-After: 5\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    transport.close()
