"""Row 47 and row 59 on PostgreSQL and RabbitMQ, with three processes.

Only points at which a hub deals with both servers; `make faults` strikes at all.
"""

import pytest

from .points import killed_at, rolling_restart, site_of
from .site import Profile

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]

site = site_of(Profile.PRODUCTION)


@pytest.mark.parametrize("point", ["K8", "K10", "K12"])
async def test_killed_at(site, tmp_path, point):
    """Row 47: a hub killed at a named point and started again has lost nothing, doubled nothing, and proved everything."""
    await killed_at(site, tmp_path, point)


async def test_rolling_restart(site, tmp_path):
    """Row 59: each process told to stop under load finishes what is under way and exits 0; nothing is lost or doubled."""
    await rolling_restart(site, tmp_path)
