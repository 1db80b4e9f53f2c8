"""A run: load, faults, recovery, drain, audit, judgement."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from msgspec import Struct

from adapters.client import AxisClient, RetryPolicy, open_client
from signing.certificates import TrustAnchors
from signing.errors import Untrusted
from signing.keys import load_certificates
from signing.receipt import open_receipt

from . import report
from .called import CalledRecipient, called
from .checker import check, undelivered
from .history import History, Operation, Phase
from .post import Correspondence, open_codes, pull_systems
from .report import Report
from .site import Profile, Site, open_site
from .systems import LEASE, Door, Recipient, Sender

_ONCE = RetryPolicy(attempts=1, answer_within=8.0)  #: the systems repeat themselves, so that the history shows it
_DRAIN_LIMIT = 90.0

Hurt = Callable[[Site, History], Awaitable[None]]  #: hurts a site, and heals it, for as long as there is to be load


class Load(Struct, frozen=True):
    """How much is sent: senders per system that asks, and the pause of each between two parcels, in seconds."""

    senders: int = 3
    pause: float = 0.0


USUAL = Load()


async def run(
    folder: Path, hurt: Hurt, *, seed: int, profile: Profile = Profile.EMBEDDED, load: Load = USUAL
) -> Report:
    """Hurt a demo hub in `folder` under load and report what was seen."""
    async with open_site(folder, profile) as site:
        return await exchange(site, folder / "history.jsonl", hurt, seed=seed, load=load)


async def exchange(site: Site, file: Path, hurt: Hurt, *, seed: int, load: Load = USUAL) -> Report:
    """Hurt a running site under load, let it drain, audit it and report what was seen."""
    began_at = time.monotonic()
    with History.writing(file) as history:
        await _exchange(site, history, hurt, seed, load, file.parent)
        await _audit(site, history)
    return Report(
        title=f"{len(site.hubs)} hub process{'es' if len(site.hubs) > 1 else ''} on "
        + ("SQLite" if site.postgresql is None else "PostgreSQL and RabbitMQ"),
        seed=seed,
        seconds=time.monotonic() - began_at,
        faults=report.faults(history.entries),
        notes=report.notes(history.entries),
        counts=report.counts(history.entries),
        stalls=report.stalls(history.entries),
        violations=check(history.entries),
        alarms=report.alarms(site.hubs[0].log),
        history=file,
    )


async def _exchange(site: Site, history: History, hurt: Hurt, seed: int, load: Load, folder: Path) -> None:
    chance = random.Random(seed)
    is_over = asyncio.Event()
    async with AsyncExitStack() as stack:
        recipients, receiving, sending = [], [], []
        webhook = next(each for each in site.hubs[0].credentials["systems"] if each["binding"] == "webhook")
        for system_id, api_key in pull_systems(site.hubs[0]).items():
            door = await stack.enter_async_context(doors(site, api_key, chance))
            recipient = Recipient(system_id, door, history, random.Random(chance.random()), folder)
            recipients.append(recipient)
            receiving.append(asyncio.create_task(recipient.run()))
            codes = await open_codes(door())
            letters = Correspondence(
                site.hubs[0], system_id, codes, random.Random(chance.random()), frozenset({webhook["id"]}), f"f{seed}"
            )
            for number in range(load.senders):
                sender = Sender(f"{system_id}#{number}", door, history, load.pause)
                sending.append(asyncio.create_task(sender.run(letters.next_parcel, is_over)))
        door = await stack.enter_async_context(doors(site, webhook["api_key"], chance))
        called_one = Recipient(webhook["id"], door, history, random.Random(chance.random()), folder)
        calls = CalledRecipient(called_one, webhook["secret"])
        await stack.enter_async_context(called(calls, site.webhook_port))
        receiving.append(asyncio.create_task(calls.run()))
        try:
            await hurt(site, history)
            for hub in site.hubs:
                await site.answers(hub, "/readyz")
            is_over.set()
            await asyncio.gather(*sending)
            await asyncio.gather(*(each.reported() for each in (*recipients, called_one)))
            await _drain((*recipients, calls), history)
        finally:
            for task in (*receiving, *sending):
                task.cancel()
            ended = await asyncio.gather(*receiving, *sending, return_exceptions=True)
        for each in ended:
            if isinstance(each, Exception):
                raise each


@asynccontextmanager
async def doors(site: Site, api_key: str, chance: random.Random) -> AsyncIterator[Door]:
    """Give what picks a client of any of the site's processes, as a balancer in front of them would."""
    picks = random.Random(chance.random())
    async with AsyncExitStack() as stack:
        clients: list[AxisClient] = [
            await stack.enter_async_context(open_client(url, api_key, retry=_ONCE)) for url in site.urls
        ]
        yield lambda: picks.choice(clients)


async def _drain(recipients: Sequence[Recipient | CalledRecipient], history: History) -> None:
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


async def _audit(site: Site, history: History) -> None:
    """Read every system's whole feed and verify every receipt offline."""
    anchors = TrustAnchors(load_certificates((site.folder / "pki/root.cert.pem").read_bytes()))
    for system in site.hubs[0].credentials["systems"]:
        if system["binding"] in {"pull", "webhook"}:
            async with open_client(site.hubs[0].url, system["api_key"]) as client:
                await _read_feed(client, system["id"], anchors, history)


async def _read_feed(client: AxisClient, system_id: str, anchors: TrustAnchors, history: History) -> None:
    async for item in client.feed(wait=None):
        if item.jws is None:
            continue
        sha256, is_verified, note, stated_at = _opened(item.jws, item.event, item.package_id, item.delivery, anchors)
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
            stated_at=stated_at,
            note=note,
        )


def _opened(
    jws: str, event: str | None, package_id: str | None, delivery_id: str | None, anchors: TrustAnchors
) -> tuple[str, bool, str, float]:
    """Return the digest that a receipt speaks of, whether it verifies and says what the feed says, and its time."""
    try:
        receipt = open_receipt(jws, anchors=anchors).receipt
    except Untrusted as error:
        return "", False, error.detail_en, 0.0
    is_same = (receipt.event, receipt.package.id, receipt.delivery) == (event, package_id, delivery_id)
    note = "" if is_same else "the feed says something else than the receipt"
    return receipt.package.sha256, is_same, note, receipt.at.timestamp()
