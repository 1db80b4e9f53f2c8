"""Asks other axes, again and again, what they keep for our agencies.

Every axis is asked by one process at a time, which holds a lease and prolongs it while it works; when that process dies, another
one takes over after `LEASE`. Axes are asked independently of each other: one that is slow or away keeps nobody waiting. What was
refused here stays in the list of its axis and is passed over until `hub.patience` says that it is due.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog

from hub.axis import Axis, AxisRefused, AxisTrouble, AxisUnreachable, Waiting
from hub.housekeeping import Leases
from hub.ids import uuid7
from hub.measures import Measure
from hub.patience import Patience
from hub.ports import Clock
from hub.reception import Reception, Taken
from hub.register import CurrentRegister
from hub.trouble import Deferral, Trouble
from routing.schedule import RetrySchedule
from routing.values import Binding
from schemas.edxml import Kind

PAGE = 100  #: messages in one page of a list
TICK = timedelta(seconds=1)
LEASE = timedelta(seconds=15)
PROLONG_EVERY = timedelta(seconds=5)

_ITS_SIGNER = "revocation-unavailable"  #: nothing can be said of one certificate; others' messages are as good as ever

_log = structlog.get_logger()

Axes = Callable[[str], Axis | None]  #: the axis that a system stands for; None when it has no address or secret


class GivenLeases(Leases, Protocol):
    """Leases that can be given back."""

    async def let_go(self, name: str, holder: str) -> None:
        """Give a lease back, when it is `holder`'s."""


