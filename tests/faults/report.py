"""What came of a run, in numbers that a history gives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from .checker import ACCEPTANCE, CONSIGNMENT, Violation
from .history import Entry, Operation, Phase

KILL = "kill"  #: how the note of a fault begins that ended a process


class Stalls(Struct, frozen=True):
    """The longest waits in seconds: between two acceptances, and from acceptance to consignment and to filing."""

    acceptance: float
    consignment: float
    filing: float


class Report(Struct, frozen=True, kw_only=True):
    """What came of a run. `alarms` are the log lines of level error or worse."""

    title: str
    seed: int
    seconds: float
    faults: dict[str, int]
    notes: frozenset[str]
    counts: dict[str, int]
    stalls: Stalls
    violations: tuple[Violation, ...]
    alarms: tuple[str, ...]
    history: Path

    @property
    def kills(self) -> int:
        """How many of the faults were a SIGKILL."""
        return sum(times for name, times in self.faults.items() if name.startswith(KILL))

    def counted(self, *invariants: str) -> int:
        """Return how many violations of these invariants there are."""
        return sum(each.invariant in invariants for each in self.violations)

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Return the table."""
        return (
            ("kills", str(self.kills)),
            ("faults", str(sum(self.faults.values()))),
            ("accepted", str(self.counts["accepted"])),
            ("delivered", str(self.counts["delivered"])),
            ("doubled", str(self.counted("I3", "I10"))),
            ("lost", str(self.counted("I1"))),
            ("violations", str(len(self.violations))),
            ("longest stall of acceptance", f"{self.stalls.acceptance:.1f} s"),
            ("longest way from acceptance to consignment", f"{self.stalls.consignment:.1f} s"),
            ("longest way from acceptance to filing by the recipient", f"{self.stalls.filing:.1f} s"),
        )

    def __str__(self) -> str:
        lines = [f"{self.title}, seed {self.seed}, {self.seconds:.0f} s; history in {self.history}"]
        lines += [f"  {value:>9}  {name}" for name, value in self.rows()]
        lines += ["  faults:", *(f"  {times:9}  {name}" for name, times in self.faults.items())]
        lines += ["  calls:", *(f"  {times:9}  {name}" for name, times in self.counts.items())]
        alarms = Counter(map(_event, self.alarms))
        lines += [f"  {len(self.alarms):9}  errors in the log", *(f"  {n:9}    {what}" for what, n in alarms.items())]
        lines += [f"  {len(self.violations):9}  violations", *(f"    {each}" for each in self.violations[:50])]
        return "\n".join(lines)


def counts(entries: Sequence[Entry]) -> dict[str, int]:
    """Count what was accepted (packages), delivered (filings), and how calls ended."""
    submitted = [each for each in entries if each.operation is Operation.SUBMIT and each.phase is Phase.OK]
    ended = Counter(
        f"{each.operation} {each.phase}"
        for each in entries
        if each.phase is not Phase.INVOKE and each.operation is not Operation.FAULT
    )
    return {
        "accepted": len({each.sha256 for each in submitted}),
        "delivered": sum(each.operation is Operation.TAKE for each in entries),
        **dict(sorted(ended.items())),
    }


def faults(entries: Iterable[Entry]) -> dict[str, int]:
    """Count faults by the first words of their notes."""
    notes = Counter(each.note.partition(":")[0] for each in entries if each.operation is Operation.FAULT)
    return dict(sorted(notes.items()))


def notes(entries: Iterable[Entry]) -> frozenset[str]:
    """Return what the faults said of themselves."""
    return frozenset(each.note for each in entries if each.operation is Operation.FAULT)


def stalls(entries: Sequence[Entry]) -> Stalls:
    """Measure the longest waits."""
    accepted = [each for each in entries if each.operation is Operation.SUBMIT and each.phase is Phase.OK]
    first = {each.sha256: each.at for each in reversed(accepted)}
    waits = [each.at - first[each.sha256] for each in entries if _is_filing(each) and each.sha256 in first]
    gaps = [later.at - earlier.at for earlier, later in pairwise(accepted)]
    receipts = [each for each in entries if each.operation is Operation.RECEIPT]
    began = {each.package_id: each.stated_at for each in receipts if each.event == ACCEPTANCE}
    ways = [each.stated_at - began[each.package_id] for each in receipts if _is_consignment(each, began)]
    return Stalls(max(gaps, default=0.0), max(ways, default=0.0), max(waits, default=0.0))


def alarms(log: Path) -> tuple[str, ...]:
    """Return the lines of level error or worse."""
    found: list[str] = []
    for line in log.read_text("utf-8", "replace").splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(entry, dict) and str(entry.get("level", "")).lower() in {"error", "critical"}:
            found.append(line)
    return tuple(found)


def _is_consignment(entry: Entry, began: Mapping[str, float]) -> bool:
    return entry.event == CONSIGNMENT and entry.package_id in began


def _is_filing(entry: Entry) -> bool:
    return entry.operation is Operation.TAKE


def _event(line: str) -> str:
    entry = json.loads(line)
    what = str(entry.get("exception", "")).strip().rpartition("\n")[2]
    return f"{entry.get('event')} {entry.get('kind', '')} {what[:160]}".strip()
