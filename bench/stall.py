"""How long small packages wait while a large one is handled, from its post to its handover and receipts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, structs

from bench.compare import end_generator, generate, job_of, percentile, start_generator
from bench.demo import Demo
from bench.load import Post
from bench.servers import Design, serving

_CLIENTS = 8
_LEAD_SECONDS = 2.0  #: small packages alone, before the large one is posted


class Stall(Struct, frozen=True):
    """What was seen: waits of small packages in seconds before and while the large one was handled; memory in bytes."""

    design: Design
    worst_before: float
    worst_during: float
    p99_during: float
    large_seconds: float
    peak_bytes: int


def measure_stall(
    design: Design, demo: Demo, small: Sequence[Path], large: Path, work: Path, *, seconds: float
) -> Stall:
    """Post small packages from eight clients for `seconds` and, two seconds later, one large package the other way."""
    with serving(design, demo, work / "server") as server:
        warm_up, rest = small[:24], small[24:]
        generate(job_of(server, demo, warm_up, clients=4), work)
        load = start_generator(
            structs.replace(job_of(server, demo, rest, clients=_CLIENTS), seconds=seconds), work / "small"
        )
        time.sleep(_LEAD_SECONDS)
        other_way = structs.replace(demo, sender=demo.recipient, recipient=demo.sender)
        single = start_generator(job_of(server, other_way, [large], clients=1), work / "large")
        handled = end_generator(single, work / "large")
        result = end_generator(load, work / "small")
        peak = server.usage().peak_bytes
    began_at, ended_at = handled.posts[0].began_at, handled.ended_at
    before = [_wait(post) for post in result.posts if post.answered_at < began_at]
    during = sorted(_wait(post) for post in result.posts if post.answered_at >= began_at and post.began_at <= ended_at)
    return Stall(design, max(before), during[-1], percentile(during, 0.99), ended_at - began_at, peak)


def _wait(post: Post) -> float:
    return post.answered_at - post.began_at
