"""Whose turn it is."""

import asyncio
from itertools import pairwise

from hub.turns import LoopTurns, Seats


async def settle():
    for _ in range(50):
        await asyncio.sleep(0)


async def test_names_take_turns():
    """A system with one package waits for one of another system, not for all that came before."""
    turns, order = LoopTurns(), []

    async def examine(name):
        await turns.turn(name)
        order.append(name)

    await asyncio.gather(*(examine(name) for name in ("a", "a", "a", "a", "b", "c", "b")))
    assert order == ["a", "a", "b", "c", "a", "b", "a"]


async def test_the_loop_goes_round_between_turns():
    """Between two turns everybody else on the event loop goes on."""
    turns, story = LoopTurns(), []

    async def examine():
        await turns.turn("a")
        story.append("examined")

    async def others():
        for _ in range(20):
            story.append("other")
            await asyncio.sleep(0)

    await asyncio.gather(*(examine() for _ in range(5)), others())
    places = [place for place, what in enumerate(story) if what == "examined"]
    assert all(later - earlier > 1 for earlier, later in pairwise(places))


async def test_who_leaves_is_passed_over():
    """A turn of somebody who has left goes to the next, and afterwards turns are free again."""
    turns, order = LoopTurns(), []

    async def examine(name):
        await turns.turn(name)
        order.append(name)

    tasks = [asyncio.create_task(examine(name)) for name in ("a", "b", "c")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await settle()
    assert order == ["a", "c"]
    await examine("d")
    assert order == ["a", "c", "d"]


async def test_seats():
    """So many sit at once; a seat that is left goes to the names in turn, and none is lost when somebody gives up."""
    seats, inside, doors = Seats(2), [], {}

    async def visit(visitor):
        async with seats.seat(visitor[0]):
            inside.append(visitor)
            await doors.setdefault(visitor, asyncio.Event()).wait()
            inside.remove(visitor)

    tasks = {each: asyncio.create_task(visit(each)) for each in ("a1", "a2", "a3", "a4", "b1")}
    await settle()
    assert inside == ["a1", "a2"]
    doors["a1"].set()
    await settle()
    assert inside == ["a2", "a3"]
    doors["a2"].set()
    await settle()
    assert inside == ["a3", "b1"]
    tasks["a3"].cancel()
    tasks["a4"].cancel()
    await settle()
    inside.remove("a3")
    doors["b1"].set()
    await settle()
    assert inside == []
    last = [asyncio.create_task(visit(each)) for each in ("c1", "c2")]
    await settle()
    assert inside == ["c1", "c2"]
    for each in ("c1", "c2"):
        doors[each].set()
    await asyncio.gather(*last)


class Seconds:
    """A clock on which every turn takes one millisecond."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 0.001
        return self.now


async def examined(turns, order, name):
    await turns.turn(name)
    order.append(name)


async def test_who_has_every_turn_pauses_for_others():
    """A system that sends much leaves a pause between its turns while another one sends now and then; alone it does not."""
    for names, is_paused in ((("b", "a", "a", "a"), True), (("a", "a", "a"), False)):
        turns, order = LoopTurns(Seconds()), []
        tasks = [asyncio.create_task(examined(turns, order, name)) for name in names]
        await settle()
        assert (len(order) < len(names)) is is_paused
        await asyncio.gather(*tasks)
        assert order == list(names)


async def test_the_other_one_need_not_wait_for_a_pause():
    """The pause is for the others: one that comes takes it, and the turns go on behind it."""
    turns, order = LoopTurns(Seconds()), []
    tasks = [asyncio.create_task(examined(turns, order, name)) for name in ("b", "a", "a", "a")]
    await settle()
    before = list(order)
    await examined(turns, order, "b")
    assert order == [*before, "b"]
    await asyncio.gather(*tasks)
    assert sorted(order) == ["a", "a", "a", "b", "b"]


async def test_several_that_send_much_do_not_pause():
    """Where another system waits, too, the turns follow one another without a pause."""
    turns, order = LoopTurns(Seconds()), []
    tasks = [asyncio.create_task(examined(turns, order, name)) for name in ("a", "b") * 5]
    await settle()
    assert len(order) == 10
    await asyncio.gather(*tasks)


async def test_cancelled_in_the_moment_of_its_turn():
    """A turn that was given to somebody who is cancelled at once goes on to the next."""
    turns, order = LoopTurns(), []
    tasks = [asyncio.create_task(examined(turns, order, name)) for name in ("a", "b", "c")]
    while order != ["a"]:
        await asyncio.sleep(0)
    while turns._rotation.next_name() != "c":
        await asyncio.sleep(0)
    tasks[1].cancel()
    await settle()
    assert order == ["a", "c"]