class Collection:
    """Collects from every upstream of the register, each `every` so often."""

    def __init__(
        self,
        *,
        reception: Reception,
        axes: Axes,
        register: CurrentRegister,
        leases: GivenLeases,
        schedule: RetrySchedule,
        clock: Clock,
        every: timedelta,
    ) -> None:
        self._reception = reception
        self._axes = axes
        self._register = register
        self._leases = leases
        self._clock = clock
        self._every = every
        self._holder = uuid7()
        self._patience: defaultdict[str, Patience] = defaultdict(lambda: Patience(schedule))
        self._collecting: dict[str, asyncio.Task[None]] = {}
        self._next: dict[str, float] = {}  # by the clock of the event loop
        self._heard: dict[str, float] = {}
        self._trouble: dict[str, str] = {}

    async def run(self) -> None:
        """Collect for ever; cancellation ends what is being fetched, which is then fetched again another time."""
        try:
            while True:
                for system_id in self._due(asyncio.get_running_loop().time()):
                    task = asyncio.create_task(self._collect(system_id), name=f"collect {system_id}")
                    self._collecting[system_id] = task
                    task.add_done_callback(partial(self._ended, system_id))
                await asyncio.sleep(TICK.total_seconds())
        finally:
            tasks = tuple(self._collecting.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def measure(self) -> Iterable[Measure]:
        """Return how long ago each axis last answered this process, and how much of it was refused here."""
        now = asyncio.get_running_loop().time()
        for system_id, heard_at in self._heard.items():
            labels = {"system": system_id}
            refused = len(self._patience[system_id])
            yield Measure(
                "axis_upstream_silent_seconds", "Seconds since another axis answered.", now - heard_at, labels
            )
            yield Measure(
                "axis_upstream_refused_messages",
                "Messages of another axis that it keeps although they were looked at.",
                refused,
                labels,
            )

    async def probe(self) -> str:
        """Return which axes answered last time; raise `Deferral` upstream-unreachable when one did not."""
        if self._trouble:
            told = "; ".join(f"{system_id}: {trouble}" for system_id, trouble in sorted(self._trouble.items()))
            raise Deferral("upstream-unreachable", detail=told)
        return f"answering: {', '.join(sorted(self._heard)) or 'none asked by this process'}"

    def _due(self, now: float) -> list[str]:
        known = [
            system.id
            for system in self._register.snapshot.directory.systems()
            if system.binding is Binding.UPSTREAM and system.is_active
        ]
        for gone in (self._heard.keys() | self._trouble.keys()) - set(known):
            self._heard.pop(gone, None)
            self._trouble.pop(gone, None)
        return [each for each in known if each not in self._collecting and self._next.get(each, now) <= now]

    def _ended(self, system_id: str, task: asyncio.Task[None]) -> None:
        del self._collecting[system_id]
        self._next[system_id] = asyncio.get_running_loop().time() + self._every.total_seconds()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("collection-failed", system=system_id, exc_info=error)

    async def _collect(self, system_id: str) -> None:
        axis = self._axes(system_id)
        if axis is None:
            self._trouble[system_id] = "no address or secret"
            return
        try:
            async with self._lease(system_id) as is_ours:
                if not is_ours:
                    self._trouble.pop(system_id, None)
                    return
                kept: set[str] = set()
                for kind in Kind:
                    kept |= await self._collect_kind(system_id, axis, kind)
                self._patience[system_id].keep_only(kept)
        except (AxisTrouble, Trouble) as trouble:
            self._trouble[system_id] = str(trouble)
            _log.warning("collection-deferred", system=system_id, detail=str(trouble))
        else:
            self._trouble.pop(system_id, None)

    async def _collect_kind(self, system_id: str, axis: Axis, kind: Kind) -> set[str]:
        """Take in all that waits of one kind; return what should have left the list, or is kept in it, as far as is known.

        What is taken leaves the list, so a page is asked for again until it holds no news; then the next, until one is empty or
        holds none at once. How long a page is, is the axis's affair. Neither an axis that knows no pages nor one that never takes
        anything out of its list keeps this going for ever.
        """
        seen: set[str] = set()
        kept: set[str] = set()
        page = 1
        is_walked = False  #: what was listed before this held no news any more
        while True:
            try:
                listed = await axis.waiting(kind, page, PAGE)
            except AxisRefused:
                if page == 1:
                    raise
                return kept  # an axis may call a page behind the last one an error
            self._heard[system_id] = asyncio.get_running_loop().time()
            news = [item for item in listed if item.doc_id not in seen]
            for item in news:
                seen.add(item.doc_id)
                if await self._take(system_id, axis, item) is not Taken.RECORDED:
                    kept.add(item.doc_id)
            if not listed or (is_walked and not news):
                return kept
            is_walked = not news
            page += 1 if is_walked else 0

    async def _take(self, system_id: str, axis: Axis, item: Waiting) -> Taken | None:
        """Take one message in; None when it is not due yet."""
        patience, version = self._patience[system_id], self._register.snapshot.directory.version
        if not patience.is_due(item.doc_id, self._clock(), version):
            return None
        try:
            taken = await self._reception.take(system_id, axis, item)
        except AxisUnreachable:  # perhaps because of this very message: what waits behind it comes first next time
            patience.refused(item.doc_id, self._clock(), version)
            raise
        except AxisTrouble as trouble:  # this message only: the axis itself answers
            _log.warning("upstream-message-withheld", system=system_id, doc=item.doc_id, detail=str(trouble))
            taken = Taken.REFUSED
        except Deferral as deferral:
            if deferral.code != _ITS_SIGNER:  # it is the hub that cannot go on, whatever the message
                raise
            _log.warning("upstream-message-withheld", system=system_id, doc=item.doc_id, detail=deferral.detail)
            taken = Taken.REFUSED
        except Exception:  # noqa: BLE001 - whatever is wrong with one message, those behind it are taken
            _log.exception("upstream-message-failed", system=system_id, doc=item.doc_id)
            taken = Taken.REFUSED
        _log.info("upstream-message", system=system_id, doc=item.doc_id, result=taken)
        if taken is not Taken.RECORDED:  # also what was recorded before: an axis may list it again whatever is said
            patience.refused(item.doc_id, self._clock(), version)
        return taken

    @asynccontextmanager
    async def _lease(self, system_id: str) -> AsyncIterator[bool]:
        """Hold the lease of an axis, prolonged until the end of the block; give False when another process has it."""
        name = f"upstream:{system_id}"
        if not await self._hold(name):
            yield False
            return
        collecting = asyncio.current_task()
        keeper = asyncio.create_task(self._prolong(name, collecting), name=f"lease {name}")
        try:
            yield True
        finally:
            keeper.cancel()
            with suppress(Trouble):
                await self._leases.let_go(name, self._holder)

    async def _prolong(self, name: str, collecting: asyncio.Task[None] | None) -> None:
        """Prolong a lease for ever; when it is lost, what was done under it ends."""
        is_held = True
        while is_held:
            await asyncio.sleep(PROLONG_EVERY.total_seconds())
            try:
                is_held = await self._hold(name)
            except Trouble:
                is_held = False
        if collecting is not None:
            collecting.cancel()

    async def _hold(self, name: str) -> bool:
        now = self._clock()
        return await self._leases.hold(name, self._holder, now=now, until=now + LEASE)
