"""What a process does by itself, over and over: every loop by its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from adapters.storage.dialects import is_in_process
from adapters.vxp.courier import UpstreamCourier
from hub import certificate_watch
from hub.acknowledgements import Acknowledgements
from hub.carrying import delivery_loops, lost_orders
from hub.collection import Collection
from hub.compose.foundation import Foundation
from hub.compose.outside import Outside
from hub.compose.watching import Watching
from hub.finished_orders import FinishedOrders
from hub.housekeeping import Chore, Housekeeping
from hub.ports import Courier
from hub.services import Services
from hub.starting import once_loaded, prepared_by
from routing.values import Binding

_PURGE_EVERY = timedelta(hours=1)
_SWEEP_EVERY = timedelta(hours=6)
_SEEK_LOST_EVERY = timedelta(minutes=1)
_FORGET_EVERY = timedelta(hours=1)
#: How long an idempotency key is bound to its request: no client repeats one for so long.
_KEYS_BOUND = timedelta(days=7)


def loops_of(
    base: Foundation, outside: Outside, services: Services, watching: Watching, collected: Collection | None
) -> dict[str, Callable[[], Awaitable[None]]]:
    """Return the loops; all but those that everything waits for begin when the register is known."""
    loops = outside.brokerage.loops(Acknowledgements(services.handover, base.register))
    loops |= {
        "credential-uses": services.credential_uses.run,
        "certificates": watching.endings.run,
        "clock": partial(base.clock.watch, base.storage.database.time),
        "mark": base.continuity.run,
        "pressure": services.pressure.run,
    }
    if collected is not None:
        loops |= _carrying(base, outside, services) | {
            "housekeeping": _housekeeping(base, services, watching).run,
            "collection": collected.run,
        }
    loops = {name: once_loaded(base.register, run) for name, run in loops.items()} | {"register": base.register.run}
    if outside.revocation is not None:
        loops["revocation"] = outside.revocation.run
    return loops


def _carrying(base: Foundation, outside: Outside, services: Services) -> dict[str, Callable[[], Awaitable[None]]]:
    storage, brokerage = base.storage, outside.brokerage
    couriers: dict[Binding, Courier] = {
        outside.webhook.binding: outside.webhook,
        UpstreamCourier.binding: UpstreamCourier(outside.axes, storage.store),
        brokerage.courier.binding: brokerage.courier,
    }
    loops = delivery_loops(services, couriers, base.attestor(), storage.registers.forget_address, base.own_orders)
    if is_in_process(base.settings.storage.url):  # elsewhere what living processes have claimed or taken stays theirs
        loops["relay"] = prepared_by(partial(storage.store.end_claims, base.clock), loops["relay"])
        loops["consignment"] = prepared_by(storage.queue.restart, loops["consignment"])
    return loops


def _housekeeping(base: Foundation, services: Services, watching: Watching) -> Housekeeping:
    retention = watching.retention

    async def forget_keys() -> int:
        return await base.storage.store.forget_keys(base.clock() - _KEYS_BOUND)

    chores = (
        Chore("lost-orders", _SEEK_LOST_EVERY, _whenever(lost_orders(services).republish)),
        Chore("sweep-content", _SWEEP_EVERY, _whenever(base.storage.sweeper.sweep)),
        Chore("forget-keys", _FORGET_EVERY, _whenever(forget_keys)),
        Chore("forget-orders", _FORGET_EVERY, _whenever(FinishedOrders(base.storage.store, base.clock).forget)),
        Chore("certificate-ladder", certificate_watch.LOOK_EVERY, watching.endings.look),
        *((Chore("purge-contents", _PURGE_EVERY, _whenever(retention.purge)),) if retention else ()),
    )
    return Housekeeping(leases=base.storage.leases, chores=chores, clock=base.clock)


def _whenever(work: Callable[[], Awaitable[int]]) -> Callable[[datetime], Awaitable[int]]:
    """Return work for which it does not matter when it was done last."""
    return lambda _since: work()
