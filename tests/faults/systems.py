"""Systems of agencies as they should behave: they repeat what got no answer, and file a delivery once.

Everything they do goes into the history. What they file lives as long as the run, whatever happens to the hub.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from adapters.client import AxisClient, ContentDamaged, HubUnreachable, ProblemError, UnexpectedAnswer
from adapters.client.values import InboxItem
from schemas.edxml import StatusCode, encode
from schemas.edxml.compose import new_status
from schemas.edxml.parts import ResponseFor

from .history import History, Operation, Phase

T = TypeVar("T")

LEASE = 2.0  #: seconds; short, because whoever held a lease may be the one that was killed
_PAUSE = 0.05
_AT_ONCE = 60  #: deliveries that a recipient works on
_NOT_YET = frozenset({"rate-limited", "request-in-progress", "request-timeout"})  #: 4xx that say: try again


Door = Callable[[], AxisClient]  #: gives a client of any of the hub's processes


class Parcel(Struct, frozen=True, kw_only=True):
    """A package to send, and how its sender behaves about it."""

    data: bytes
    document_id: str
    recipients: tuple[str, ...]
    is_repeated: bool = False  #: sent once more after its acceptance
    gives_up: bool = False  #: the sender dies with the connection: no repetition
    keeps_key: bool = True  #: repetitions carry the same Idempotency-Key

    @property
    def sha256(self) -> str:
        """The digest of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


class Sender:
    """Posts parcels one after the other until each has a decisive answer."""

    def __init__(self, name: str, door: Door, history: History, pause: float = 0.0) -> None:
        self._name = name
        self._door = door
        self._history = history
        self._pause = pause  #: seconds between two parcels

    async def run(self, parcels: Callable[[], Parcel], is_over: asyncio.Event) -> None:
        """Send until the time is over; what was begun is finished."""
        while not is_over.is_set():
            parcel = parcels()
            is_accepted = await self.send(parcel)
            if is_accepted and parcel.is_repeated:
                await self.send(parcel)
            await asyncio.sleep(self._pause)

    async def send(self, parcel: Parcel) -> bool:
        """Post one parcel until there is a decisive answer; return whether it was accepted."""
        key = parcel.document_id.replace("/", ".").replace(",", ".")
        for attempt in range(1_000):
            phase = await self._post(parcel, key if parcel.keeps_key else f"{key}.{attempt}")
            if phase is not Phase.UNKNOWN or parcel.gives_up:
                return phase is Phase.OK
            await asyncio.sleep(_PAUSE)
        raise AssertionError(f"{parcel.document_id} never got an answer")

    async def _post(self, parcel: Parcel, key: str) -> Phase:
        said = {"sha256": parcel.sha256, "document_id": parcel.document_id, "recipients": parcel.recipients}
        self._history.write(self._name, Operation.SUBMIT, Phase.INVOKE, **said)
        phase, note, submitted = await decisive(self._door().submit(parcel.data, idempotency_key=key))
        if submitted is not None:
            said |= {"package_id": submitted.package.id, "receipt": submitted.package.receipt}
        self._history.write(self._name, Operation.SUBMIT, phase, note=note, **said)
        return phase


