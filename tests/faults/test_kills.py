"""A hub that is killed again and again under load keeps its promises."""

import pytest

from .harm import Kill
from .scenario import run

SEED = 20261122


@pytest.mark.timeout(240)
async def test_kills(tmp_path):
    """Row 47: after twelve kills nothing accepted is lost or doubled, and every acceptance has its receipts, all verifying."""
    report = await run(tmp_path, Kill(longest=0.8), times=12, seed=SEED)
    print(report)
    assert report.violations == ()
    assert report.counts["submit ok"] > 0
    assert report.counts["submit unknown"] > 0
