"""Facts about the byte budget."""

import asyncio

from hub.examination import ByteBudget


async def test_pieces_wait_until_they_fit():
    """A third piece waits for the first two, then goes on."""
    budget = ByteBudget(10)
    order: list[str] = []

    async def hold(name: str, size: int, *, for_turns: int) -> None:
        async with budget.hold(size):
            order.append(name)
            for _ in range(for_turns):
                await asyncio.sleep(0)
            order.append(f"{name} done")

    await asyncio.gather(hold("a", 6, for_turns=5), hold("b", 4, for_turns=5), hold("c", 6, for_turns=0))
    assert order.index("c") > order.index("a done")


async def test_a_piece_beyond_the_limit_passes_alone():
    """One package larger than the whole budget is not refused."""
    budget = ByteBudget(10)
    async with asyncio.timeout(5), budget.hold(100):
        pass


async def test_a_failure_gives_its_bytes_back():
    """What an exception held is free again."""
    budget = ByteBudget(10)
    try:
        async with budget.hold(10):
            raise ValueError
    except ValueError:
        pass
    async with asyncio.timeout(5), budget.hold(10):
        pass
