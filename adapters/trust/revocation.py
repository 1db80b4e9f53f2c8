"""The hub's own cache of revocation evidence: asked in the background, read by every examination, never waited for.

Each source (a configured CRL, one that a certificate names, or an OCSP responder where only that is named) is asked ahead
of its nextUpdate. What comes is believed only when it is readable, signed by a known authority, not from the future and
not older than what is held; it is then written to disk and joins the evidence, which is replaced whole. When a source is
down its last word serves for the grace time; after that the path check itself says revocation-unavailable, and nothing
here needs to intervene.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from cryptography import x509
from msgspec.structs import replace

from adapters.egress import Guard, open_session
from adapters.trust.fetching import Fetcher, FetchFailed
from adapters.trust.judging import Judge
from adapters.trust.sources import Directions, Manner, Source
from adapters.trust.standing import Held, Pace, Standing
from adapters.trust.vault import Vault
from hub.measures import Measure
from hub.settings import RevocationSettings
from signing.revocation import OcspAnswer, Revocation, RevocationEvidence, RevocationList
from signing.verify import RegisteredCertificate

_AT_ONCE = 4  #: sources asked at the same time

_log = structlog.get_logger("adapters.trust")


class RevocationCache:
    """Keeps evidence fresh; `current` is what examinations require. Made by `open_revocation`."""

    def __init__(
        self,
        *,
        directions: Directions,
        registered: Callable[[], Mapping[str, RegisteredCertificate]],
        judge: Judge,
        fetcher: Fetcher,
        vault: Vault,
        clock: Callable[[], datetime],
        pace: Pace,
        log: Any,
    ) -> None:
        self._directions = directions
        self._registered = registered
        self._judge = judge
        self._fetcher = fetcher
        self._vault = vault
        self._clock = clock
        self._pace = pace
        self._log = log
        self._held: dict[Source, Held] = {}
        self._seen: Mapping[str, RegisteredCertificate] | None = None
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self.current = Revocation.required(RevocationEvidence.of(), grace=pace.grace)

    async def restore(self) -> None:
        """Take what files and the disk hold, asking nobody: a hub begins with what it knew."""
        await self._follow_register()
        for held in tuple(self._held.values()):
            source, data = held.source, None
            if source.manner is Manner.FILE:
                continue
            written = await asyncio.to_thread(self._vault.modified, source.name)
            data = await asyncio.to_thread(self._vault.read, source.name)
            if data is not None and written is not None:
                await self._take(held, data)
        await self._ask_all([held for held in self._held.values() if held.source.manner is Manner.FILE])

    async def run(self) -> None:
        """Refresh for ever."""
        while True:
            await self.refresh()
            await asyncio.sleep(self._pace.poll.total_seconds())

    async def refresh(self) -> None:
        """Ask every source that is due."""
        await self._follow_register()
        now = self._clock()
        await self._ask_all([held for held in self._held.values() if held.due_at <= now or self._has_changed(held)])

    def held(self) -> tuple[Held, ...]:
        """Return what is known of every source."""
        return tuple(self._held.values())

    def standings(self) -> Mapping[Standing, int]:
        """Count the sources by how good their evidence is now."""
        now = self._clock()
        counts = dict.fromkeys(Standing, 0)
        for held in self._held.values():
            counts[held.standing(now, self._pace.grace)] += 1
        return counts

    def measure(self) -> Iterable[Measure]:
        """Return the gauges: the sources by standing, and for how long the soonest evidence is fresh."""
        for standing, count in self.standings().items():
            name, text = "axis_revocation_sources", "Sources of revocation evidence, by how good their evidence is."
            yield Measure(name, text, count, {"standing": standing})
        ends = [held.item.next_update for held in self._held.values() if held.item is not None]
        left = (min(ends) - self._clock()).total_seconds() if ends else float("nan")
        text = (
            "Seconds until the soonest nextUpdate of the evidence held; negative when it is past, NaN without evidence."
        )
        yield Measure("axis_revocation_seconds_left", text, left)

    async def probe(self) -> str:
        """Say how the sources stand, for the health of the hub. A hub with expired evidence still does its other work."""
        counts = self.standings()
        said = ", ".join(f"{count} {standing}" for standing, count in counts.items() if count) or "no source"
        return said if sum(counts.values()) == counts[Standing.FRESH] else f"degraded: {said}"

    async def _follow_register(self) -> None:
        registered = self._registered()
        if registered is self._seen:
            return
        sources = await asyncio.to_thread(self._directions.sources, registered)
        now = self._clock()
        self._held = {source: self._held.get(source) or Held(source=source, due_at=now) for source in sources}
        self._seen = registered
        await asyncio.to_thread(self._vault.keep_only, {source.name for source in sources})
        self._publish()

    async def _ask_all(self, due: list[Held]) -> None:
        if due:
            await asyncio.gather(*(self._ask(held) for held in due))

    async def _ask(self, held: Held) -> None:
        async with self._gate:
            # Before it is read: what is written while it is read and judged is a change for the next look.
            held = replace(held, stamp=self._fetcher.stamp(held.source))
            try:
                data, is_own = await self._answer(held)
            except FetchFailed as failure:
                self._failed(held, str(failure))
                return
            if await self._take(held, data) and is_own and held.source.manner is not Manner.FILE:
                await self._keep(held.source, data)

    async def _answer(self, held: Held) -> tuple[bytes, bool]:
        """Return what the source says, and whether we asked it ourselves: another process on this disk may have."""
        source = held.source
        if source.manner is not Manner.FILE and held.checked_at is not None:
            written = await asyncio.to_thread(self._vault.modified, source.name)
            if written is not None and written > held.checked_at.timestamp():
                data = await asyncio.to_thread(self._vault.read, source.name)
                if data is not None and (held.item is None or data != held.item.der):
                    return data, False
        return await self._fetcher.fetch(source), True

    async def _take(self, held: Held, data: bytes) -> bool:
        """Judge what came; return whether it was taken."""
        try:
            item = await asyncio.to_thread(self._judge.judge, held, data)
        except FetchFailed as failure:
            self._failed(held, str(failure))
            return False
        now, draw = self._clock(), _draw()
        is_fresh = now <= item.next_update
        failures = 0 if is_fresh else held.failures + 1
        due_at = (
            self._pace.after_success(item, now, draw) if is_fresh else self._pace.after_failure(failures, now, draw)
        )
        known = held.item
        self._held[held.source] = replace(
            held,
            item=item,
            checked_at=now,
            due_at=due_at,
            failures=failures,
            failure="" if is_fresh else "It has not been renewed.",
        )
        if known is None or known.sha256 != item.sha256:
            self._tell_taken(held.source, item)
            self._publish()
        return True

    def _failed(self, held: Held, why: str) -> None:
        now = self._clock()
        failures = held.failures + 1
        due_at = self._pace.after_failure(failures, now, _draw())
        failed = replace(held, due_at=due_at, failures=failures, failure=why, checked_at=now)
        self._held[held.source] = failed
        self._log.warning(
            "revocation-source-failed",
            source=held.source.place,
            why=why,
            standing=failed.standing(now, self._pace.grace),
            failures=failures,
            again_at=due_at.isoformat(),
        )

    async def _keep(self, source: Source, data: bytes) -> None:
        try:
            await asyncio.to_thread(self._vault.write, source.name, data)
        except OSError as error:
            self._log.warning("revocation-not-kept", source=source.place, why=str(error))
        self._held[source] = replace(self._held[source], checked_at=self._clock())

    def _has_changed(self, held: Held) -> bool:
        return held.source.manner is Manner.FILE and self._fetcher.stamp(held.source) != held.stamp

    def _publish(self) -> None:
        evidence = RevocationEvidence.of(held.item for held in self._held.values() if held.item is not None)
        if evidence.version != self.current.evidence.version:
            self.current = Revocation.required(evidence, grace=self._pace.grace)

    def _tell_taken(self, source: Source, item: RevocationList | OcspAnswer) -> None:
        revoked = len(item.serials) if isinstance(item, RevocationList) else int(item.revoked is not None)
        self._log.info(
            "revocation-evidence-taken",
            source=source.place,
            revoked=revoked,
            this_update=item.this_update.isoformat(),
            next_update=item.next_update.isoformat(),
        )


def _draw() -> float:
    return random.random()  # noqa: S311 - spreads calls in time, guards no secret


@asynccontextmanager
async def open_revocation(
    settings: RevocationSettings,
    base_dir: Path,
    authorities: tuple[x509.Certificate, ...],
    registered: Callable[[], Mapping[str, RegisteredCertificate]],
    clock: Callable[[], datetime],
    *,
    pace: Pace | None = None,
    log: Any = None,
) -> AsyncIterator[RevocationCache]:
    """Open the cache with what it knew; the caller runs its `run`. `authorities` are anchors and intermediates.

    `pace` and `log` (a structlog logger) stand in for the usual ones.
    """
    guard = Guard(settings.allow)
    async with open_session(guard, seconds=settings.timeout, headers={}) as session:
        cache = RevocationCache(
            directions=Directions(settings.crl, authorities, follows_names=settings.named_places),
            registered=registered,
            judge=Judge(authorities, clock),
            fetcher=Fetcher(session, guard, base_dir, settings.max_bytes),
            vault=Vault(base_dir / settings.cache_dir),
            clock=clock,
            pace=replace(
                pace or Pace(refresh=timedelta(minutes=settings.refresh_minutes)),
                grace=timedelta(hours=settings.grace_hours),
            ),
            log=_log if log is None else log,
        )
        await cache.restore()
        yield cache
