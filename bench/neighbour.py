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

_EVERY = 0.05  #: seconds between two packages
_LOOK_EVERY = 0.25


class Neighbour:
    """The demo's sender, who sends to its recipient, a system that asks."""

    def __init__(self, demo: Demo, url: str, work: Path) -> None:
        self._demo = demo
        self._url = url
        self._work = work
        self._sent = 0

    async def send(self, count: int) -> list[float]:
        """Send so many packages, one after the other; return the seconds that each took."""
        mark = f"n{self._sent}"
        letters = [Letter(self._demo.sender.code, (self._demo.recipient.code,), mark, each) for each in range(count)]
        files = write_packages(self._work / mark, letters, self._demo.sender.seal)
        self._sent += 1
        headers = {"Authorization": f"Bearer {self._demo.sender.api_key}", "Content-Type": "application/xml"}
        async with aiohttp.ClientSession(self._url, headers=headers) as session:
            return [await _took(session, package_id) for package_id in await _post(session, files)]


async def _post(session: aiohttp.ClientSession, files: Sequence[Path]) -> list[str]:
    sent: list[str] = []
    for file in files:
        began = time.monotonic()
        async with session.post("/v1/packages", data=file.read_bytes()) as answer:
            body = await answer.read()
            if answer.status != 201:
                raise RuntimeError(f"a package was answered {answer.status}: {body[:300]!r}")
        sent.append(msgspec.json.decode(body)["id"])
        await asyncio.sleep(max(0.0, _EVERY - (time.monotonic() - began)))
    return sent


async def _took(session: aiohttp.ClientSession, package_id: str) -> float:
    while True:
        async with session.get(f"/v1/packages/{package_id}") as answer:
            package = msgspec.json.decode(await answer.read())
        consigned_at = package["deliveries"][0]["consigned_at"]
        if consigned_at is not None:
            accepted_at = datetime.fromisoformat(package["accepted_at"])
            return (datetime.fromisoformat(consigned_at) - accepted_at).total_seconds()
        await asyncio.sleep(_LOOK_EVERY)
