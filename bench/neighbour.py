"""One who sends while others are in trouble; by the hub's own clock, how long from acceptance to consignment.

Packages do not come in step: what is sent every so many milliseconds exactly meets the turns of the hub's loops, which are
20 ms apart, always in the same moment, and a whole round is slow or fast by chance.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import aiohttp
import msgspec

from bench.demo import Demo
from bench.packages import Letter, write_packages

_LOOK_EVERY = 0.25


class Neighbour:
    """The demo's sender."""

    def __init__(self, demo: Demo, url: str) -> None:
        self._url = url
        self._random = random.Random(1)
        self._headers = {"Authorization": f"Bearer {demo.sender.api_key}", "Content-Type": "application/xml"}

    async def send(self, files: Iterable[Path], *, every: float) -> list[float]:
        """Hand these packages in, one after the other, so many seconds apart on average; return the seconds that each took."""
        return await self.took(await self.post(files, every=every))

    async def post(self, files: Iterable[Path], *, every: float) -> list[str]:
        """Hand these packages in as `send` does; return the ids that they got."""
        sent: list[str] = []
        async with aiohttp.ClientSession(self._url, headers=self._headers) as session:
            for file in files:
                began = time.monotonic()
                async with session.post("/v1/packages", data=file.read_bytes()) as answer:
                    body = await answer.read()
                    if answer.status != 201:
                        raise RuntimeError(f"a package was answered {answer.status}: {body[:300]!r}")
                sent.append(msgspec.json.decode(body)["id"])
                pause = every * self._random.uniform(0.5, 1.5)
                await asyncio.sleep(max(0.0, pause - (time.monotonic() - began)))
        return sent

    async def took(self, package_ids: Sequence[str]) -> list[float]:
        """Wait until all these are consigned; return the seconds that each took."""
        async with aiohttp.ClientSession(self._url, headers=self._headers) as session:
            return [await _took(session, package_id) for package_id in package_ids]


def sign_for(codes: Sequence[str], count: int, demo: Demo, folder: Path) -> dict[str, Iterator[Path]]:
    """Sign so many small packages for each of these agencies: beforehand, for it takes both cores."""
    recipients = [code for _ in range(count) for code in codes]
    letters = [Letter(demo.sender.code, (code,), folder.name, number) for number, code in enumerate(recipients)]
    files = write_packages(folder, letters, demo.sender.seal)
    return {code: iter(files[at :: len(codes)]) for at, code in enumerate(codes)}


async def _took(session: aiohttp.ClientSession, package_id: str) -> float:
    while True:
        async with session.get(f"/v1/packages/{package_id}") as answer:
            package = msgspec.json.decode(await answer.read())
        consigned_at = package["deliveries"][0]["consigned_at"]
        if consigned_at is not None:
            accepted_at = datetime.fromisoformat(package["accepted_at"])
            return (datetime.fromisoformat(consigned_at) - accepted_at).total_seconds()
        await asyncio.sleep(_LOOK_EVERY)
