"""Row 47 and row 59 on the embedded default: one process, SQLite, the table queue."""

import pytest

from hub.failpoints import POINTS

from .plan import POINTS as UNDER_LOAD
from .points import killed_at, raising_at, rolling_restart, site_of
from .site import Profile

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]

#: K9 of RabbitMQ is the proxy's: see test_confirmations. K16 to K18 are in commands and shutdowns: test_points_of_commands.
OF_COMMANDS = {"K16", "K17", "K18"}

site = site_of(Profile.EMBEDDED)


async def test_every_point_has_a_test():
    """Every failpoint is killed at by a test of this folder."""
    assert set(UNDER_LOAD) | OF_COMMANDS == set(POINTS)


@pytest.mark.parametrize("point", UNDER_LOAD)
async def test_killed_at(site, tmp_path, point):
    """Row 47: a hub killed at a named point and started again has lost nothing, doubled nothing, and proved everything."""
    await killed_at(site, tmp_path, point)


@pytest.mark.parametrize("point", ["K4", "K10", "K12"])
async def test_raising_at(site, tmp_path, point):
    """An error that nobody expected, in the writer, the relay or a courier, costs what it hits and no promise."""
    await raising_at(site, tmp_path, point)


async def test_rolling_restart(site, tmp_path):
    """Row 59: a process told to stop under load finishes what is under way and exits 0; nothing is lost or doubled."""
    await rolling_restart(site, tmp_path)
