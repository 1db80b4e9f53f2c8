"""The two designs under the same load, in turn, several times."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.demo import Demo
from bench.load import Job, Result
from bench.profiles import Profile
from bench.servers import Design, Server, serving


class Case(Struct, frozen=True):
    """One load: how many packages of which size, from how many clients at once. The obvious design gets fewer."""

    size: str
    clients: int
    packages: int
    packages_naive: int

    def share(self, design: Design, files: Sequence[Path]) -> Sequence[Path]:
        """Return the files of one run of `design`, the warm-up not counted."""
        return files[: self.packages if design is Design.HUB else self.packages_naive]


class Run(Struct, frozen=True):
    """What one run of one design showed. Times in seconds, memory in bytes; CPU is per package and of the server only."""

    design: Design
    case: Case
    packages_per_second: float
    p50: float
    p95: float
    p99: float
    cpu_seconds: float
    peak_bytes: int
    generator_share: float
    result: Result


class Faulty(Exception):
    """A run lost, doubled or changed something; its speed is worth nothing."""


def measure(
    design: Design, case: Case, profile: Profile, files: Sequence[Path], warm_up: Sequence[Path], work: Path
) -> Run:
    """Start `design` afresh, warm it up, and give it the load of `case`; raise `Faulty` when anything is missing."""
    demo = profile.demo
    with (
        profile.place(design) as place,
        serving(design, demo, work / "server", place.settings, place.arguments) as server,
    ):
        generate(job_of(server, demo, warm_up, clients=min(4, case.clients)), work)
        before = server.usage()
        result = generate(job_of(server, demo, case.share(design, files), clients=case.clients), work)
        after = server.usage()
    seconds = result.ended_at - result.posts[0].began_at
    latencies = sorted(post.answered_at - post.began_at for post in result.posts)
    return Run(
        design=design,
        case=case,
        packages_per_second=result.accepted / seconds,
        p50=percentile(latencies, 0.50),
        p95=percentile(latencies, 0.95),
        p99=percentile(latencies, 0.99),
        cpu_seconds=(after.cpu_seconds - before.cpu_seconds) / result.accepted,
        peak_bytes=after.peak_bytes,
        generator_share=result.cpu_seconds / seconds,
        result=result,
    )


def median_of(runs: Sequence[Run]) -> Run:
    """Return the run with the median rate."""
    return sorted(runs, key=lambda run: run.packages_per_second)[(len(runs) - 1) // 2]


def job_of(server: Server, demo: Demo, files: Sequence[Path], *, clients: int) -> Job:
    """Return the job of posting `files` to `server` as the sender of `demo`."""
    return Job(
        url=server.url,
        sender_key=demo.sender.api_key,
        recipient_key=demo.recipient.api_key,
        files=tuple(map(str, files)),
        clients=clients,
        hub_certificate=str(demo.hub_certificate),
    )


def generate(job: Job, work: Path) -> Result:
    """Run the load generator in a process of its own and check that nothing is missing."""
    process = start_generator(job, work / "load")
    return end_generator(process, work / "load")


def start_generator(job: Job, files: Path) -> subprocess.Popen[bytes]:
    """Start a generator; it reads and writes beside `files`."""
    job_file, result_file = files.with_suffix(".job"), files.with_suffix(".result")
    job_file.write_bytes(msgspec.json.encode(job))
    return subprocess.Popen([sys.executable, "-m", "bench.load", str(job_file), str(result_file)])


def end_generator(process: subprocess.Popen[bytes], files: Path) -> Result:
    """Wait for a generator and return its result; raise `Faulty` when it found something wrong."""
    if process.wait():
        raise Faulty(f"the load generator ended with {process.returncode}")
    result = msgspec.json.decode(files.with_suffix(".result").read_bytes(), type=Result)
    if result.faults:
        raise Faulty(f"{len(result.faults)} faults, the first: {result.faults[0]}")
    return result


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the sorted `values` lie."""
    return values[min(len(values) - 1, int(share * len(values)))]


def ratio(hub: Sequence[Run], naive: Sequence[Run]) -> float:
    """Return how many times faster the hub was: the median over rounds, each compared with its neighbour in time."""
    pairs = zip(hub, naive, strict=True)
    return statistics.median(one.packages_per_second / other.packages_per_second for one, other in pairs)
