"""Single faults at a running hub, each with the answer that a caller gets while it lasts, and without a restart afterwards."""

import asyncio
import resource
import sys
from contextlib import contextmanager
from random import Random

import pytest

from adapters.client import ProblemError, RetryPolicy, open_client
from tests.support.hub import HubProcess

from .clocks import faked, step
from .harm import starved
from .post import Correspondence, open_codes, pull_systems
from .proxy import proxy_to

LARGE = 300_000  #: bytes of an attachment that goes through the spool into a file
ONCE = RetryPolicy(attempts=1, answer_within=20.0)
PATIENT = RetryPolicy(attempts=100, longest=1.0)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of another process, and its clock, are Linux's")


@pytest.fixture
def hub(tmp_path):
    process = HubProcess.create(tmp_path / "hub")
    yield process
    process.kill()


class Office:
    """A system with documents to send."""

    def __init__(self, hub, client, codes, system_id):
        self.client = client
        self._letters = Correspondence(hub, system_id, codes, Random(1))
        self._to = (min(codes - {self._letters.sender}),)

    def parcel(self, size=0):
        return self._letters.parcel(self._to, size)

    async def refused(self, parcel):
        """Hand in what must be deferred; return the code."""
        with pytest.raises(ProblemError) as caught:
            await self.client.submit(parcel.data)
        assert caught.value.problem.status == 503
        assert caught.value.retry_after is not None
        return caught.value.code


@pytest.fixture
async def office(hub):
    hub.start()
    system_id, api_key = next(iter(pull_systems(hub).items()))
    async with open_client(hub.url, api_key, retry=ONCE) as client:
        yield Office(hub, client, await open_codes(client), system_id)


@contextmanager
def small_files(pid, largest):
    """Let a process write no file larger than this inside the block, as on a full disk (EFBIG)."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


async def test_client_gone_before_the_answer(hub, office):
    """Row 48: a client that is cut off before its answer and sends again gets 200 and the receipt of the one package."""
    parcel = office.parcel()
    _, api_key = next(iter(pull_systems(hub).items()))
    async with (
        proxy_to(hub.port) as proxy,
        open_client(f"http://127.0.0.1:{proxy.port}", api_key, retry=ONCE) as client,
    ):
        await client.inbox()  # the connection stands
        proxy.deafen()
        lost = asyncio.create_task(client.submit(parcel.data))
        while not (kept := (await office.client.packages()).items):
            await asyncio.sleep(0.05)
        proxy.cut()
        await asyncio.gather(lost, return_exceptions=True)
    assert lost.exception() is not None
    again = await office.client.submit(parcel.data)
    assert again.is_replay
    assert again.package.receipt == kept[0].receipt
    assert len((await office.client.packages()).items) == 1


async def test_disk_full(hub, office):
    """Row 54: what finds no room on the disk is answered 503 storage-full and leaves nothing; with room it is accepted."""
    parcel = office.parcel(LARGE)
    with small_files(hub.pid, LARGE // 2):
        assert await office.refused(parcel) == "storage-full"
        assert list((hub.folder / "data/spool").glob("*/*")) == []
        assert [each for each in (hub.folder / "data/content").rglob("*") if each.is_file()] == []
    assert not (await office.client.submit(parcel.data)).is_replay


async def test_start_on_a_full_disk(hub, office):
    """Row 54: a hub that was killed starts on a disk without room, not ready, and goes on with what it had when there is some."""
    kept = (await office.client.submit(office.parcel().data)).package
    hub.kill()
    hub.wrapper = ("prlimit", f"--fsize={hub.folder.stat().st_blksize}:")
    hub.launch()
    async with open_client(hub.url, None, retry=PATIENT) as client:
        assert not (await client.ready())[0]
    resource.prlimit(hub.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    hub.wait_until_ready()
    assert [each.id for each in (await office.client.packages()).items] == [kept.id]


async def test_no_room_for_the_log(hub):
    """Row 54: a hub whose log finds no room on the disk starts, refuses and accepts as ever, and stops when it is told to."""
    hub.log.symlink_to("/dev/full")
    hub.start()
    system_id, api_key = next(iter(pull_systems(hub).items()))
    async with open_client(hub.url, api_key, retry=ONCE) as client:
        office = Office(hub, client, await open_codes(client), system_id)
        with pytest.raises(ProblemError) as caught:
            await client.submit(b"<nonsense/>")
        assert caught.value.problem.status == 422
        assert not (await client.submit(office.parcel().data)).is_replay
    hub.stop()
    assert not hub.is_running


async def test_too_many_open_files(hub, office):
    """Row 55: without a free file descriptor the answer is 503 overloaded; the same process goes on when there are some."""
    parcel = office.parcel(LARGE)
    with starved(hub):
        assert await office.refused(parcel) == "overloaded"
        assert not (
            await office.client.submit(office.parcel().data)
        ).is_replay  # a small one needs none, even the first
    assert not (await office.client.submit(parcel.data)).is_replay


@pytest.mark.parametrize("by", [3600, -3600])
async def test_clock_steps(hub, tmp_path, by):
    """Row 58: while its clock is an hour off a hub says 503 clock-unreliable and is not ready; when it is right it accepts."""
    clock = tmp_path / "clock"
    step(clock, 0)
    hub.environment |= faked(clock)
    hub.start()
    system_id, api_key = next(iter(pull_systems(hub).items()))
    async with open_client(hub.url, api_key, retry=ONCE) as client:
        office = Office(hub, client, await open_codes(client), system_id)
        parcel = office.parcel()
        step(clock, by)
        await asyncio.sleep(2.0)  # the clock's file is read once a second
        assert await office.refused(parcel) == "clock-unreliable"
        assert not (await client.ready())[0]
        step(clock, 0)
        await asyncio.sleep(2.0)
        assert not (await client.submit(parcel.data)).is_replay
