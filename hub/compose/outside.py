"""What a process reaches beyond its database: the broker, webhooks, other axes, sources of revocation evidence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from adapters.amqp import AbsentCourier, open_rabbit
from adapters.trust.locker import FileLocker
from adapters.trust.revocation import RevocationCache, open_revocation
from adapters.vxp.axes import Axes, open_axes
from adapters.webhook.courier import WebhookCourier, open_courier
from hub.brokerage import Brokerage
from hub.compose.foundation import Foundation, now
from hub.lost_orders import take_up_lost
from hub.settings import Settings


class Outside(NamedTuple):
    """The open connections; `revocation` is None where revocation is not required, or nothing is examined."""

    webhook: WebhookCourier
    revocation: RevocationCache | None
    brokerage: Brokerage
    axes: Axes


@asynccontextmanager
async def open_outside(base: Foundation) -> AsyncIterator[Outside]:
    """Open them all, and close them at the end; none of the others need be there."""
    settings, snapshot = base.settings, lambda: base.register.snapshot
    async with (
        open_courier(settings, snapshot, now) as webhook,
        _revocation(base) as revocation,
        _brokerage(base) as brokerage,
        open_axes(settings, base.base_dir, snapshot, locker_of(settings, base.base_dir), now) as axes,
    ):
        yield Outside(webhook, revocation, brokerage, axes)


def locker_of(settings: Settings, base_dir: Path) -> FileLocker:
    """Return what seals secrets and opens them again."""
    return FileLocker(base_dir / settings.trust.secrets_key)


@asynccontextmanager
async def _brokerage(base: Foundation) -> AsyncIterator[Brokerage]:
    """Open the broker that the settings name. RabbitMQ need not be there: it is connected to when it is.

    A process that does not carry has no use for it: what it accepts goes into the outbox.
    """
    settings, storage, register, signals = base.settings, base.storage, base.register, base.signals
    if not (settings.broker.url and base.process.role.carries):
        yield Brokerage(storage.queue, AbsentCourier())
        return

    async def lost(system_id: str) -> None:
        if await take_up_lost(storage.store, system_id, now()):
            signals.notify("outbox")

    async with open_rabbit(
        settings.broker.url,
        directory=lambda: register.snapshot.directory,
        content=storage.store.content,
        base_url=settings.hub.base_url,
        arrived=lambda: signals.notify("queue"),
        lost=lost,
    ) as rabbit:
        yield Brokerage.of(rabbit, storage.queue, lambda: register.snapshot.directory)


@asynccontextmanager
async def _revocation(base: Foundation) -> AsyncIterator[RevocationCache | None]:
    chosen = base.settings.trust.revocation
    if chosen.mode == "off" or not base.process.role.answers_callers:
        yield None
        return
    async with open_revocation(
        chosen, base.base_dir, base.trust.authorities, lambda: base.register.snapshot.certificates, now
    ) as revocation:
        yield revocation
