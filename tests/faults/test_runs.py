"""Two minutes of what `make faults` does for ten: load and faults of all kinds, then every promise is checked."""

import pytest

from . import plan
from .scenario import Load, run
from .site import Profile

SEED = 20261122
SECONDS = {Profile.EMBEDDED: 40.0, Profile.PRODUCTION: 80.0}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("profile", list(Profile), ids=lambda profile: profile.name.lower())
async def test_run(tmp_path, profile):
    """Rows 47, 54, 55, 58: after faults of all kinds nothing is lost or doubled, and every acceptance has its receipts."""
    hurt = plan.for_seconds(SECONDS[profile], SEED)
    report = await run(tmp_path, hurt, seed=SEED, profile=profile, load=Load(senders=2, pause=0.2))
    print(report)
    assert report.violations == ()
    assert report.counts["accepted"] > 0
    assert report.kills > 0
