"""One who sends while others are in trouble; by the hub's own clock, how long from acceptance to consignment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import aiohttp
import msgspec

from bench.demo import Demo
from bench.packages import Letter, write_packages

_LOOK_EVERY = 0.25


class Neighbour:
    """The demo's sender, who sends small packages to one agency; by itself to that of a system that asks."""

    def __init__(self, demo: Demo, url: str, work: Path, *, to: str | None = None, every: float = 0.05) -> None:
        """`every`: seconds between two packages."""
        self._sender = demo.sender
        self._to = demo.recipient.code if to is None else to
        self._url = url
        self._work = work
        self._every = every
        self._written = 0
        self._headers = {"Authorization": f"Bearer {self._sender.api_key}", "Content-Type": "application/xml"}

    async def send(self, count: int) -> list[float]:
        """Send so many packages, one after the other; return the seconds that each took."""
        return await self.took(await self.post(await asyncio.to_thread(self.write, count)))

    def write(self, count: int) -> Sequence[Path]:
        """Sign so many packages."""
        mark = f"n{self._written}-{self._to}"
        self._written += 1
        letters = [Letter(self._sender.code, (self._to,), mark, each) for each in range(count)]
        return write_packages(self._work / mark, letters, self._sender.seal)

    async def post(self, files: Sequence[Path]) -> list[str]:
        """Hand these packages in; return the ids that they got."""
        sent: list[str] = []
        async with aiohttp.ClientSession(self._url, headers=self._headers) as session:
            for file in files:
                began = time.monotonic()
                async with session.post("/v1/packages", data=file.read_bytes()) as answer:
                    body = await answer.read()
                    if answer.status != 201:
                        raise RuntimeError(f"a package was answered {answer.status}: {body[:300]!r}")
                sent.append(msgspec.json.decode(body)["id"])
                await asyncio.sleep(max(0.0, self._every - (time.monotonic() - began)))
        return sent

    async def took(self, package_ids: Sequence[str]) -> list[float]:
        """Wait until all these are consigned; return the seconds that each took."""
        async with aiohttp.ClientSession(self._url, headers=self._headers) as session:
            return [await _took(session, package_id) for package_id in package_ids]


async def _took(session: aiohttp.ClientSession, package_id: str) -> float:
    while True:
        async with session.get(f"/v1/packages/{package_id}") as answer:
            package = msgspec.json.decode(await answer.read())
        consigned_at = package["deliveries"][0]["consigned_at"]
        if consigned_at is not None:
            accepted_at = datetime.fromisoformat(package["accepted_at"])
            return (datetime.fromisoformat(consigned_at) - accepted_at).total_seconds()
        await asyncio.sleep(_LOOK_EVERY)
