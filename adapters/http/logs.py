"""Logs: one JSON object per line, times in UTC, no secrets. `docs/metrics.md` lists the events.

JSON escapes line ends and control characters, so nothing that a client sends can forge a line. Standard-library loggers
(aiohttp, asyncio, alembic) go through the same renderer.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from io import TextIOBase
from typing import Any, TextIO, cast

import msgspec
import structlog

_KEY = re.compile(r"axk_([A-Za-z0-9]+)_[A-Za-z0-9]+")
_SECRET_NAMES = frozenset({"authorization", "api_key", "password", "secret", "vxp_secret", "private_key", "cookie"})
#: JSON leaves these as they are, but some readers take them for line ends.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


class _StandardError(TextIOBase):
    """Standard error as it stands when a line is written: loggers outlive a stream that was put in its place for a while.

    A line that finds no room, or no reader, is lost: a full disk must not fail the request that is logged.
    """

    def write(self, text: str) -> int:
        """Write to standard error."""
        with suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush standard error."""
        with suppress(OSError):
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
        processors=[*shared, structlog.processors.JSONRenderer(serializer=json_line)],
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
                structlog.processors.JSONRenderer(serializer=json_line),
            ],
        )
    )
    logging.basicConfig(level=max(threshold, logging.WARNING), handlers=[handler], force=True)


def keep_secrets(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank values under secret names and the secret part of API keys in any text (a structlog processor)."""
    for name, value in event.items():
        if name in _SECRET_NAMES:
            event[name] = "***"
        elif isinstance(value, str):
            event[name] = without_keys(value)
    return event


def without_keys(text: str) -> str:
    """Return `text` with the secret part of every API key in it blanked."""
    return _KEY.sub(r"axk_\1_***", text) if "axk_" in text else text


def json_line(value: Any, default: Callable[[Any], Any] | None = None, **_: Any) -> str:
    """Return `value` as JSON on one line, for every reader's idea of a line."""
    line = msgspec.json.encode(value, enc_hook=default or str).decode()
    return line if line.isascii() else line.translate(_LINE_ENDS)
