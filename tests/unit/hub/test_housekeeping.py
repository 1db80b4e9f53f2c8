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

    async def until(self, name):
        return self._held[name][1] if name in self._held else None


async def test_a_chore_is_done_once_in_a_period_by_whoever_comes_first():
    """Two processes look three times in a period and once in the next: two turns."""
    turns = []
    moment = [NOW]

    async def work(_since):
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


async def test_a_chore_is_told_when_it_was_done_last():
    """However late a turn comes (the hub was stopped), it begins where the one before ended; the first looks back one period."""
    turns = []
    moment = [NOW]

    async def work(since):
        turns.append((since, moment[0]))
        return 0

    chores = (Chore("chore", timedelta(hours=24), work),)
    leases = _Leases()
    for hours in (0, 24.005, 100):
        moment[0] = NOW + timedelta(hours=hours)
        await Housekeeping(leases=leases, chores=chores, clock=lambda: moment[0]).run_once()
    assert turns[0] == (NOW - timedelta(hours=24), NOW)
    assert [since for since, _ in turns[1:]] == [at for _, at in turns[:-1]]
