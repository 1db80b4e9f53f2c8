"""`python -m bench`: measure, print the tables as Markdown, and with `--write` put them into docs/benchmark.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from bench import report
from bench.compare import Case, Run, measure
from bench.hops import measure_hops
from bench.packages import ATTACHMENT_BYTES, Letter, write_packages
from bench.plan import FULL, QUICK, Plan
from bench.profiles import Profile, embedded, production
from bench.servers import Design
from bench.stall import Stall, measure_stall

_PRODUCTION = "production"
_PARTS = ("hops", "runs", "stalls", _PRODUCTION)
_WARM_UP = 24  #: packages before the clock starts: imports, certificate paths, prepared statements
_LARGE = "20 MB"
_SMALL = "8 KB"
_DOCUMENT = Path(__file__).parent.parent / "docs/benchmark.md"
_TEMPLATE = Path(__file__).with_name("benchmark.md")


class Bench:
    """One benchmark in one folder, on one profile."""

    def __init__(self, plan: Plan, profile: Profile, work: Path) -> None:
        self._plan = plan
        self._profile = profile
        self._demo = profile.demo
        self._work = work

    def hops(self) -> str:
        """Measure every hop without a server."""
        packages = {size: self._packages(size, 1, "hops")[0].read_bytes() for size in self._plan.hop_sizes}
        return report.hops_table(measure_hops(self._demo, packages, seconds=self._plan.hop_seconds))

    def runs(self) -> str:
        """Run both designs in turn under every load."""
        return report.runs_table([pair for case in self._plan.cases for pair in self._rounds(case)])

    def stalls(self) -> str:
        """Post a large package between small ones, to both designs."""
        small = self._packages(_SMALL, self._plan.stall_packages, "stall")
        other_way = Letter(self._demo.recipient.code, (self._demo.sender.code,), "large", 1, ATTACHMENT_BYTES[_LARGE])
        large = write_packages(self._work / "large", [other_way], self._demo.recipient.seal)[0]
        return report.stall_table([self._stall(design, small, large) for design in Design])

    def _stall(self, design: Design, small: list[Path], large: Path) -> Stall:
        _tell(f"{design}: small packages beside one of {_LARGE}")
        return measure_stall(design, self._demo, small, large, self._work, seconds=self._plan.stall_seconds)

    def _rounds(self, case: Case) -> Iterator[tuple[Run, Run]]:
        warm_up = min(_WARM_UP, case.packages_naive)
        files = self._packages(case.size, case.packages + warm_up, "load")
        for number in range(self._plan.rounds):
            naive, hub = (
                measure(each, case, self._profile, files[warm_up:], files[:warm_up], self._work) for each in Design
            )
            rates = f"{naive.packages_per_second:.3g} and {hub.packages_per_second:.3g} packages/s"
            _tell(
                f"{self._profile.name}, {case.size}, {case.clients} clients, round {number + 1} of {self._plan.rounds}: {rates}"
            )
            yield naive, hub

    def _packages(self, size: str, count: int, mark: str) -> list[Path]:
        """Return `count` signed packages of a size, those of an earlier call first."""
        folder = self._work / f"{self._profile.name}-{mark}-{size.replace(' ', '')}"
        there = sorted(folder.glob("*.edxml"))[:count]
        numbers = range(len(there), count)
        sender, recipient = self._demo.sender, self._demo.recipient
        if numbers:
            _tell(f"signing {len(numbers)} packages of {size}")
        letters = [Letter(sender.code, (recipient.code,), mark, each, ATTACHMENT_BYTES[size]) for each in numbers]
        return [*there, *write_packages(folder, letters, sender.seal)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few minutes: fewer sizes, one round")
    parser.add_argument("--write", action="store_true", help=f"write {_DOCUMENT.name} as well")
    parser.add_argument("--only", choices=_PARTS, help="one part of it")
    arguments = parser.parse_args()
    if arguments.write and arguments.only:
        parser.error("--write needs all parts")
    plan = QUICK if arguments.quick else FULL
    wanted = (arguments.only,) if arguments.only else _PARTS
    with tempfile.TemporaryDirectory(prefix="axis-bench-") as folder:
        parts = _measured(plan, Path(folder), wanted)
    for name, table in parts.items():
        print(f"\n{name}\n\n{table}")
    if arguments.write:
        _write("make bench" + (" ARGS='--quick --write'" if arguments.quick else " ARGS=--write"), parts)


def _measured(plan: Plan, work: Path, wanted: Sequence[str]) -> dict[str, str]:
    """Return the tables of the wanted parts."""
    tables: dict[str, str] = {}
    if set(wanted) != {_PRODUCTION}:
        with embedded(work) as profile:
            bench = Bench(plan, profile, work)
            parts = {"hops": bench.hops, "runs": bench.runs, "stalls": bench.stalls}
            tables |= {name: part() for name, part in parts.items() if name in wanted}
    if _PRODUCTION in wanted:
        with production(work) as servers:
            tables[_PRODUCTION] = Bench(plan, servers, work).runs()
    return tables


def _write(command: str, parts: dict[str, str]) -> None:
    text = Template(_TEMPLATE.read_text("utf-8"))
    facts = {"command": command, "day": f"{datetime.now(UTC):%Y-%m-%d}", "machine": report.machine()}
    _DOCUMENT.write_text(text.substitute(parts, **facts), "utf-8")


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
