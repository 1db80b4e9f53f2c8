"""`axis doctor`: is this hub well, and if not, what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.configured import Config, config_path
from adapters.cli.output import AsJson, print_json, print_line

if TYPE_CHECKING:
    from adapters.cli.checks.finding import Finding

_MARKS = {"pass": "✓", "warn": "!", "fail": "✗"}


async def doctor(*, config: Config = None, as_json: AsJson = False) -> int:
    """Check Python, configuration, keys, certificate, database, disk, clock, broker and port; exit 1 when a line fails."""
    findings = [each async for each in _findings(config_path(config))]
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            print_line(f"{_MARKS[finding.level]} {finding.level:4}  {finding.name}: {finding.detail}")
            if finding.fix:
                print_line(f"        → {finding.fix}")
    return 1 if any(each.level == "fail" for each in findings) else 0


async def _findings(config: Path) -> AsyncIterator[Finding]:
    from adapters.cli.checks import broker, certificates, listening, software, storage, trust
    from adapters.cli.checks.finding import Place, failed, passed
    from hub.configuration import ConfigurationError, load

    for finding in software.check():
        yield finding
    try:
        settings, base_dir = load(config)
    except ConfigurationError as error:
        yield failed("configuration", "doctor-configuration", error=error)
        return
    yield passed("configuration", "doctor-configuration-good", path=config, code=settings.hub.code)
    place = Place(config, settings, base_dir)
    for finding in trust.check(place):
        yield finding
    has_database = True
    async for finding in storage.check(place):
        has_database &= not (finding.name == "database" and finding.level == "fail")
        yield finding
    if has_database:
        async for finding in certificates.check(place):
            yield finding
    async for finding in broker.check(place):
        yield finding
    async for finding in listening.check(place):
        yield finding
