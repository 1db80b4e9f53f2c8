"""Logs: one JSON object per line, times in UTC, no secrets. `docs/metrics.md` lists the events.

JSON escapes line ends and control characters, so nothing that a client sends can forge a line. Standard-library loggers
(aiohttp, asyncio, alembic) go through the same renderer.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from io import TextIOBase
from typing import Any, TextIO, cast

import msgspec
import structlog
from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger

from adapters.http.context import FACTS
from adapters.http.metrics import Metrics

_KEY = re.compile(r"axk_([A-Za-z0-9]+)_[A-Za-z0-9]+")
_SECRET_NAMES = frozenset({"authorization", "api_key", "password", "secret", "vxp_secret", "private_key", "cookie"})
_LONGEST = 300
#: JSON leaves these as they are, but some readers take them for line ends.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}

_log = structlog.get_logger("adapters.http")


class _StandardError(TextIOBase):
    """Standard error as it stands when a line is written: loggers outlive a stream that was put in its place for a while."""

    def write(self, text: str) -> int:
        """Write to standard error."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush standard error."""
        sys.stderr.flush()


def configure_logs(level: str = "info", stream: TextIO | None = None) -> None:
    """Send all logs as JSON lines to `stream` (standard error). Called once, by whoever starts the process."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    stream = stream or cast("TextIO", _StandardError())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        keep_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_dumps)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_dumps),
            ],
        )
    )
    logging.basicConfig(level=max(threshold, logging.WARNING), handlers=[handler], force=True)


def keep_secrets(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank values under secret names and the secret part of API keys in any text (a structlog processor)."""
    for name, value in event.items():
        if name in _SECRET_NAMES:
            event[name] = "***"
        elif isinstance(value, str) and "axk_" in value:
            event[name] = _KEY.sub(r"axk_\1_***", value)
    return event


class RequestLog(AbstractAccessLogger):
    """One line and one count per request, written when the answer is out; broken requests included."""

    def __init__(self, metrics: Metrics, logger: logging.Logger, log_format: str) -> None:
        super().__init__(logger, log_format)
        self._metrics = metrics

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line of one request; `time` in seconds."""
        facts = request.get(FACTS) or {}
        status = response.status
        self._metrics.answered(request.method, facts.get("route", "-"), status, time, facts.get("problem"))
        write = _log.error if status >= 500 and facts.get("problem") != "shutting-down" else _log.info
        write(
            "request",
            method=request.method,
            path=request.rel_url.raw_path[:_LONGEST],
            status=status,
            ms=round(time * 1000, 1),
            remote=request.remote,
            trace_id=response.headers.get("Trace-Id", ""),
            agent=request.headers.get(hdrs.USER_AGENT, "")[:100],
            **facts,
        )


def _dumps(value: Any, default: Callable[[Any], Any] | None = None, **_: Any) -> str:
    line = msgspec.json.encode(value, enc_hook=default or str).decode()
    return line if line.isascii() else line.translate(_LINE_ENDS)
