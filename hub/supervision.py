"""Keeps the hub's own loops alive: one that fails is logged, counted and started again a second later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog

RESTART_AFTER = 1.0

_log = structlog.get_logger()


@asynccontextmanager
async def running_loops(loops: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Run the named loops until the block ends; then stop them and wait until each has finished what it had begun."""
    tasks = [asyncio.create_task(_keep_running(name, run), name=name) for name, run in loops.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_running(name: str, run: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await run()
        except Exception:  # noqa: BLE001 - a loop is restarted whatever ended it
            _log.exception("loop-failed", loop=name)
        await asyncio.sleep(RESTART_AFTER)
