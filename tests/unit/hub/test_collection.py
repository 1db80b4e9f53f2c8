"""Asking another axis: all pages, one process at a time, passing over what was refused."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from hub.accounts import Register, Snapshot
from hub.axis import AxisRefused, AxisUnreachable, AxisUnreadable, Waiting
from hub.collection import PAGE, Collection
from hub.reception import Taken
from hub.trouble import Defect, Deferral
from routing.schedule import RetrySchedule
from routing.values import Binding, System
from schemas.edxml import Kind
from tests.unit.hub.values import NOW, FixedRegister

EVERY = timedelta(milliseconds=20)


class ListAxis:
    """An axis that keeps documents in a list; `done` takes them away."""

    def __init__(self, *doc_ids: str) -> None:
        self.kept = list(doc_ids)
        self.questions = 0
        self.is_away = False
        self.forgets, self.has_pages = True, True
        self.page, self.ends_with_an_error = PAGE, False

    async def waiting(self, kind: Kind, page: int, size: int) -> tuple[Waiting, ...]:
        self.questions += 1
        if self.is_away:
            raise AxisUnreachable("no answer")
        listed = self.kept if kind is Kind.DOCUMENT else []
        if not self.has_pages:
            return tuple(map(Waiting, listed))
        size = min(size, self.page)
        found = listed[(page - 1) * size : page * size]
        if not found and page > 1 and self.ends_with_an_error:
            raise AxisRefused("10", "no such page")
        return tuple(map(Waiting, found))


class Desk:
    """Takes every message but those that it is told to refuse."""

    def __init__(self, *refused: str, takes: float = 0.0) -> None:
        self.refused = set(refused)
        self.seen: list[str] = []
        self.takes = takes
        self.raises: dict[str, Exception] = {}

    async def take(self, system_id: str, axis: ListAxis, item: Waiting) -> Taken:
        self.seen.append(item.doc_id)
        await asyncio.sleep(self.takes)
        if item.doc_id in self.raises:
            raise self.raises[item.doc_id]
        if item.doc_id in self.refused:
            return Taken.REFUSED
        if not axis.forgets:
            return Taken.REPEATED if self.seen.count(item.doc_id) > 1 else Taken.RECORDED
        axis.kept.remove(item.doc_id)
        return Taken.RECORDED


class OneLease:
    """Leases of one database, for as long as they are held."""

    def __init__(self) -> None:
        self.holders: dict[str, str] = {}
        self.is_lost = False

    async def hold(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        return not self.is_lost and self.holders.setdefault(name, holder) == holder

    async def let_go(self, name: str, holder: str) -> None:
        if self.holders.get(name) == holder:
            del self.holders[name]


def collection(axis: ListAxis | None, desk: Desk, leases: OneLease | None = None, version: int = 1) -> Collection:
    up = System("up", "", Binding.UPSTREAM, reaches=("*",))
    return Collection(
        reception=desk,
        axes=lambda system_id: axis if system_id == "up" else None,
        register=FixedRegister(Snapshot.of(Register(version, (up,), (), (), (), (), {}))),
        leases=leases or OneLease(),
        schedule=RetrySchedule.of_seconds(3600),
        clock=lambda: NOW,
        every=EVERY,
    )


async def until(look) -> None:
    async with asyncio.timeout(20):
        while not look():
            await asyncio.sleep(0.01)


@pytest.fixture
async def running():
    """Run collections until the end of the test."""
    tasks = []

    def start(*collections: Collection) -> None:
        tasks.extend(asyncio.create_task(each.run()) for each in collections)

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_everything_is_taken_page_by_page(running):
    """Three pages, each message once."""
    axis, desk = ListAxis(*(f"d{n:03}" for n in range(2 * PAGE + 5))), Desk()
    running(collection(axis, desk))
    await until(lambda: not axis.kept)
    assert desk.seen == [f"d{n:03}" for n in range(2 * PAGE + 5)]


@pytest.mark.parametrize("page, ends_with_an_error", [(PAGE, False), (10, False), (10, True)])
async def test_what_is_refused_hides_nothing_behind_it(running, page, ends_with_an_error):
    """Whole pages of refused messages are passed over, however long the axis makes a page, and not tried before they are due."""
    bad = [f"a{n:03}" for n in range(PAGE + 3)]
    axis, desk = ListAxis(*bad, "z1"), Desk(*bad)
    axis.page, axis.ends_with_an_error = page, ends_with_an_error
    running(collection(axis, desk))
    await until(lambda: axis.kept == bad)
    before = axis.questions
    await until(lambda: axis.questions > before + 6)
    assert sorted(desk.seen) == [*bad, "z1"]


@pytest.mark.parametrize(
    "trouble",
    [AxisUnreadable("no base64"), Deferral("revocation-unavailable"), Defect("defect"), KeyError("a bug")],
    ids=["unreadable", "unverifiable-now", "defect", "bug"],
)
async def test_one_message_that_cannot_be_taken_holds_up_no_other(running, trouble):
    """What is wrong with one message is a trouble of that message only."""
    axis, desk = ListAxis("broken", "d1"), Desk()
    desk.raises = {"broken": trouble}
    running(collection(axis, desk))
    await until(lambda: axis.kept == ["broken"])
    assert desk.seen == ["broken", "d1"]


async def test_a_hub_that_can_record_nothing_fetches_nothing_more(running):
    """Nothing is wrong with the message: it is taken first when there is room again."""
    axis, desk = ListAxis("d1", "d2"), Desk()
    desk.raises = {"d1": Deferral("storage-full")}
    running(collection(axis, desk))
    await until(lambda: len(desk.seen) > 2)
    assert set(desk.seen) == {"d1"}
    desk.raises = {}
    await until(lambda: not axis.kept)


async def test_a_message_that_breaks_the_connection_comes_last(running):
    """Nobody knows whether it is the message or the line: the others come first next time."""
    axis, desk = ListAxis("endless", "d1"), Desk()
    desk.raises = {"endless": AxisUnreachable("no answer within 60 s")}
    running(collection(axis, desk))
    await until(lambda: axis.kept == ["endless"])
    assert desk.seen == ["endless", "d1"]


@pytest.mark.parametrize("count", [1, PAGE])
async def test_an_axis_that_forgets_nothing_is_not_asked_for_ever(running, count):
    """A list that never gets shorter, or has no pages, is walked through once; what was taken is not fetched at every turn."""
    axis, desk = ListAxis(*(f"d{n:03}" for n in range(count))), Desk()
    axis.forgets, axis.has_pages = False, False
    running(collection(axis, desk))
    before = axis.questions
    await until(lambda: axis.questions > before + 12)
    assert sorted(desk.seen) == sorted([*axis.kept, *axis.kept])


async def test_an_axis_that_is_away_is_asked_again(running):
    """It is told as unhealthy while it is away, and asked until it answers."""
    axis, desk = ListAxis("d1"), Desk()
    axis.is_away = True
    asked = collection(axis, desk)
    running(asked)
    await until(lambda: axis.questions > 1)
    with pytest.raises(Deferral, match="up: no answer"):
        await asked.probe()
    axis.is_away = False
    await until(lambda: not axis.kept)
    await until(lambda: not asked._trouble)
    assert await asked.probe() == "answering: up"


async def test_an_upstream_without_address_is_told(running):
    """A system that stands for no usable axis is a trouble to be told."""
    asked = collection(None, Desk())
    running(asked)
    await until(lambda: asked._trouble)
    with pytest.raises(Deferral, match="no address"):
        await asked.probe()


async def test_one_process_at_a_time(running):
    """Two processes, one axis: whoever has the lease takes everything."""
    leases = OneLease()
    axis, desks = ListAxis(*(f"d{n}" for n in range(20))), (Desk(takes=0.01), Desk(takes=0.01))
    running(*(collection(axis, desk, leases) for desk in desks))
    await until(lambda: not axis.kept)
    assert sorted(desks[0].seen + desks[1].seen) == sorted(f"d{n}" for n in range(20))


async def test_the_lease_is_given_back():
    """A process that stops lets another one go on at once."""
    leases = OneLease()
    axis, desk = ListAxis("d1"), Desk(takes=30)
    task = asyncio.create_task(collection(axis, desk, leases).run())
    await until(lambda: desk.seen)
    assert leases.holders
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert leases.holders == {}


async def test_a_lost_lease_ends_the_work(running, monkeypatch):
    """What is being fetched when the lease is lost is left to whoever has it now."""
    monkeypatch.setattr("hub.collection.PROLONG_EVERY", timedelta(milliseconds=20))
    leases = OneLease()
    axis, desk = ListAxis("d1"), Desk(takes=30)
    asked = collection(axis, desk, leases)
    running(asked)
    await until(lambda: desk.seen)
    leases.is_lost = True
    await until(lambda: not asked._collecting)
    assert axis.kept == ["d1"]
