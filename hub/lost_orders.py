"""Orders that the broker lost: published, not concluded, and in no queue any more.

A queue may be deleted, a message dead-lettered, a whole broker wiped: the database alone says what is still to be carried.
What has been published for a while is published again, but only for systems of which the broker holds nothing: behind a
long queue orders wait rightly, and once more of each would only make it longer. Publishing twice is harmless in effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from hub.ports import Broker, Clock, Outbox


class LostOrders:
    """Finds what the broker lost."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        broker: Broker,
        systems: Callable[[], Iterable[str]],
        after: timedelta,
        clock: Clock,
    ) -> None:
        self._outbox = outbox
        self._broker = broker
        self._systems = systems
        self._after = after
        self._clock = clock

    async def republish(self) -> int:
        """Make lost orders wait for the relay again; return how many. Raises `Deferral` while the broker is away."""
        published_before = self._clock() - self._after
        suspects = await self._outbox.overdue_at_broker(published_before) & frozenset(self._systems())
        empty = suspects - await self._broker.holding(suspects) if suspects else suspects
        return sum([await self._outbox.unpublish(system_id, published_before) for system_id in sorted(empty)])
