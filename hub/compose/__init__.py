"""The one place where adapters and use cases meet: every start beside its stop.

A process is opened in layers, each of which knows only those before it: the foundation (keys, database, register), what it
reaches outside, its use cases, and the loops that work by themselves. `serve` puts the HTTP edge on top.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.http.annexes import Annex
from adapters.http.listeners import listeners
from adapters.http.logs import configure_logs
from adapters.http.routes import ROUTES, WATCHED, Route
from adapters.http.server import serving, until_told_to_stop
from adapters.vxp.edge import VxpEdge
from hub import failpoints
from hub.allocation import keep_freed_memory
from hub.carrying import collection
from hub.compose.foundation import now, open_foundation
from hub.compose.loops import loops_of
from hub.compose.outside import locker_of, open_outside
from hub.compose.places import located
from hub.compose.use_cases import services_of, watching_of
from hub.roles import ALONE, Process
from hub.services import Services, watched
from hub.settings import Settings
from hub.supervision import running_loops

__all__ = ["located", "locker_of", "now", "running", "serve"]


@asynccontextmanager
async def running(settings: Settings, base_dir: Path, process: Process = ALONE) -> AsyncIterator[Services]:
    """Open everything, run the loops of this process, and close all of it at the end.

    Relative paths of `settings` start at `base_dir`. Raises what the adapters raise when a key or the database cannot be used.
    """
    async with open_foundation(settings, base_dir, process) as base, open_outside(base) as outside:
        watching = watching_of(base, outside)
        services = services_of(base, outside, watching)
        collected = collection(services, outside.axes, base.storage.leases) if process.role.carries else None
        if collected is not None:
            services = watched(services, "upstream", collected.probe, collected.measure)
        async with running_loops(loops_of(base, outside, services, watching, collected)):
            yield services


async def serve(
    settings: Settings,
    base_dir: Path,
    on_open: Callable[[str, int], None] = lambda _host, _port: None,
    process: Process = ALONE,
) -> None:
    """Run the hub with its HTTP edge until SIGTERM or SIGINT; `on_open` is told where it listens."""
    configure_logs(settings.log.level)
    failpoints.confess()
    with listeners(settings, base_dir, worker=process.worker) as opened:
        async with (
            running(settings, base_dir, process) as services,
            serving(services, opened, *_served(services, settings, base_dir, process)) as (host, port),
        ):
            _settle()
            on_open(host, port)
            await until_told_to_stop()


def _served(
    services: Services, settings: Settings, base_dir: Path, process: Process
) -> tuple[tuple[Route, ...], tuple[Annex, ...]]:
    """Return the routes and the annexes that a process serves."""
    if not process.role.answers_callers:
        return WATCHED, ()
    return ROUTES, (VxpEdge(services, locker_of(settings, base_dir)),)


def _settle() -> None:
    """Take what start-up made out of the garbage collector's rounds, make them rarer, and keep freed memory at hand.

    Requests leave hardly any cycles behind, but by default every 700 new objects start a round.
    """
    keep_freed_memory()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
