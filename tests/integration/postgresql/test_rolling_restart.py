"""Row 59: hubs of two processes each are restarted one after the other while documents are handed in."""

import asyncio
import itertools
from contextlib import AsyncExitStack

import pytest

from adapters.client import HubUnreachable, ProblemError, RetryPolicy, open_client
from tests.integration.postgresql.hub import RECIPIENT, SENDER, ManyWorkers, create, document
from tests.support.hub import free_port

SENDERS = 6
#: Seconds between two documents of a sender: a busy machine starts a hub slowly, and all that was sent is taken at the end.
PACE = 0.1
ONCE = RetryPolicy(attempts=1, answer_within=35.0)


class Load:
    """Senders that repeat every document, at whichever hub answers, until it is accepted."""

    def __init__(self, clients):
        self._clients = itertools.cycle(clients)
        self._numbers = itertools.count(1)
        self.accepted = {}
        self.refusals = set()
        self.unanswered = 0
        self.is_over = asyncio.Event()

    async def run(self):
        await asyncio.gather(*(self._send() for _ in range(SENDERS)))

    async def _send(self):
        while not self.is_over.is_set():
            data = document(str(next(self._numbers)))
            while (package := await self._submit(data)) is None:
                await asyncio.sleep(0.05)
            self.accepted[package.id] = package.sha256
            await asyncio.sleep(PACE)

    async def _submit(self, data):
        try:
            return (await next(self._clients).submit(data)).package
        except ProblemError as error:
            self.refusals.add((error.problem.status, error.code))
        except HubUnreachable:
            self.unanswered += 1
        return None

    async def some_more(self, count=20):
        """Wait until so many more were accepted."""
        wanted = len(self.accepted) + count
        while len(self.accepted) < wanted:
            await asyncio.sleep(0.05)


@pytest.fixture
def hubs(settings, tmp_path):
    """Two hubs of two processes on one database, and the keys of two systems."""
    first, keys = create(ManyWorkers, settings.url, tmp_path / "hub")
    made = (first, ManyWorkers(first.folder, free_port()))
    yield [each.start() for each in made], keys
    for each in made:
        each.kill()


async def collected(hub, keys, wanted):
    """Take deliveries until every package of `wanted` came; return what was taken, in order."""
    taken = []
    async with open_client(hub.url, keys[RECIPIENT]) as recipient:
        while wanted - {package_id for package_id, _ in taken}:
            items = await recipient.inbox(wait=20, limit=200)
            await asyncio.gather(*(recipient.acknowledge(item.id) for item in items))
            taken += [(item.package_id, item.sha256) for item in items]
    return taken


@pytest.mark.timeout(240)
async def test_row_59_rolling_restart_under_load(hubs):
    """Row 59: each hub told to stop ends with 0; senders see 503 shutting-down at most; all accepted arrives once."""
    (first, second), keys = hubs
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(open_client(each.url, keys[SENDER], retry=ONCE)) for each in (first, second)
        ]
        load = Load(clients)
        running = asyncio.create_task(load.run())
        for each in (first, second):
            await load.some_more()
            assert await asyncio.to_thread(each.stop) == 0
            await load.some_more()
            await asyncio.to_thread(each.start)
        await load.some_more()
        load.is_over.set()
        await running
    assert load.refusals <= {(503, "shutting-down")}
    taken = await collected(first, keys, set(load.accepted))
    assert sorted(taken) == sorted(load.accepted.items())
