"""Deadlines: what nobody took in time expires, with a receipt that says so.

Nothing hurries about it, and thousands may expire in the same minute. They go a few at a time, with as long a pause between, in
which others write and are answered.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from hub.attest import Attestor
from hub.changes import Changes, Move, Stale
from hub.delivery import Delivery
from hub.events import Event
from hub.lifecycle import advance
from hub.package import Package
from hub.ports import Clock, Store
from hub.register import CurrentRegister
from hub.telling import tell
from hub.trouble import Trouble
from hub.waiting import Pace, gather_all
from signing.receipt import Reason

BATCH = 20
TURN = timedelta(milliseconds=50)  #: which a batch takes half of, about
EVERY = timedelta(seconds=5)

_log = structlog.get_logger()


class Expiry:
    """Ends deliveries whose deadline has passed."""

    def __init__(self, *, store: Store, register: CurrentRegister, attestor: Attestor, clock: Clock) -> None:
        self._store = store
        self._register = register
        self._attestor = attestor
        self._clock = clock
        self._pace = Pace(TURN)

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self._pace.keep()
            try:
                expired = await self.expire_once()
            except Trouble as trouble:
                _log.warning("expiry-deferred", code=trouble.code, detail=trouble.detail)
                expired = 0
            if expired < BATCH:
                await asyncio.sleep(EVERY.total_seconds())

    async def expire_once(self) -> int:
        """Expire one batch; return how many were overdue."""
        overdue = await self._store.overdue(self._clock(), BATCH)
        await gather_all(self._expire(package, delivery) for package, delivery in overdue)
        return len(overdue)

    async def _expire(self, package: Package, delivery: Delivery) -> None:
        try:
            await self._store.record(self.decide(package, delivery))
        except Stale:
            _log.info("expiry-overtaken", delivery=delivery.id)

    def decide(self, package: Package, delivery: Delivery) -> Changes:
        """Return what to record for one overdue delivery."""
        at = self._clock()
        to = advance(delivery.state, Event.EXPIRY)
        why = Reason(code="deadline-passed", text=f"not handed over before {delivery.deadline_at.isoformat()}")
        record = self._attestor.happened(Event.EXPIRY, package, delivery, at=at, state=to, reason=why)
        return Changes(
            moves=(Move(delivery_id=delivery.id, expected=delivery.state, to=to, at=at),),
            events=(record,),
            orders=tell(self._register.snapshot.directory, (record,)),
        )
