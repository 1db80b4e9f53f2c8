"""`python -m tests.faults --kills 50 --seed 7`: prints the report; exit code 1 when an invariant does not hold."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from .harm import Kill
from .scenario import run


def main() -> int:
    """Run one scenario."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="how often the hub is killed (default 50)")
    parser.add_argument(
        "--seed", type=int, default=None, help="repeat the choices of an earlier run (default: a new one)"
    )
    parser.add_argument(
        "--folder", type=Path, default=None, help="where hub and history are kept (default: a new temporary one)"
    )
    arguments = parser.parse_args()
    seed = random.randrange(1_000_000) if arguments.seed is None else arguments.seed
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="axis-faults-"))
    report = asyncio.run(run(folder, Kill(), times=arguments.kills, seed=seed))
    print(report)
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
