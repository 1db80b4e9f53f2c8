"""Row 47, point by point: a process is killed where it hurts most, started again, and everything promised is still true.

One site per engine serves all points; each has a load and a history of its own.
"""

import pytest
import pytest_asyncio

from hub.failpoints import POINTS

from .harm import KillHubAt, RaiseInHub, RestartHub
from .plan import POINTS as UNDER_LOAD
from .plan import one_by_one
from .scenario import Load, exchange
from .site import Profile, open_site

#: K9 of RabbitMQ is the proxy's: see test_confirmations. K16 to K18 are in commands and shutdowns: test_points_of_commands.
OF_COMMANDS = {"K16", "K17", "K18"}

#: On the servers only points at which a hub deals with both of them; `make faults` strikes at all.
OF_SERVERS = ("K8", "K10", "K12")
KILLS = [(Profile.EMBEDDED, point) for point in UNDER_LOAD] + [(Profile.PRODUCTION, point) for point in OF_SERVERS]
RAISES = [(Profile.EMBEDDED, point) for point in ("K4", "K10", "K12")]


def name_of(case):
    """Name a profile or a point in a test's id."""
    return case.name.lower() if isinstance(case, Profile) else case


def test_every_point_has_a_test():
    """Every failpoint is killed at by a test of this folder."""
    assert set(UNDER_LOAD) | OF_COMMANDS == set(POINTS)


@pytest_asyncio.fixture(
    loop_scope="module", scope="module", params=list(Profile), ids=lambda profile: profile.name.lower()
)
async def site(request, tmp_path_factory):
    async with open_site(tmp_path_factory.mktemp("site"), request.param) as opened:
        yield opened


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.timeout(180)
@pytest.mark.parametrize("site, point", KILLS, indirect=["site"], ids=name_of)
async def test_killed_at(site, tmp_path, point):
    """Row 47: a hub killed at a named point and started again has lost nothing, doubled nothing, and proved everything."""
    seed = int(point[1:])
    hurt = one_by_one([KillHubAt(point, within=60.0)], seed)
    report = await exchange(site, tmp_path / "history.jsonl", hurt, seed=seed, load=Load(1, 0.1))
    print(report)
    assert report.faults == {f"kill a hub at {point}": 1}
    assert report.violations == ()
    assert report.counts["accepted"] > 0


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.timeout(180)
@pytest.mark.parametrize("site, point", RAISES, indirect=["site"], ids=name_of)
async def test_raising_at(site, tmp_path, point):
    """An error that nobody expected, in the writer, the relay or a courier, costs what it hits and no promise."""
    seed = 200 + int(point[1:])
    hurt = one_by_one([RaiseInHub(point)], seed)
    report = await exchange(site, tmp_path / "history.jsonl", hurt, seed=seed, load=Load(1, 0.1))
    print(report)
    assert report.violations == ()
    assert report.counts["accepted"] > 0


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.timeout(180)
async def test_rolling_restart(site, tmp_path):
    """Row 59: each process told to stop under load finishes what is under way and exits 0; nothing is lost or doubled."""
    hurt = one_by_one([RestartHub(each) for each in range(len(site.hubs))], seed=99)
    report = await exchange(site, tmp_path / "history.jsonl", hurt, seed=99, load=Load(1, 0.1))
    print(report)
    assert report.notes == {"restart a hub: exit code 0"}
    assert report.violations == ()
    assert report.counts["accepted"] > 0
