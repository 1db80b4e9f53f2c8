"""The API against its own description: schemathesis makes up requests and finds nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.http.conftest import A, B

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = 15


@pytest.mark.timeout(300)
@pytest.mark.parametrize("caller", [A, B, "auditor"])
def test_finds_nothing(world, caller, tmp_path):
    """Made-up requests, good and bad, get only answers that the description knows, and never a 5xx."""
    for _ in range(3):
        world.accepted()
    logged_before = world.hub.log.stat().st_size
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "--config-file", CONFIGURATION, "run"),
            *(f"{world.hub.url}/openapi.yaml", "--url", world.hub.url),
            *("--header", f"Authorization: Bearer {world.keys[caller]}"),
            *("--seed", "1", "--max-examples", str(EXAMPLES), "--request-timeout", "20"),
            *("--generation-database", "none", "--no-color"),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    logged = world.hub.log.read_bytes()[logged_before:].decode().splitlines()
    assert [line for line in logged if '"level":"error"' in line] == []
