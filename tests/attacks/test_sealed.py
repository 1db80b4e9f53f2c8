"""Rows 3, 11 and 20 of the bad inputs where there is no network: the hub does not even try to reach anyone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_PROJECT = Path(__file__).parents[2]


def _unshare() -> list[str]:
    """Return the command that gives a process a network of its own, or say what is missing for it."""
    root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = ["unshare", *root, "--net", "--"]
    missing = [each for each in ("unshare", "strace") if shutil.which(each) is None]
    if missing:
        _go_without(f"programs are missing: {', '.join(missing)} (Debian: util-linux, strace)")
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        _go_without("no network namespace can be made: run as root, or allow user namespaces")
    return command


def _go_without(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are of Linux")
def test_rows_3_11_20_no_connection_attempt(tmp_path):
    """Rows 3, 11, 20: whatever a body points at, no process of the hub tries to connect or to resolve a name."""
    command = [*_unshare(), sys.executable, "-m", "tests.attacks.sealed", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False, cwd=_PROJECT)
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["probe"] == ["192.0.2.7"]  # the witness sees an attempt when there is one
    assert (seen["hub"], seen["is_watched"]) == ([], True)
    assert (seen["bodies"] > 100, seen["worst"] < 500) == (True, True)
