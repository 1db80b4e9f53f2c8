"""Whose turn it is."""

import asyncio
from itertools import groupby, pairwise

from hub.pace import LONGEST, Pace
from hub.turns import LoopTurns, Seats, Takings


async def settle():
    for _ in range(50):
        await asyncio.sleep(0)


async def test_names_take_turns():
    """A system with one package waits for one of another system, not for all that came before."""
    turns, order = LoopTurns(Pace(0.0), in_a_round=1), []

    async def examine(name):
        await turns.turn(name)
        order.append(name)

    await asyncio.gather(*(examine(name) for name in ("a", "a", "a", "a", "b", "c", "b")))
    assert order == ["a", "a", "b", "c", "a", "b", "a"]


async def story_of(turns, examinations):
    """What happens on a loop with so many examinations and somebody else who wants one step in each round."""
    story = []

    async def examine():
        await turns.turn("a")
        story.append("examined")

    async def others():
        for _ in range(20):
            story.append("other")
            await asyncio.sleep(0)

    await asyncio.gather(*(examine() for _ in range(examinations)), others())
    return story


async def test_the_loop_goes_round_between_turns():
    """Between two turns everybody else on the event loop goes on."""
    story = await story_of(LoopTurns(Pace(0.0), in_a_round=1), 5)
    places = [place for place, what in enumerate(story) if what == "examined"]
    assert all(later - earlier > 1 for earlier, later in pairwise(places))


async def test_a_few_turns_in_a_row():
    """So many examinations follow each other directly; then the loop goes round before the next ones."""
    story = await story_of(LoopTurns(Pace(0.0), in_a_round=3), 6)
    rows = [len(list(row)) for what, row in groupby(story) if what == "examined"]
    assert rows == [3, 3]


async def test_who_leaves_is_passed_over():
    """A turn of somebody who has left goes to the next, and afterwards turns are free again."""
    turns, order = LoopTurns(Pace(0.0), in_a_round=1), []

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
    seats, inside, doors = Seats(2, Pace(0.0)), [], {}

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


class Held(Pace):
    """A pace at which one system waits until it is let go."""

    def __init__(self, name):
        super().__init__(0.0)
        self.name = name

    def wait(self, name):
        return 0.001 if name == self.name else 0.0


class Flooding(Pace):
    """A pace at which one system is said to flood, without having to wait."""

    def __init__(self, name):
        super().__init__(1.0)
        self.name = name

    def floods(self, name):
        return name == self.name

    def wait(self, _name):
        return 0.0


async def examined(turns, order, name):
    await turns.turn(name)
    order.append(name)


async def test_who_is_held_back_lets_the_others_by():
    """While one system is held back the turns of the others go on; then it gets its own."""
    pace = Held("a")
    turns, order = LoopTurns(pace, in_a_round=1), []
    tasks = [asyncio.create_task(examined(turns, order, name)) for name in ("a", "b", "a", "c")]
    await settle()
    assert order == ["b", "c"]
    pace.name = None
    await asyncio.gather(*tasks)
    assert order == ["b", "c", "a", "a"]


async def test_nobody_overtakes_within_a_system():
    """A package that comes when its system is no longer held back goes behind those of it that wait."""
    pace = Held("a")
    turns, order = LoopTurns(pace, in_a_round=1), []

    async def numbered(number):
        await turns.turn("a")
        order.append(number)

    waiting = [asyncio.create_task(numbered(number)) for number in (1, 2)]
    await settle()
    pace.name = None
    await asyncio.gather(numbered(3), *waiting)
    assert order == [1, 2, 3]


async def test_seats_left_free_by_one_that_is_held_back():
    """A seat that a flooding system may not have yet is free for another."""
    seats = Seats(1, Held("a"))
    held = asyncio.create_task(seats.seat("a").__aenter__())
    await settle()
    async with seats.seat("b"):
        assert not held.done()
    held.cancel()


async def test_who_floods_sits_alone():
    """A system that floods has one seat at a time; the seats beside it are for the others."""
    seats = Seats(3, Flooding("a"))
    visits = [seats.seat(name) for name in ("a", "b", "b", "a")]
    async with seats.seat("a"):
        held = [asyncio.create_task(each.__aenter__()) for each in visits]
        await settle()
        assert [each.done() for each in held] == [False, True, True, False]
    await settle()
    assert [each.done() for each in held] == [True, True, True, False]
    held[3].cancel()


async def test_cancelled_in_the_moment_of_its_turn():
    """A turn that was given to somebody who is cancelled at once goes on to the next."""
    turns, order = LoopTurns(Pace(0.0), in_a_round=1), []
    tasks = [asyncio.create_task(examined(turns, order, name)) for name in ("a", "b", "c")]
    while order != ["a"]:
        await asyncio.sleep(0)
    while turns._gate._rotation.names() != ("c",):
        await asyncio.sleep(0)
    tasks[1].cancel()
    await settle()
    assert order == ["a", "c"]


async def test_takings_of_a_flood_wait_and_those_of_others_do_not():
    """Whoever takes at its leisure passes by a system that takes without pause."""
    now = 0.0
    pace = Pace(0.2, lambda: now, lambda: 0.0)
    takings, order = Takings(pace), []

    async def take(name):
        await takings.turn(name)
        order.append(name)

    pace.took("sender")
    held = [asyncio.create_task(take("drain")) for _ in range(1000)]
    await settle()
    await asyncio.gather(*(take(name) for name in ("a", "b", "a")))
    assert order[-3:] == ["a", "b", "a"]
    before = order.count("drain")
    assert before < len(held)
    now += LONGEST
    held.append(asyncio.create_task(take("drain")))
    await settle()
    assert order.count("drain") > before
    for each in held:
        each.cancel()
