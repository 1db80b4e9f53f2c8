"""What everything else of a process stands on: keys, database, register, clock, signals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from adapters.storage.opening import Storage, open_storage
from adapters.trust.load import Trust, load_trust
from hub.attest import Attestor
from hub.clock import TrustedClock
from hub.commits import Commits
from hub.compose.places import located
from hub.continuity import Continuity, GuardedRegister
from hub.own_orders import OwnOrders
from hub.register import CurrentRegister
from hub.roles import Process
from hub.settings import Settings
from hub.signals import Signals
from hub.starting import take_up

#: A process that carries relays what it records: others would fight with it for the same orders. Should it die before that,
#: they find them when they look again, once a second, or when its claim has run out.
_SEEN_TO = frozenset({"outbox"})


def now() -> datetime:
    """Return the present, aware UTC, for what states no time and claims nothing: who may enter, what is still fresh."""
    return datetime.now(UTC)


class Foundation(NamedTuple):
    """The open parts; relative paths of `settings` start at `base_dir`, those of its storage are absolute already."""

    settings: Settings
    base_dir: Path
    process: Process
    trust: Trust
    storage: Storage
    register: CurrentRegister
    signals: Signals
    commits: Commits
    own_orders: OwnOrders
    clock: TrustedClock
    continuity: Continuity

    def attestor(self) -> Attestor:
        """Return who signs receipts in the hub's name."""
        return Attestor(
            self.settings.hub.code, self.trust.sealer, lambda: self.continuity.epoch, self.trust.is_in_force
        )


@asynccontextmanager
async def open_foundation(settings: Settings, base_dir: Path, process: Process) -> AsyncIterator[Foundation]:
    """Open it, and close it at the end; raises what the adapters raise when a key or the database cannot be used."""
    trust = load_trust(settings.trust, base_dir)
    settings = structs.replace(settings, storage=located(settings.storage, base_dir))
    signals, commits, clock = Signals(), Commits(), TrustedClock()
    own_orders = OwnOrders(signals=signals, clock=clock)
    commits.subscribe(own_orders.observe)
    async with open_storage(
        settings.storage,
        inline_bytes=settings.intake.inline_bytes,
        notify=signals.notify,
        kept=_SEEN_TO if process.role.carries else frozenset(),
        committed=commits.announce,
        claimed=own_orders.claimed,
        clock=clock,
    ) as storage:
        continuity = Continuity(storage.chronicle, storage.mark)
        commits.subscribe(continuity.observe)
        register = CurrentRegister(GuardedRegister(storage.registers, continuity))
        await take_up(register)
        yield Foundation(
            settings=settings,
            base_dir=base_dir,
            process=process,
            trust=trust,
            storage=storage,
            register=register,
            signals=signals,
            commits=commits,
            own_orders=own_orders,
            clock=clock,
            continuity=continuity,
        )
