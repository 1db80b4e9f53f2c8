"""What is done to the servers that a site stands on, and to its disk."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from .site import Site


class BrokerFault:
    """Needs a RabbitMQ of one's own."""

    def is_possible(self, site: Site) -> bool:
        return site.rabbitmq is not None


class DatabaseFault:
    """Needs a PostgreSQL of one's own."""

    def is_possible(self, site: Site) -> bool:
        return site.postgresql is not None


class KillBroker(BrokerFault):
    """SIGKILL; it stays away for a while."""

    async def strike(self, site: Site, chance: random.Random) -> str:
        assert site.rabbitmq is not None
        away = chance.uniform(0.0, 5.0)
        site.rabbitmq.kill()
        await asyncio.sleep(away)
        await asyncio.to_thread(site.rabbitmq.start)
        return f"kill RabbitMQ: away for {away:.1f} s"


class FreezeBroker(BrokerFault):
    """SIGSTOP: connections stand, and nothing answers."""

    async def strike(self, site: Site, chance: random.Random) -> str:
        assert site.rabbitmq is not None
        return await _frozen(site.rabbitmq, "freeze RabbitMQ", chance.uniform(1.0, 15.0))


class AlarmBroker(BrokerFault):
    """The memory alarm: publishers are blocked."""

    async def strike(self, site: Site, chance: random.Random) -> str:
        node = site.rabbitmq
        assert node is not None
        for_seconds = chance.uniform(1.0, 8.0)
        await asyncio.to_thread(node.ctl, "set_vm_memory_high_watermark", "0")
        try:
            await asyncio.sleep(for_seconds)
        finally:
            await asyncio.to_thread(node.ctl, "set_vm_memory_high_watermark", "absolute", "1GiB")
        return f"memory alarm of RabbitMQ: for {for_seconds:.1f} s"


class WipeBroker(BrokerFault):
    """Everything in the broker is gone; its queues are made again from the database, as an operator does it."""

    async def strike(self, site: Site, chance: random.Random) -> str:
        assert site.rabbitmq is not None
        await asyncio.to_thread(site.rabbitmq.wipe)
        await asyncio.sleep(chance.uniform(0.0, 2.0))
        await asyncio.to_thread(site.rebuild_queues)
        return "wipe RabbitMQ and rebuild its queues"


class KillDatabase(DatabaseFault):
    """SIGKILL to the server; it recovers from its log."""

    async def strike(self, site: Site, chance: random.Random) -> str:
        assert site.postgresql is not None
        away = chance.uniform(0.0, 3.0)
        await asyncio.to_thread(site.postgresql.kill)
        await asyncio.sleep(away)
        await asyncio.to_thread(site.postgresql.start)
        return f"kill PostgreSQL: away for {away:.1f} s"


class FreezeDatabase(DatabaseFault):
    """SIGSTOP to the server and all its sessions."""

    async def strike(self, site: Site, chance: random.Random) -> str:
        assert site.postgresql is not None
        return await _frozen(site.postgresql, "freeze PostgreSQL", chance.uniform(1.0, 12.0))


class FillDisk:
    """The disk of content, spool and embedded database is full for some seconds."""

    def is_possible(self, site: Site) -> bool:
        return site.disk is not None

    async def strike(self, site: Site, chance: random.Random) -> str:
        assert site.disk is not None
        for_seconds = chance.uniform(1.0, 6.0)
        site.disk.fill()
        try:
            await asyncio.sleep(for_seconds)
        finally:
            site.disk.free()
        return f"fill the disk of a hub: for {for_seconds:.1f} s"


class FillDatabaseDisk:
    """PostgreSQL's disk is full: it may panic, and is started again when there is room."""

    def is_possible(self, site: Site) -> bool:
        return site.database_disk is not None

    async def strike(self, site: Site, chance: random.Random) -> str:
        assert site.database_disk is not None
        assert site.postgresql is not None
        for_seconds = chance.uniform(1.0, 6.0)
        site.database_disk.fill()
        try:
            await asyncio.sleep(for_seconds)
        finally:
            site.database_disk.free()
        await asyncio.to_thread(site.postgresql.start)
        return f"fill the disk of PostgreSQL: for {for_seconds:.1f} s"


async def _frozen(server: Any, name: str, for_seconds: float) -> str:
    server.freeze()
    try:
        await asyncio.sleep(for_seconds)
    finally:
        server.thaw()
    return f"{name}: for {for_seconds:.1f} s"
