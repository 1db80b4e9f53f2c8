"""Requests that come again byte for byte, and the answer that still stands for them.

Clients of the national SDK open a connection every second to send a request that has not changed for months. When its answer is
offered as a standing one (`hub.annex.Standing`), the same bytes from the same address are answered with it without being
parsed, routed and verified again, as long as whoever offered it says each time that it still holds. Everything else
about them (address, headers, signature) was judged when they first came and cannot have changed, because they have not.

Each answer is counted and has a trace id like any other. The log has one line a minute for each such request
(`request-repeated`), because a line for each would say nothing more 200 times a second; from level debug on it has them all.
"""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate
from typing import Any

from aiohttp import web
from msgspec import Struct

from adapters.http.lifetime import Lifetime
from adapters.http.metrics import Metrics
from adapters.http.peers import Peer
from adapters.http.request_log import RequestLog, facts_of
from adapters.http.tracing import trace_id_of
from hub.annex import PlainAnswer, Standing
from hub.trouble import Trouble

LONGEST = 4096  #: bytes of a request that may be remembered
TELL_EVERY = 60.0  #: seconds
_MOST = 5_000


class _Repeat(Struct):
    """A request that was answered once, with all that is needed to answer it again."""

    standing: Standing
    before_trace: bytes  #: the answer up to the trace id, without the date
    after_date: bytes
    facts: dict[str, Any]
    times: int = 0  #: since it was last told


class Repeats:
    """What one process remembers. Nothing here outlives it, and what has not come for a minute is forgotten."""

    def __init__(self, lifetime: Lifetime, metrics: Metrics, log: RequestLog) -> None:
        self._lifetime = lifetime
        self._metrics = metrics
        self._log = log
        self._known: dict[tuple[bytes, Peer], _Repeat] = {}
        self._telling: asyncio.TimerHandle | None = None
        self._dated_at = 0
        self._date = b""

    def remember(self, data: bytes, peer: Peer, request: web.Request, standing: Standing) -> None:
        """Answer `data` from `peer` with `standing` from now on. `request` is the one that was read from it."""
        if not data or len(data) > LONGEST or peer.certificate is not None:
            return
        if len(self._known) >= _MOST:
            self.tell()
            self._known.clear()
        before = self._known.get((data, peer))
        self._known[data, peer] = _Repeat(
            standing,
            *_written(standing.answer),
            facts_of(request, standing.answer.status),
            0 if before is None else before.times,
        )
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TELL_EVERY, self._tell_again)

    def answer(self, data: bytes, peer: Peer) -> bytes | None:
        """Return what is to be written, the last on its connection; None: the request is to be read like any other."""
        if len(data) > LONGEST or self._lifetime.is_stopping:
            return None
        known = self._known.get((data, peer))
        if known is None:
            return None
        began = time.perf_counter()
        try:
            if not known.standing.holds():
                return None
        except Trouble:
            return None  # whoever reads the request will say it
        trace_id = trace_id_of(None)
        known.times += 1
        facts = known.facts
        seconds = time.perf_counter() - began
        self._metrics.answered(facts["method"], facts["route"], facts["status"], seconds, None)
        self._log.repeat(facts, seconds, trace_id)
        return b"".join((known.before_trace, trace_id.encode(), b"\r\nDate: ", self._now(), known.after_date))

    def tell(self) -> None:
        """Write how often each request came since this was last told; forget those that did not."""
        for key, known in tuple(self._known.items()):
            if known.times:
                self._log.repeated(known.facts, known.times)
                known.times = 0
            else:
                del self._known[key]

    def close(self) -> None:
        """Tell what was not told yet, and nothing more."""
        if self._telling is not None:
            self._telling.cancel()
        self.tell()

    def _tell_again(self) -> None:
        self.tell()
        loop = asyncio.get_running_loop()
        self._telling = loop.call_later(TELL_EVERY, self._tell_again) if self._known else None

    def _now(self) -> bytes:
        """Return the date of the moment as HTTP writes it; it is written once a second."""
        second = int(time.time())
        if second != self._dated_at:
            self._dated_at, self._date = second, formatdate(second, usegmt=True).encode()
        return self._date


def _written(answer: PlainAnswer) -> tuple[bytes, bytes]:
    """Return an answer as it goes over the wire: what stands before its trace id, and what follows its date."""
    fields = {"Content-Type": answer.content_type, **answer.headers, "Connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    before = f"HTTP/1.1 {answer.status} OK\r\n{head}Content-Length: {len(answer.body)}\r\nTrace-Id: "
    return before.encode(), b"\r\n\r\n" + answer.body
