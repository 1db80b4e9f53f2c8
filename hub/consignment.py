"""Hops 8 and 9: couriers take orders from the broker, carry them, and what came of it is concluded.

Each system is served by itself: while its orders are being carried it is busy and its queue is left alone, so a dead or
slow system keeps nobody waiting but itself. After several failures in a row a system rests for some seconds, then one order is
tried; its others stay in their queue, without an attempt being counted, until one succeeds. So a long queue costs nothing
while its system is away, and begins to drain within seconds of its return. The broker is told only after the commit of the
conclusion; until then what is being worked on is kept from other processes (`hub.held`).
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

import structlog

from hub.changes import Changes, Finished, Stale
from hub.conclusion import Concluder
from hub.failpoints import reached
from hub.freight import Freight
from hub.held import KEEP_EVERY, Held
from hub.ids import OrderId
from hub.order import Consigned, Failed, Gone, Hopeless, Outcome
from hub.ports import Broker, Courier, Store
from hub.queries import Errand, Ticket
from hub.readable import readable_errands
from hub.signals import Signals
from hub.trouble import Deferral, Trouble
from hub.waiting import Pace, gather_all, pause
from routing.values import Binding

BATCH = 200
IDLE = timedelta(seconds=1)
TURN = timedelta(milliseconds=50)  #: under load; the first order after a rest is carried at once
#: After so long no order of those that were taken is begun any more: what is urgent and came meanwhile is taken first.
LONGEST = timedelta(seconds=2)
_ATTEMPTS = 5
_FAILURES_BEFORE_REST = 3

#: Called with the id of a system and its address that is gone; returns False when the system has got another one.
ForgetAddress = Callable[[str, str], Awaitable[bool]]

_log = structlog.get_logger()


class Consignment:
    """Serves every system that has orders in its queue."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        couriers: Mapping[Binding, Courier],
        concluder: Concluder,
        freight: Freight,
        signals: Signals,
        concurrency: Callable[[Binding], int],
        forget_address: ForgetAddress,
    ) -> None:
        self._store = store
        self._broker = broker
        self._couriers = couriers
        self._concluder = concluder
        self._freight = freight
        self._pace = Pace(TURN)
        self._signals = signals
        self._concurrency = concurrency
        self._forget_address = forget_address
        self.keep_every = KEEP_EVERY
        self.longest = LONGEST
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._failures: defaultdict[str, int] = defaultdict(int)
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Serve for ever; cancellation gives back what is not begun and waits for what is being carried to be concluded."""
        self._stopping.clear()
        try:
            while True:
                await self._pace.keep()
                queued = self._signals.subscribe("queue")
                taken = await self._start_serving()
                await pause(self._signals, "queue", queued, timedelta(0) if taken else IDLE)
        finally:
            self._stopping.set()
            await asyncio.gather(*self._serving.values(), return_exceptions=True)

    async def _start_serving(self) -> bool:
        try:
            tickets = await self._take()
        except Trouble as trouble:
            _log.warning("queue-not-read", code=trouble.code, detail=trouble.detail)
            return False
        by_system: defaultdict[str, list[Ticket]] = defaultdict(list)
        for ticket in tickets:
            by_system[ticket.system_id].append(ticket)
        for system_id, theirs in by_system.items():
            task = asyncio.create_task(self._serve(system_id, theirs), name=f"serve {system_id}")
            self._serving[system_id] = task
            task.add_done_callback(partial(self._served, system_id))
        return bool(tickets)

    async def _take(self) -> Sequence[Ticket]:
        """Take tickets; when cancelled meanwhile, give them back: nobody else would see them until their time is up."""
        taking = asyncio.ensure_future(self._broker.take(BATCH, frozenset(self._serving), self._ailing()))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            with suppress(Trouble):  # then nothing was taken, or its time runs out; either way this is the end
                await self._broker.release(await taking)
            raise

    def _ailing(self) -> frozenset[str]:
        """Return the systems that failed several times in a row."""
        return frozenset(each for each, failures in self._failures.items() if failures >= _FAILURES_BEFORE_REST)

    def _served(self, system_id: str, task: asyncio.Task[None]) -> None:
        del self._serving[system_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("service-failed", system=system_id, exc_info=error)
        self._signals.notify("queue")

    async def _serve(self, system_id: str, tickets: Sequence[Ticket]) -> None:
        held = Held(self._broker, tickets, self.keep_every)
        try:
            reached("K11")
            async with held.kept():
                left = await self._carry_all(held)
            reached("K12")
            await self._broker.settle([each for each in held.tickets if each.order_id not in left])
            await self._broker.release([each for each in held.tickets if each.order_id in left])
        except Trouble as trouble:
            _log.warning("service-deferred", system=system_id, code=trouble.code, detail=trouble.detail)
            await self._give_back(held.tickets)
            await asyncio.sleep(IDLE.total_seconds())
        except Exception:  # noqa: BLE001 - whatever it is, what stays in the hand would be seen by nobody for half an hour
            _log.exception("service-failed", system=system_id)
            await self._give_back(held.tickets)
            await asyncio.sleep(IDLE.total_seconds())
        await self._rest_if_failing(system_id)

    async def _give_back(self, tickets: Sequence[Ticket]) -> None:
        """Release tickets, as often as it takes: a queue that is away now would hide them until their time is up."""
        while not self._stopping.is_set():
            try:
                await self._broker.release(tickets)
            except Trouble as trouble:
                _log.warning("release-deferred", code=trouble.code, detail=trouble.detail)
                await asyncio.sleep(IDLE.total_seconds())
            else:
                return

    async def _carry_all(self, held: Held) -> set[OrderId]:
        """Carry what the tickets, all of one system, stand for, in their order; return the orders that were not begun.

        Not begun are those of a system that kept failing at the ones before, is suspended, or is slow (so that urgent ones need
        not wait behind them), those that another process has got meanwhile, and all at the end of `run`.

        A place is held until the commit of the conclusion: a system that takes a long queue as fast as it is called must not
        fill the commits that all others wait for.
        """
        errands, missing = self._freight.take(ticket.order_id for ticket in held.tickets)
        errands.extend(await readable_errands(self._store, missing))
        place = {ticket.order_id: number for number, ticket in enumerate(held.tickets)}
        errands.sort(key=lambda errand: place[errand.order.id])
        own_pace = [errand for errand in errands if errand.order.binding in self._couriers]
        places = asyncio.Semaphore(self._concurrency(own_pace[0].order.binding) if own_pace else 1)
        left: set[OrderId] = set()
        tried: list[Errand] = []
        until = time.monotonic() + self.longest.total_seconds()

        async def one(errand: Errand) -> None:
            async with places:
                is_given_up = tried and (errand.order.system_id in self._ailing() or time.monotonic() > until)
                if self._stopping.is_set() or is_given_up or errand.order.id not in held:
                    left.add(errand.order.id)
                    return
                if self._concluder.is_suspended(errand.order.system_id):
                    self._let_rest(errand.order.system_id)
                    left.add(errand.order.id)
                    return
                tried.append(errand)
                outcome = await self._carry(errand)
                if isinstance(outcome, Gone) and not await self._forget_address(
                    errand.order.system_id, outcome.address
                ):
                    outcome = Failed(outcome.reason)
                await self._conclude_or_postpone(errand, outcome)

        await gather_all(one(errand) for errand in own_pace)
        at_once = [errand for errand in errands if errand.order.binding not in self._couriers]
        await gather_all(self._conclude_or_postpone(errand, Consigned()) for errand in at_once)
        return left

    async def _carry(self, errand: Errand) -> Outcome:
        """Carry by the courier of the binding; systems that ask (pull) can take a delivery as soon as it is recorded."""
        if not self._concluder.is_wanted(errand):
            return Consigned()
        try:
            outcome = await self._couriers[errand.order.binding].carry(errand)
            reached("K13")
        except Deferral:  # nobody's failure: what carries is away, and the order waits in its queue
            raise
        except Exception as error:  # noqa: BLE001 - a courier's bug must not stall its queue: it counts as a failed attempt
            _log.exception("courier-failed", system=errand.order.system_id, order=errand.order.id)
            outcome = Failed(f"{type(error).__name__} in the courier")
        system_id = errand.order.system_id
        self._failures[system_id] = self._failures[system_id] + 1 if isinstance(outcome, Failed) else 0
        if isinstance(outcome, Failed | Hopeless):
            _log.info("attempt-failed", system=system_id, order=errand.order.id, reason=outcome.reason)
        return outcome

    async def _conclude_or_postpone(self, errand: Errand, outcome: Outcome) -> None:
        """Conclude; an order whose conclusion always fails waits in the outbox, out of the way of those behind it."""
        try:
            await self._conclude(errand, outcome)
        except Deferral:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, its neighbours are carried
            _log.exception("conclusion-failed", system=errand.order.system_id, order=errand.order.id)
            failed = self._concluder.postpone(errand, f"{type(error).__name__} in the conclusion")
            await self._store.record(Changes(order_changes=(failed,)))

    async def _conclude(self, errand: Errand, outcome: Outcome) -> None:
        current: Errand | None = errand
        for _ in range(_ATTEMPTS):
            if current is None:
                return
            try:
                await self._store.record(self._concluder.conclude(current, outcome))
            except Stale:
                current = next(iter(await self._store.errands([errand.order.id])), None)
            else:
                return
        await self._store.record(Changes(order_changes=(Finished(order_id=errand.order.id),)))

    def _let_rest(self, system_id: str) -> None:
        """Have a system that is suspended looked at as seldom as one that keeps failing; no attempt is counted."""
        self._failures[system_id] = max(self._failures[system_id], _FAILURES_BEFORE_REST)

    async def _rest_if_failing(self, system_id: str) -> None:
        failures = self._failures[system_id]
        if failures >= _FAILURES_BEFORE_REST:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._concluder.rest(failures).total_seconds()):
                    await self._stopping.wait()
