"""The line and the count of each request: the one log event that every request pays for, so it takes a short way.

Instead of the processors of `logs`, one dict is built, encoded and written. Its fields are few and known: none bears a secret
name, and what a caller wrote into one of them (path, agent) is searched for API keys with the whole line.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger

from adapters.http.context import FACTS
from adapters.http.logs import json_line, without_keys
from adapters.http.metrics import Metrics

_LONGEST_PATH = 300
_LONGEST_AGENT = 100
_LEVELS = {logging.DEBUG: "debug", logging.INFO: "info", logging.ERROR: "error"}


class RequestLog(AbstractAccessLogger):
    """One line and one count per request, written when the answer is out; broken requests included."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(logging.getLogger("axis.requests"), "")
        self._metrics = metrics
        self._is_enabled_for = structlog.get_logger().bind().is_enabled_for
        self._put = structlog.get_config()["logger_factory"]().msg

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line of one request; `time` in seconds."""
        facts = request.get(FACTS) or {}
        status = response.status
        problem = facts.get("problem")
        self._metrics.answered(request.method, facts.get("route", "-"), status, time, problem)
        level = logging.ERROR if status >= 500 and problem != "shutting-down" else logging.INFO
        if self._is_enabled_for(level):
            line = {**facts_of(request, status), "ms": _ms(time), "trace_id": response.headers.get("Trace-Id", "")}
            self._write(level, "request", line)

    def repeat(self, facts: Mapping[str, Any], time: float, trace_id: str) -> None:
        """Write the line of one repetition of a request, when the log is that thorough. It is counted where it is answered."""
        if self._is_enabled_for(logging.DEBUG):
            self._write(logging.DEBUG, "request", {**facts, "ms": _ms(time), "trace_id": trace_id})

    def repeated(self, facts: Mapping[str, Any], times: int) -> None:
        """Write how often a request was repeated."""
        if self._is_enabled_for(logging.INFO):
            self._write(logging.INFO, "request-repeated", {**facts, "times": times})

    def _write(self, level: int, event: str, line: Mapping[str, Any]) -> None:
        line = {**line, "event": event, "level": _LEVELS[level], "at": datetime.now(UTC)}
        self._put(without_keys(json_line(line)))


def facts_of(request: web.BaseRequest, status: int) -> dict[str, Any]:
    """Return what a line says about a request and its status."""
    return {
        "method": request.method,
        "path": request.rel_url.raw_path[:_LONGEST_PATH],
        "status": status,
        "remote": request.remote,
        "agent": request.headers.get(hdrs.USER_AGENT, "")[:_LONGEST_AGENT],
        **(request.get(FACTS) or {}),
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
