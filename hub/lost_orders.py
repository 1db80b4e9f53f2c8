"""Orders that the broker lost: published, not concluded, and in no queue any more.

A queue may be deleted, a message dead-lettered, a whole broker wiped: the database alone says what is still to be carried.
What has been published for a while is published again, but only for systems of which the broker holds nothing: behind a
long queue orders wait rightly, and once more of each would only make it longer. Publishing twice is harmless in effect.

A system that consumes its own queue may lose a message after the broker has forgotten it, or its word may be lost: what it
was consigned and never acknowledged is sent again after some hours, while its queue is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from hub.ports import Broker, Clock, Outbox
from routing.values import Binding, System


class LostOrders:
    """Finds what the broker lost."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        broker: Broker,
        systems: Callable[[], Iterable[System]],
        after: timedelta,
        remind_after: timedelta = timedelta(hours=6),
        clock: Clock,
    ) -> None:
        self._outbox = outbox
        self._broker = broker
        self._systems = systems
        self._after = after
        self._remind_after = remind_after
        self._clock = clock

    async def republish(self) -> int:
        """Make lost orders wait for the relay again; return how many. Raises `Deferral` while the broker is away."""
        now = self._clock()
        systems = {system.id: system.binding for system in self._systems()}
        consuming_themselves = frozenset(each for each, binding in systems.items() if binding is Binding.AMQP)
        overdue = await self._outbox.overdue_at_broker(now - self._after) & systems.keys()
        suspects = overdue | consuming_themselves
        empty = suspects - await self._broker.holding(suspects) if suspects else suspects
        count = sum([await self._outbox.unpublish(each, now - self._after) for each in sorted(empty & overdue)])
        for system_id in sorted(empty & consuming_themselves):
            count += await self._outbox.remind(system_id, now - self._remind_after)
        return count


async def take_up_lost(outbox: Outbox, system_id: str, at: datetime) -> int:
    """Publish again all that stood in a queue of a system, which is not there any more; return how much that is."""
    return await outbox.unpublish(system_id, at) + await outbox.remind(system_id, at)
