"""A run: load, faults, recovery, drain, audit, judgement."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from msgspec import Struct

from adapters.client import AxisClient, RetryPolicy, open_client
from signing.certificates import TrustAnchors
from signing.errors import Untrusted
from signing.receipt import open_receipt
from tests.support.hub import HubProcess

from .checker import Violation, check, undelivered
from .harm import Fault
from .history import Entry, History, Operation, Phase
from .post import Correspondence, open_codes, pull_systems
from .systems import LEASE, Recipient, Sender

_ONCE = RetryPolicy(attempts=1, answer_within=15.0)  #: the systems repeat themselves, so that the history shows it
_DRAIN_LIMIT = 90.0


class Report(Struct, frozen=True, kw_only=True):
    """What came of a run. `alarms` are the log lines of level error or worse."""

    seed: int
    faults: int
    seconds: float
    counts: dict[str, int]
    violations: tuple[Violation, ...]
    alarms: tuple[str, ...]
    history: Path

    def __str__(self) -> str:
        lines = [f"seed {self.seed}: {self.faults} faults in {self.seconds:.0f} s, history in {self.history}"]
        lines += [f"  {count:7}  {name}" for name, count in self.counts.items()]
        lines += [
            f"  {len(self.alarms):7}  errors in the hub's log",
            *(f"           {each[:300]}" for each in self.alarms[:5]),
        ]
        lines += [f"  {len(self.violations):7}  violations", *(f"           {each}" for each in self.violations[:50])]
        return "\n".join(lines)


async def run(folder: Path, fault: Fault, *, times: int, seed: int, senders_per_system: int = 3) -> Report:
    """Hurt a demo hub in `folder` so many times under load and report what was seen."""
    began_at = time.monotonic()
    hub = HubProcess.create(folder / "hub")
    hub.start()
    try:
        with History.writing(folder / "history.jsonl") as history:
            await _exchange(hub, history, fault, times, random.Random(seed), senders_per_system)
            await _audit(hub, history)
    finally:
        hub.kill()
    return Report(
        seed=seed,
        faults=times,
        seconds=time.monotonic() - began_at,
        counts=_counts(history.entries),
        violations=check(history.entries),
        alarms=_alarms(hub.log),
        history=folder / "history.jsonl",
    )


async def _exchange(
    hub: HubProcess, history: History, fault: Fault, times: int, chance: random.Random, senders_per_system: int
) -> None:
    is_over = asyncio.Event()
    async with AsyncExitStack() as stack:
        recipients: list[Recipient] = []
        sending: list[asyncio.Task[None]] = []
        for system_id, api_key in pull_systems(hub).items():
            client = await stack.enter_async_context(open_client(hub.url, api_key, retry=_ONCE))
            recipients.append(Recipient(system_id, client, history, random.Random(chance.random())))
            codes = await open_codes(client)
            letters = Correspondence(hub, system_id, codes, random.Random(chance.random()))
            for number in range(senders_per_system):
                sender = Sender(f"{system_id}#{number}", client, history)
                sending.append(asyncio.create_task(sender.run(letters.next_parcel, is_over)))
        receiving = [asyncio.create_task(recipient.run()) for recipient in recipients]
        for _ in range(times):
            note = await fault.strike(hub, chance)
            history.write("hub", Operation.FAULT, Phase.OK, note=note)
        is_over.set()
        await asyncio.gather(*sending)
        await _drain(recipients, history)
        for task in receiving:
            task.cancel()
        await asyncio.gather(*receiving, return_exceptions=True)
        for task in receiving:
            if not task.cancelled():
                task.result()


async def _drain(recipients: Sequence[Recipient], history: History) -> None:
    """Wait until all is delivered and every inbox has been empty for longer than any lease.

    Gives up after a while and lets the audit speak: what a killed hub had claimed is free again only when the claim ends.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _DRAIN_LIMIT
    while loop.time() < deadline:
        quiet = [loop.time() - each.quiet_since if each.quiet_since is not None else 0.0 for each in recipients]
        if min(quiet) > LEASE + 1.0 and not undelivered(history.entries):
            return
        await asyncio.sleep(0.2)


async def _audit(hub: HubProcess, history: History) -> None:
    """Read every system's whole feed and verify every receipt offline."""
    anchors = TrustAnchors.from_pem((hub.folder / "pki/root.cert.pem").read_bytes())
    for system_id, api_key in pull_systems(hub).items():
        async with open_client(hub.url, api_key) as client:
            await _read_feed(client, system_id, anchors, history)


async def _read_feed(client: AxisClient, system_id: str, anchors: TrustAnchors, history: History) -> None:
    async for item in client.feed(wait=None):
        if item.jws is None:
            continue
        sha256, is_verified, note = _opened(item.jws, item.event, item.package_id, item.delivery, anchors)
        history.write(
            system_id,
            Operation.RECEIPT,
            Phase.OK,
            event=item.event or "",
            package_id=item.package_id or "",
            delivery_id=item.delivery or "",
            document_id=item.document_id or "",
            receipt=item.jws,
            position=int(item.cursor),
            sha256=sha256,
            is_verified=is_verified,
            note=note,
        )


def _opened(
    jws: str, event: str | None, package_id: str | None, delivery_id: str | None, anchors: TrustAnchors
) -> tuple[str, bool, str]:
    """Return the digest that a receipt speaks of, and whether it verifies and says what the feed says."""
    try:
        receipt = open_receipt(jws, anchors=anchors).receipt
    except Untrusted as error:
        return "", False, error.detail_en
    is_same = (receipt.event, receipt.package.id, receipt.delivery) == (event, package_id, delivery_id)
    return receipt.package.sha256, is_same, "" if is_same else "the feed says something else than the receipt"


def _counts(entries: Sequence[Entry]) -> dict[str, int]:
    """Count what happened, in the order of first occurrence; invocations are left out."""
    ended = Counter(f"{each.operation} {each.phase}" for each in entries if each.phase is not Phase.INVOKE)
    return dict(sorted(ended.items()))


def _alarms(log: Path) -> tuple[str, ...]:
    found: list[str] = []
    for line in log.read_text("utf-8", "replace").splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(entry, dict) and str(entry.get("level", "")).lower() in {"error", "critical"}:
            found.append(line)
    return tuple(found)
