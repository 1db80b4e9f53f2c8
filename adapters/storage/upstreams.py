"""What the register knows of other axes that the hub connects to: address, own id there, sealed secret, and what they reach."""

from __future__ import annotations

from sqlalchemy import Connection

from adapters.storage import register_rows as rows
from adapters.storage.bulk import BulkUpsert
from adapters.storage.register_changes import RegisterChanges, expect
from adapters.storage.register_tables import systems, upstreams
from hub.upstreams import Upstream
from routing.values import System

_put_systems = BulkUpsert(systems, tuple(each.name for each in systems.columns if each.name != "webhook_secret"))
_put_upstreams = BulkUpsert(upstreams)


class Upstreams(RegisterChanges):
    """The part of the register that administers them."""

    async def add_upstream(self, system: System, upstream: Upstream) -> None:
        """Add a system together with the axis that it stands for."""
        await self._put_upstream(system, upstream, exists=False)

    async def update_upstream(self, system: System, upstream: Upstream) -> None:
        """Change a system and the axis that it stands for."""
        await self._put_upstream(system, upstream, exists=True)

    async def _put_upstream(self, system: System, upstream: Upstream, *, exists: bool) -> None:
        def work(connection: Connection) -> None:
            expect(connection, systems, system.id, exists=exists)
            _put_systems(connection, [rows.system_row(system)])
            reaches = " ".join(system.reaches)
            _put_upstreams(connection, [(system.id, upstream.url, upstream.remote_id, upstream.sealed, reaches)])

        await self._change(work)
