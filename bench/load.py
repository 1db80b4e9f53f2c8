"""The load generator, in a process of its own: `python -m bench.load JOB RESULT` (two JSON files).

Senders post as fast as they are answered; the recipient collects its inbox, fetches and hashes every content, and
acknowledges; the sender reads its feed until every accepted package has the receipts of its acceptance, consignment and
handover. The same code drives the hub and the obvious design. The clock stops at the last receipt; what was received is
judged after that.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from msgspec import Struct

from bench.ledger import Ledger
from bench.wire import Answer, Wire, wired

_PAGE = 200  #: the largest page of the contract
_PAUSE = 0.05  #: seconds between two looks at a list that was not full, as a client that polls would wait


class Job(Struct, frozen=True, kw_only=True):
    """What to do. `files` are signed packages; posting stops at their end, or after `seconds`.

    With `per_second` they are posted at that rate, by all clients together; else as fast as they are answered. The feed is
    read from behind `after`.
    """

    url: str
    sender_key: str
    recipient_key: str
    files: tuple[str, ...]
    clients: int
    hub_certificate: str
    seconds: float = 3600.0
    per_second: float = 0.0
    after: int = 0
    give_up_after: float = 120.0


class Post(Struct, frozen=True):
    """One answered post; times by the system's monotonic clock, in seconds."""

    began_at: float
    answered_at: float


class Result(Struct, frozen=True, kw_only=True):
    """What came of a job. `faults` is empty when everything that was accepted was handed over and receipted."""

    posts: tuple[Post, ...]
    ended_at: float
    accepted: int
    receipts: dict[str, int]
    cpu_seconds: float
    faults: tuple[str, ...]


class Load:
    """One run."""

    def __init__(self, job: Job, wire: Wire) -> None:
        self._job = job
        self._wire = wire
        self._sender = f"Authorization: Bearer {job.sender_key}\r\n".encode()
        self._recipient = f"Authorization: Bearer {job.recipient_key}\r\n".encode()
        self._ledger = Ledger()
        self._posts: list[Post] = []
        self._taken: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_PAGE)
        self._slot_at = 0.0  #: when the next package may be posted, by the system's monotonic clock
        self._has_posted = False
        self._is_done = False

    async def run(self, bodies: Sequence[bytes]) -> Result:
        """Post, collect and read receipts at the same time, until all is there."""
        async with asyncio.timeout(self._job.give_up_after):
            workers = [asyncio.create_task(self._take_over()) for _ in range(self._job.clients)]
            collector = asyncio.create_task(self._collect())
            await _unless_failed(self._post_and_read(iter(bodies)), [collector, *workers])
            ended_at = time.monotonic()
            # A long poll that is cut off may still lease what comes next, to nobody: let it end by itself.
            await collector
            for worker in workers:
                worker.cancel()
        return Result(
            posts=tuple(self._posts),
            ended_at=ended_at,
            accepted=len(self._ledger.accepted),
            receipts=self._ledger.count_receipts(),
            cpu_seconds=time.process_time(),
            faults=tuple(self._ledger.faults(Path(self._job.hub_certificate))),
        )

    async def _post_and_read(self, bodies: Iterator[bytes]) -> None:
        feed = asyncio.create_task(self._read_feed())
        until = time.monotonic() + self._job.seconds
        await asyncio.gather(*(self._post(bodies, until) for _ in range(self._job.clients)))
        self._has_posted = True
        await feed
        self._is_done = True

    async def _post(self, bodies: Iterator[bytes], until: float) -> None:
        headers = self._sender + b"Content-Type: application/edxml+xml\r\n"
        for body in bodies:
            await self._wait_for_slot()
            began_at = time.monotonic()
            if began_at > until:
                return
            answer = await self._wire.ask("POST", "/v1/packages", headers, body)
            self._posts.append(Post(began_at, time.monotonic()))
            if answer.status == 201:
                self._ledger.accept(msgspec.json.decode(answer.body), body)
            else:
                self._ledger.note(f"a package was answered {answer.status}: {answer.body[:300]!r}")

    async def _wait_for_slot(self) -> None:
        if self._job.per_second:
            slot_at = max(self._slot_at, time.monotonic() - 1.0)  # what was missed longer ago is not made up for
            self._slot_at = slot_at + 1 / self._job.per_second
            await asyncio.sleep(max(0.0, slot_at - time.monotonic()))

    async def _collect(self) -> None:
        while not self._is_done:
            url = f"/v1/inbox?wait=1&limit={_PAGE}"
            items = _items(await self._wire.ask("GET", url, self._recipient))
            for item in items:
                await self._taken.put(item)
            if len(items) < _PAGE:
                await asyncio.sleep(_PAUSE)

    async def _take_over(self) -> None:
        while True:
            item = await self._taken.get()
            path = f"/v1/deliveries/{item['id']}"
            content = await self._wire.ask("GET", f"{path}/content", self._recipient)
            answer = await self._wire.ask("POST", f"{path}/ack", self._recipient)
            if answer.status != 200:
                self._ledger.note(f"an acknowledgement was answered {answer.status}: {answer.body[:300]!r}")
                continue
            digest = hashlib.sha256(content.body).hexdigest()
            self._ledger.hand_over(item["package_id"], digest, msgspec.json.decode(answer.body)["receipt"])

    async def _read_feed(self) -> None:
        after = str(self._job.after)
        while not (self._has_posted and self._ledger.is_complete()):
            url = f"/v1/feed?after={after}&wait=1&limit={_PAGE}"
            items = _items(await self._wire.ask("GET", url, self._sender))
            for item in items:
                self._ledger.receive(item)
                after = str(item["cursor"])
            if len(items) < _PAGE:
                await asyncio.sleep(_PAUSE)


def _items(answer: Answer) -> list[dict[str, Any]]:
    if answer.status != 200:
        raise RuntimeError(f"a list was answered {answer.status}: {answer.body[:300]!r}")
    items: list[dict[str, Any]] = msgspec.json.decode(answer.body)["items"]
    return items


async def _unless_failed(main: Coroutine[Any, Any, None], others: Sequence[asyncio.Task[None]]) -> None:
    """Run `main` to its end; the others only end by failing, which then fails the run."""
    task = asyncio.create_task(main)
    done, _ = await asyncio.wait([task, *others], return_when=asyncio.FIRST_COMPLETED)
    for each in done:
        each.result()


async def generate(job: Job, bodies: Sequence[bytes]) -> Result:
    """Carry out a job."""
    async with wired(job.url) as wire:
        return await Load(job, wire).run(bodies)


def main() -> None:
    """Read the job, carry it out, write the result."""
    job = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Job)
    bodies = [Path(file).read_bytes() for file in job.files]
    Path(sys.argv[2]).write_bytes(msgspec.json.encode(uvloop.run(generate(job, bodies))))


if __name__ == "__main__":
    main()
