"""Row 47, point by point: a process is killed where it hurts most, started again, and everything promised is still true.

One site serves all points of a module; each has a load and a history of its own. Both engines have a module, so that they may
run side by side.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from .harm import KillHubAt, RaiseInHub, RestartHub
from .plan import one_by_one
from .scenario import Load, exchange
from .site import Profile, Site, open_site

LIGHT = Load(1, 0.1)


def site_of(profile: Profile):
    """Return the fixture of a module's site."""

    @pytest_asyncio.fixture(loop_scope="module", scope="module")
    async def site(tmp_path_factory) -> AsyncIterator[Site]:
        async with open_site(tmp_path_factory.mktemp("site"), profile) as opened:
            yield opened

    return site


async def killed_at(site: Site, folder: Path, point: str) -> None:
    """A hub killed at a named point and started again has lost nothing, doubled nothing, and proved everything."""
    seed = int(point[1:])
    hurt = one_by_one([KillHubAt(point, within=60.0)], seed)
    report = await exchange(site, folder / "history.jsonl", hurt, seed=seed, load=LIGHT)
    print(report)
    assert report.faults == {f"kill a hub at {point}": 1}
    assert report.violations == ()
    assert report.counts["accepted"] > 0


async def raising_at(site: Site, folder: Path, point: str) -> None:
    """An error that nobody expected costs what it hits and no promise."""
    seed = 200 + int(point[1:])
    report = await exchange(
        site, folder / "history.jsonl", one_by_one([RaiseInHub(point)], seed), seed=seed, load=LIGHT
    )
    print(report)
    assert report.violations == ()
    assert report.counts["accepted"] > 0


async def rolling_restart(site: Site, folder: Path) -> None:
    """Each process told to stop under load finishes what is under way and exits 0; nothing is lost or doubled."""
    hurt = one_by_one([RestartHub(each) for each in range(len(site.hubs))], seed=99)
    report = await exchange(site, folder / "history.jsonl", hurt, seed=99, load=LIGHT)
    print(report)
    assert report.notes == {"restart a hub: exit code 0"}
    assert report.violations == ()
    assert report.counts["accepted"] > 0
