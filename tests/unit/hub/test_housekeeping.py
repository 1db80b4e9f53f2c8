"""Facts about chores."""

from datetime import timedelta

from hub.housekeeping import Chore, Housekeeping
from tests.unit.hub.values import NOW


class _Leases:
    """Leases in memory, as the store keeps them in a table."""

    def __init__(self):
        self._held = {}

    async def hold(self, name, holder, *, now, until):
        other, end = self._held.get(name, (holder, now))
        if end > now and other != holder:
            return False
        self._held[name] = (holder, until)
        return True


async def test_a_chore_is_done_once_in_a_period_by_whoever_comes_first():
    """Two processes look three times in a period and once in the next: two turns."""
    turns = []
    moment = [NOW]

    async def work():
        turns.append(moment[0])
        return 1

    leases = _Leases()
    chores = (Chore("chore", timedelta(hours=1), work),)
    processes = [Housekeeping(leases=leases, chores=chores, clock=lambda: moment[0]) for _ in range(2)]
    for minutes in (0, 20, 59, 60):
        moment[0] = NOW + timedelta(minutes=minutes)
        for process in processes:
            await process.run_once()
    assert turns == [NOW, NOW + timedelta(minutes=60)]
