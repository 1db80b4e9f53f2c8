"""`python -m tests.faults --minutes 10 --seed 7`: prints the report; exit code 1 when an invariant does not hold."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from . import plan
from .scenario import Load, run
from .site import Profile


def main() -> int:
    """Run one scenario."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long there is load and harm (default 10)")
    parser.add_argument(
        "--profile",
        choices=[each.name.lower() for each in Profile],
        default=Profile.PRODUCTION.name.lower(),
        help="production: three hub processes on PostgreSQL and RabbitMQ (default); embedded: one on SQLite",
    )
    parser.add_argument(
        "--seed", type=int, default=None, help="repeat the choices of an earlier run (default: a new one)"
    )
    parser.add_argument(
        "--folder", type=Path, default=None, help="where hub and history are kept (default: a new temporary one)"
    )
    arguments = parser.parse_args()
    seed = random.randrange(1_000_000) if arguments.seed is None else arguments.seed
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="axis-faults-"))
    profile = Profile[arguments.profile.upper()]
    print(f"seed {seed}: repeat with `make faults ARGS='--seed {seed} --profile {arguments.profile}'`", flush=True)
    report = asyncio.run(
        run(folder, plan.for_seconds(arguments.minutes * 60, seed), seed=seed, profile=profile, load=Load(pause=0.1))
    )
    print(report)
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
