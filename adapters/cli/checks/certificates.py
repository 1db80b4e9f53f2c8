"""Agencies' certificates that end soon, and whether revoked ones would be recognised."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta

import structlog

from adapters.cli.checks.finding import Finding, Place, failed, passed, warned
from adapters.trust import TrustFault, load_trust
from adapters.trust.revocation import open_revocation
from adapters.trust.standing import Held, Standing
from hub.certificate_watch import by_rung, endings_of
from hub.compose import located
from hub.trouble import Trouble
from signing.verify import RegisteredCertificate


async def check(place: Place) -> AsyncIterator[Finding]:
    """Judge what the register and the kept evidence say; no source is asked. Nothing, where these cannot be read."""
    from adapters.storage.opening import open_storage

    storage = located(place.settings.storage, place.base_dir)
    try:
        async with open_storage(storage, inline_bytes=place.settings.intake.inline_bytes) as opened:
            register = await opened.registers.load_register()
    except Trouble:
        return
    registered = {each.sha256: each for each in register.certificates}
    yield _endings(tuple(registered.values()))
    async for finding in _revocation(place, registered):
        yield finding


def _endings(certificates: tuple[RegisteredCertificate, ...]) -> Finding:
    name = "agency certificates"
    endings = endings_of(certificates, {})
    counts = {rung: count for rung, count in by_rung(endings, datetime.now(UTC)).items() if count}
    if not counts:
        return passed(name, "doctor-agencies", count=len(endings))
    shown = ", ".join(f"{rung if rung == 'ended' else f'≤ {rung} d'}: {count}" for rung, count in counts.items())
    return warned(name, "doctor-agencies-ending", counts=shown)


async def _revocation(place: Place, registered: Mapping[str, RegisteredCertificate]) -> AsyncIterator[Finding]:
    name, settings = "revocation", place.settings.trust.revocation
    if settings.mode == "off":
        yield warned(name, "doctor-revocation-off")
        return
    try:
        authorities = load_trust(place.settings.trust, place.base_dir).authorities
    except TrustFault:
        return  # told by the check of the keys
    silent = structlog.wrap_logger(structlog.testing.ReturnLogger())  # findings say it all
    async with open_revocation(
        settings, place.base_dir, authorities, lambda: registered, lambda: datetime.now(UTC), log=silent
    ) as cache:
        held = cache.held()
    troubles = [finding for each in held if (finding := _trouble(each, settings.grace_hours)) is not None]
    for finding in troubles:
        yield finding
    if not held:
        yield failed(name, "doctor-revocation-none")
    elif not troubles:
        soonest = min(each.item.next_update for each in held if each.item is not None)
        yield passed(name, "doctor-revocation", count=len(held), until=f"{soonest:%Y-%m-%d %H:%M} UTC")


def _trouble(held: Held, grace_hours: float) -> Finding | None:
    grace = timedelta(hours=grace_hours)
    standing = held.standing(datetime.now(UTC), grace)
    if standing is Standing.FRESH:
        return None
    facts = {"place": held.source.place, "why": held.failure}
    if standing is Standing.GRACE and held.item is not None:
        until = f"{held.item.next_update + grace:%Y-%m-%d %H:%M} UTC"
        return warned("revocation", "doctor-revocation-stale", until=until, **facts)
    return failed("revocation", "doctor-revocation-away", **facts)
