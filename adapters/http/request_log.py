"""The line and the count of each request: the one log event that every request pays for, so it takes a short way.

Instead of the processors of `logs`, one dict is built, encoded and written. Its fields are few and known: none bears a secret
name, and what a caller wrote into one of them (path, agent) is searched for API keys with the whole line.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import structlog
from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger

from adapters.http.context import FACTS
from adapters.http.logs import json_line, without_keys
from adapters.http.metrics import Metrics

_LONGEST_PATH = 300
_LONGEST_AGENT = 100


class Outlet:
    """Where lines go, found once: aiohttp makes a log for every connection."""

    def __init__(self) -> None:
        self.is_enabled_for = structlog.get_logger().bind().is_enabled_for
        self.write = structlog.get_config()["logger_factory"]().msg


class RequestLog(AbstractAccessLogger):
    """One line and one count per request, written when the answer is out; broken requests included."""

    def __init__(self, metrics: Metrics, outlet: Outlet, logger: logging.Logger, log_format: str) -> None:
        super().__init__(logger, log_format)
        self._metrics = metrics
        self._is_enabled_for = outlet.is_enabled_for
        self._write = outlet.write

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line of one request; `time` in seconds."""
        facts = request.get(FACTS) or {}
        status = response.status
        problem = facts.get("problem")
        self._metrics.answered(request.method, facts.get("route", "-"), status, time, problem)
        level = logging.ERROR if status >= 500 and problem != "shutting-down" else logging.INFO
        if not self._is_enabled_for(level):
            return
        line = json_line(
            {
                "method": request.method,
                "path": request.rel_url.raw_path[:_LONGEST_PATH],
                "status": status,
                "ms": round(time * 1000, 1),
                "remote": request.remote,
                "trace_id": response.headers.get("Trace-Id", ""),
                "agent": request.headers.get(hdrs.USER_AGENT, "")[:_LONGEST_AGENT],
                **facts,
                "event": "request",
                "level": "error" if level == logging.ERROR else "info",
                "at": datetime.now(UTC),
            }
        )
        self._write(without_keys(line))
