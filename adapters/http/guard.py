"""Connections with limits: what aiohttp's own server leaves open (measured; it waits for half a header for ever).

A connection must bring its first request, and every later request its headers, within `header_timeout`; otherwise it gets
408 and is closed (`doorstep` waits for the first bytes). Requests that are not HTTP get a problem document instead of an echo
of what was sent. Time limits on bodies are kept where bodies are read (`bodies`, `intake`); the one on idle kept-alive
connections, and a bound on requests that are sent without waiting for answers, by aiohttp itself.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from adapters.http.annexes import START, annex_answer
from adapters.http.context import TRACE_ID, remember
from adapters.http.gate import Gate
from adapters.http.last_word import tell_last
from adapters.http.peers import Peer
from adapters.http.problems import problem_answer
from adapters.http.tracing import trace_id_of
from hub.trouble import Defect, Refusal, Trouble

_END_OF_HEADERS = b"\r\n\r\n"

_log = structlog.get_logger()


class GuardedHandler(RequestHandler):
    """One connection from its first bytes on. `until`: when the headers of its first request must have come, by the loop's clock.

    Leans on four inner names of aiohttp (`_waiter`, `_request_count`, `_current_request`, `data_received`); tests hold them.
    """

    __slots__ = ("_alone", "_gate", "_start", "_timer", "_until", "peer")

    def __init__(self, manager: web.Server, gate: Gate, *, peer: Peer, until: float, **options: Any) -> None:
        super().__init__(manager, **options)
        self._gate = gate
        self._timer: asyncio.TimerHandle | None = None
        self._until: float | None = until
        self._start = b""
        self._alone: bytes | None = None
        self.peer = peer

    @property
    def only_bytes(self) -> bytes:
        """All bytes that ever came, when they came together and are the headers of one request; empty otherwise."""
        return self._alone or b""

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection."""
        self._gate.leave(self.peer)
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; watch the time from the first byte of a request to the last of its headers."""
        if self._timer is None or len(self._start) < START:
            self._take_start(data)
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self._stop_timer()
            self._until = None
        elif self._timer is None and data and self._is_header():
            self._start_timer()
        is_first = self._alone is None
        self._alone = data if is_first and self._request_count == 1 and _is_header_only(data) else b""

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

    def _is_header(self) -> bool:
        """Whether what comes now belongs to the headers of a next request, not to the body of this one."""
        return self._current_request is None or self._current_request.content.is_eof()

    def _is_between_requests(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def _start_timer(self) -> None:
        until = self._until or self._loop.time() + self._gate.listen.header_timeout
        self._timer = self._loop.call_at(until, self._time_is_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_is_up(self) -> None:
        self._timer = None
        if self._request_count and not self._is_between_requests():
            self._start_timer()  # the request before is still being answered: the next one's headers must wait for that
            return
        if self.transport is not None:
            tell_last(self.transport, self._gate.annexes, self._start, "request-timeout")
        self.force_close()


def peer_behind(request: web.BaseRequest) -> Peer:
    """Return who is at the other end of the connection that a request came over."""
    return cast("GuardedHandler", request.protocol).peer


def bytes_of(request: web.BaseRequest) -> bytes:
    """Return the bytes that a request came in, when nothing else came over its connection and it has no body; else none."""
    return b"" if request.body_exists else cast("GuardedHandler", request.protocol).only_bytes


def _is_header_only(data: bytes) -> bool:
    return data.endswith(_END_OF_HEADERS) and data.count(_END_OF_HEADERS) == 1
