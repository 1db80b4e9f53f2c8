"""The register of the moment: immutable, swapped whole when its version in the store changes."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog

from hub.accounts import Register, Snapshot
from hub.trouble import Deferral, Trouble

ROLLBACK = "log-rollback-detected"  #: the database is older than this machine knows (`hub.continuity`)

_log = structlog.get_logger()


class RegisterSource(Protocol):
    """Where the register is kept."""

    async def register_version(self) -> int:
        """Return a number that changes with every change of the register."""

    async def load_register(self) -> Register:
        """Return the whole register."""


class CurrentRegister:
    """Holds the snapshot that requests use. Changes are seen within `every` seconds."""

    def __init__(self, source: RegisterSource, *, every: float = 1.0) -> None:
        self._source = source
        self._every = every
        self._version = -1
        self._loaded = asyncio.Event()
        self._why = Deferral("storage-unavailable", detail="the register was not read yet")
        self.snapshot = Snapshot.empty()

    async def refresh(self) -> None:
        """Load the register when it changed. In a database that went back in time nobody is known any more."""
        try:
            version = await self._source.register_version()
        except Deferral as trouble:
            self._why = trouble
            if trouble.code == ROLLBACK:
                self._loaded.clear()
                self._version = -1
            raise
        if version != self._version:
            register = await self._source.load_register()
            self.snapshot = await asyncio.to_thread(Snapshot.of, register)  # seconds, for a whole nation
            self._version = register.version
            self._loaded.set()

    def known(self) -> Snapshot:
        """Return the snapshot; raise `Deferral` before the first load, when it knows nobody because nobody could be read."""
        if not self._loaded.is_set():
            raise Deferral(self._why.code, detail=self._why.detail)
        return self.snapshot

    async def loaded(self) -> None:
        """Wait for the first load."""
        await self._loaded.wait()

    async def run(self) -> None:
        """Refresh for ever; while the store is away the last snapshot stays in use."""
        while True:
            try:
                await self.refresh()
            except Trouble as trouble:
                _log.warning("register-not-refreshed", code=trouble.code)
            await asyncio.sleep(self._every)
