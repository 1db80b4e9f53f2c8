"""Certificates that will end: told in good time, on a ladder of 60, 30, 14, 7 and 1 days before.

An agency that has registered a newer certificate beside the old one has done its part: what counts is when its last one
ends. Suspended registrations count for nothing.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from msgspec import Struct

from hub.measures import Measure
from hub.ports import Clock
from hub.register import CurrentRegister
from signing.keys import CertificateFacts, expiry_of
from signing.verify import RegisteredCertificate

LADDER = (60, 30, 14, 7, 1)  #: days
LOOK_EVERY = timedelta(days=1)
_MOST_TOLD = 200  #: certificates named one by one; the rest is a number
_DAY = timedelta(days=1)

_log = structlog.get_logger()


class Messenger(Protocol):
    """Tells the hub's operators something."""

    async def tell(self, subject: str, text: str) -> None:
        """Send a message; trouble on the way is the messenger's own."""


class Ending(Struct, frozen=True, order=True):
    """When somebody's last certificate ends."""

    not_after: datetime
    whose: str

    def days_left(self, at: datetime) -> int:
        """Whole days; negative when it has ended."""
        return (self.not_after - at) // _DAY

    def has_crossed(self, since: datetime, at: datetime) -> bool:
        """Whether it came to a rung of the ladder, or ended, between two moments."""
        before, after = self.days_left(since), self.days_left(at)
        return any(after <= rung < before for rung in (*LADDER, -1))


def endings_of(certificates: Iterable[RegisteredCertificate], known: dict[str, datetime | None]) -> tuple[Ending, ...]:
    """Return each agency's ending, soonest first; `known` remembers what was read of each certificate."""
    last: dict[str, datetime] = {}
    for one in certificates:
        if one.sha256 not in known:
            known[one.sha256] = expiry_of(one.der)
        ends = known[one.sha256]
        if ends is not None and not one.is_suspended:
            last[one.agency_code] = max(ends, last.get(one.agency_code, ends))
    return tuple(sorted(Ending(not_after, code) for code, not_after in last.items()))


def by_rung(endings: tuple[Ending, ...], at: datetime) -> Mapping[str, int]:
    """Count agencies by the rung that they stand on: `60` means 31 to 60 days left, `ended` none."""
    ends = [each.not_after for each in endings]
    below = [bisect_right(ends, at), *(bisect_right(ends, at + rung * _DAY) for rung in reversed(LADDER))]
    names = ("ended", *(str(rung) for rung in reversed(LADDER)))
    counts = {name: count - less for name, count, less in zip(names, below, (0, *below), strict=False)}
    return {name: counts[name] for name in (*(str(rung) for rung in LADDER), "ended")}


class CertificateWatch:
    """Knows when the hub's and the agencies' certificates end, and says so once a day."""

    def __init__(
        self, *, hub: CertificateFacts, register: CurrentRegister, clock: Clock, messenger: Messenger | None = None
    ) -> None:
        self._hub = Ending(hub.not_after, "hub")
        self._register = register
        self._clock = clock
        self._messenger = messenger
        self._known: dict[str, datetime | None] = {}
        self._seen: Mapping[str, RegisteredCertificate] | None = None
        self._endings: tuple[Ending, ...] = ()

    async def run(self) -> None:
        """Follow the register for ever."""
        while True:
            await self.follow()
            await asyncio.sleep(LOOK_EVERY.total_seconds() / 1440)

    async def follow(self) -> None:
        """Read the certificates that are new in the register."""
        certificates = self._register.snapshot.certificates
        if certificates is not self._seen:
            known = {sha256: self._known[sha256] for sha256 in certificates if sha256 in self._known}
            self._endings = await asyncio.to_thread(endings_of, tuple(certificates.values()), known)
            self._known, self._seen = known, certificates

    async def look(self, since: datetime) -> int:
        """Tell of every certificate that came to a rung since the look before; return how many (the daily chore)."""
        await self.follow()
        now = self._clock()
        crossed = [each for each in (self._hub, *self._endings) if each.has_crossed(since, now)]
        for each in crossed[:_MOST_TOLD]:
            _log.warning(
                "certificate-ending",
                whose=each.whose,
                days_left=each.days_left(now),
                not_after=each.not_after.isoformat(),
            )
        _log.info("certificates-looked-at", hub_days_left=self._hub.days_left(now), **by_rung(self._endings, now))
        if crossed and self._messenger is not None:
            await self._messenger.tell(_subject(len(crossed)), _text(crossed, now))
        return len(crossed)

    def measure(self) -> Iterable[Measure]:
        """Return the gauges: the hub's days left, and the agencies on each rung."""
        now = self._clock()
        yield Measure(
            "axis_certificate_days_left", "Days until the hub's certificate ends.", (self._hub.not_after - now) / _DAY
        )
        for rung, count in by_rung(self._endings, now).items():
            yield Measure(
                "axis_agencies_certificate_ending",
                "Agencies whose last certificate ends within so many days (and not within the next smaller number).",
                count,
                {"within_days": rung},
            )


def _subject(count: int) -> str:
    return f"Axis Hub: {count} chứng thư số sắp hết hạn"


def _text(crossed: list[Ending], now: datetime) -> str:
    lines = [
        f"{each.whose}: còn {max(0, each.days_left(now))} ngày ({each.not_after:%Y-%m-%d %H:%M} UTC)"
        for each in crossed[:_MOST_TOLD]
    ]
    if len(crossed) > _MOST_TOLD:
        lines.append(f"… và {len(crossed) - _MOST_TOLD} chứng thư khác")
    ask = "Hãy xin chứng thư mới và đăng ký song song với chứng thư cũ: axis agency certify MÃ TỆP"
    return "\n".join((*lines, "", ask, ""))
