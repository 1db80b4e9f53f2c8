"""What one benchmark measures: the full form for the table in the documentation, the quick one for a first look."""

from __future__ import annotations

from msgspec import Struct

from bench.compare import Case


class Plan(Struct, frozen=True):
    """Cases, rounds of each, sizes whose hops are measured, CPU seconds spent on each hop, posting time of the stall test."""

    cases: tuple[Case, ...]
    rounds: int
    hop_sizes: tuple[str, ...]
    hop_seconds: float
    stall_seconds: float
    stall_packages: int


FULL = Plan(
    cases=(
        Case("8 KB", 1, 600, 300),
        Case("8 KB", 8, 2400, 900),
        Case("8 KB", 32, 3200, 900),
        Case("100 KB", 1, 300, 150),
        Case("100 KB", 8, 800, 250),
        Case("100 KB", 32, 800, 250),
        Case("1 MB", 1, 80, 24),
        Case("1 MB", 8, 160, 24),
        Case("1 MB", 32, 160, 32),
        Case("10 MB", 1, 12, 3),
        Case("10 MB", 8, 24, 8),
    ),
    rounds=3,
    hop_sizes=("8 KB", "100 KB", "1 MB", "20 MB"),
    hop_seconds=2.0,
    stall_seconds=20.0,
    stall_packages=16_000,
)

QUICK = Plan(
    cases=(
        Case("8 KB", 1, 300, 150),
        Case("8 KB", 32, 3200, 1000),
        Case("100 KB", 8, 300, 100),
        Case("100 KB", 32, 600, 200),
    ),
    rounds=1,
    hop_sizes=("8 KB", "1 MB"),
    hop_seconds=0.5,
    stall_seconds=6.0,
    stall_packages=5_000,
)
