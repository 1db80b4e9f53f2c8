"""Starting in any order: a hub comes up without its database, and its loops begin when what they need is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from hub.register import ROLLBACK, CurrentRegister
from hub.trouble import Deferral

_AGAIN_AFTER = 1.0  #: seconds between attempts of what must succeed once

Run = Callable[[], Awaitable[None]]

_log = structlog.get_logger()


async def take_up(register: CurrentRegister) -> None:
    """Read the register; without a database the hub starts all the same, not ready, and reads it when the database answers.

    Raises `Deferral` log-rollback-detected when the database is older than this machine knows.
    """
    try:
        await register.refresh()
    except Deferral as trouble:
        if trouble.code == ROLLBACK:
            raise
        _log.warning("started-without-database", code=trouble.code, detail=trouble.detail)


def prepared_by(prepare: Run, run: Run) -> Run:
    """Return a loop that begins with a step that must have succeeded once; a loop that failed is started again."""
    is_prepared = False

    async def prepare_and_run() -> None:
        nonlocal is_prepared
        while not is_prepared:
            try:
                await prepare()
                is_prepared = True
            except Deferral as trouble:
                _log.warning("start-deferred", code=trouble.code, detail=trouble.detail)
                await asyncio.sleep(_AGAIN_AFTER)
        await run()

    return prepare_and_run


def once_loaded(register: CurrentRegister, run: Run) -> Run:
    """Return a loop that begins when the register is known: work on an empty one would be refused for good."""

    async def wait_and_run() -> None:
        await register.loaded()
        await run()

    return wait_and_run
