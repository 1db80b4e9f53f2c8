"""The results as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.clock import Measurement, readable
from bench.compare import Run, median_of, ratio
from bench.hops import SIGNXML, WHOLE
from bench.stall import Stall

_MEBIBYTE = 1024 * 1024


def machine() -> str:
    """Say what it was measured on."""
    return f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"


def hops_table(costs: Mapping[str, Mapping[str, Measurement]]) -> str:
    """CPU per package and hop, one column per size."""
    sizes = list(costs)
    names = list(costs[sizes[0]])
    rows = [[name, *(str(costs[size][name]) for size in sizes)] for name in names]
    times = [f"{costs[size][SIGNXML].seconds / costs[size][WHOLE].seconds:.1f} ×" for size in sizes]
    return _table(["CPU per package", *sizes], [*rows, ["signxml alone : hops 2 to 6", *times]])


def runs_table(rounds: Sequence[tuple[Run, Run]]) -> str:
    """Both designs under each load; `rounds` holds pairs of neighbouring runs (obvious design, hub)."""
    rows: list[list[str]] = []
    for case in dict.fromkeys(naive.case for naive, _ in rounds):
        naive = [pair[0] for pair in rounds if pair[0].case == case]
        hub = [pair[1] for pair in rounds if pair[1].case == case]
        times = f"**{ratio(hub, naive):.1f} ×**"
        rows += [_run_row(median_of(naive), naive, ""), _run_row(median_of(hub), hub, times)]
    head = ["size", "clients", "design", "packages/s", "p50", "p95", "p99", "CPU per package", "peak memory", "ratio"]
    return _table(head, rows)


def stall_table(stalls: Iterable[Stall]) -> str:
    """Waits of small packages beside a large one."""
    head = [
        "design",
        "worst wait before",
        "worst wait meanwhile",
        "p99 meanwhile",
        "20 MB, post to receipts",
        "peak memory",
    ]
    return _table(head, (list(_stall_row(each)) for each in stalls))


def _run_row(run: Run, runs: Sequence[Run], times: str) -> list[str]:
    rates = [each.packages_per_second for each in runs]
    spread = f" ({min(rates):.3g}–{max(rates):.3g})" if len(rates) > 1 else ""
    return [
        run.case.size,
        str(run.case.clients),
        str(run.design),
        f"{run.packages_per_second:.3g}{spread}",
        *(readable(value) for value in (run.p50, run.p95, run.p99, run.cpu_seconds)),
        _memory(run.peak_bytes),
        times,
    ]


def _stall_row(stall: Stall) -> Iterator[str]:
    yield str(stall.design)
    yield from map(readable, (stall.worst_before, stall.worst_during, stall.p99_during, stall.large_seconds))
    yield _memory(stall.peak_bytes)


def _memory(count: int) -> str:
    return f"{count / _MEBIBYTE:.0f} MiB"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