class Recipient:
    """Collects its inbox, fetches, files once, acknowledges; sometimes forgets to, and is offered the delivery again.

    About some documents it says how far its work has come: a status, sent like any package and repeated like one.
    """

    def __init__(self, name: str, door: Door, history: History, chance: random.Random, folder: Path) -> None:
        self._name = name
        self._door = door
        self._history = history
        self._chance = chance
        self._filed: set[str] = set()
        self._folder = folder  #: where what it fetches lies for a moment
        self._reports: set[asyncio.Task[bool]] = set()
        self._busy: dict[str, asyncio.Task[bool]] = {}  #: deliveries that are being taken over
        self.quiet_since: float | None = None  #: when the inbox began to be empty; None while it is not
        self.reports_until = float("inf")  #: time of the event loop from which no more statuses are sent

    async def run(self) -> None:
        """Collect for ever."""
        try:
            while True:
                for item in await self._collect():
                    if item.id not in self._busy:
                        self._begin(item)
                if len(self._busy) > _AT_ONCE:
                    await asyncio.wait(self._busy.values(), return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(_PAUSE)
        finally:
            for task in self._busy.values():
                task.cancel()

    def _begin(self, item: InboxItem) -> None:
        """Take over beside others: a process that hangs holds back only what was asked of it."""
        self._busy[item.id] = task = asyncio.create_task(self.take_over(item))
        task.add_done_callback(lambda _: self._busy.pop(item.id))

    async def _collect(self) -> tuple[InboxItem, ...]:
        self._history.write(self._name, Operation.COLLECT, Phase.INVOKE)
        phase, note, items = await decisive(self._door().inbox(limit=20, lease=LEASE))
        if items is None:
            self.quiet_since = None
            self._history.write(self._name, Operation.COLLECT, phase, note=note)
            return ()
        if items:
            self.quiet_since = None
        elif self.quiet_since is None and not self._busy:
            self.quiet_since = asyncio.get_running_loop().time()
        for item in items:
            said = {"delivery_id": item.id, "document_id": item.document_id, "sha256": item.sha256}
            self._history.write(self._name, Operation.COLLECT, Phase.OK, package_id=item.package_id, **said)
        return items

    async def take_over(self, item: InboxItem) -> bool:
        """Fetch, file and acknowledge one delivery; return whether it is acknowledged (or can never be)."""
        if item.id not in self._filed and not await self._fetch_and_file(item):
            return False
        if self._chance.random() < 0.05:  # it dies between filing and acknowledging
            return False
        said = {"delivery_id": item.id, "document_id": item.document_id, "package_id": item.package_id}
        self._history.write(self._name, Operation.ACKNOWLEDGE, Phase.INVOKE, **said)
        phase, note, concluded = await decisive(self._door().acknowledge(item.id))
        receipt = concluded.receipt if concluded is not None else ""
        self._history.write(self._name, Operation.ACKNOWLEDGE, phase, note=note, receipt=receipt, **said)
        if phase is Phase.OK and item.kind == "document" and self._chance.random() < 0.2:
            self._report(item)
        return phase is not Phase.UNKNOWN

    def _report(self, item: InboxItem) -> None:
        if asyncio.get_running_loop().time() < self.reports_until:
            sending = Sender(f"{self._name}#status", self._door, self._history).send(status_of(item))
            task = asyncio.create_task(sending)
            self._reports.add(task)
            task.add_done_callback(self._reports.discard)

    async def reported(self) -> None:
        """Send no more statuses, and wait until those that were begun have their answers."""
        self.reports_until = 0.0
        await asyncio.gather(*self._reports)

    async def _fetch_and_file(self, item: InboxItem) -> bool:
        said = {"delivery_id": item.id, "document_id": item.document_id, "package_id": item.package_id}
        file = self._folder / item.id
        phase, note, content = await decisive(self._door().delivery_content(item.id, file))
        if content is None:
            self._history.write(self._name, Operation.FETCH, phase, note=note, **said)
            return False
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        file.unlink()
        self._history.write(self._name, Operation.FETCH, Phase.OK, sha256=sha256, **said)
        self._filed.add(item.id)
        self._history.write(item.recipient, Operation.TAKE, Phase.OK, sha256=sha256, **said)
        return True


def status_of(item: InboxItem) -> Parcel:
    """Return the status 03 (accepted) about a document."""
    number = item.document_id.rpartition(",")[2].partition("/")[0]
    envelope = new_status(
        sender=item.recipient,
        response=ResponseFor(item.sender, f"{number}/CV-STTTT", item.document_id),
        code=StatusCode("03"),
        at=datetime.now(UTC),
        description=f"{item.id}",
    )
    return Parcel(data=encode(envelope), document_id=f"{item.document_id}/{item.recipient}", recipients=(item.sender,))


async def decisive(call: Awaitable[T]) -> tuple[Phase, str, T | None]:
    """Await one call; return how it ended, why, and its answer when there is one."""
    try:
        return Phase.OK, "", await call
    except ProblemError as error:
        is_no = 400 <= error.problem.status < 500 and error.code not in _NOT_YET
        return (Phase.FAIL if is_no else Phase.UNKNOWN), error.code, None
    except (HubUnreachable, UnexpectedAnswer) as error:
        return Phase.UNKNOWN, str(error), None
    except ContentDamaged as error:
        return Phase.FAIL, str(error), None
