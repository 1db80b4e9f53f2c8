"""The one place where adapters and use cases meet: every start beside its stop."""

from __future__ import annotations

import gc
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec import structs
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from adapters.amqp import open_broker
from adapters.http.annexes import Annex
from adapters.http.listeners import listeners
from adapters.http.logs import configure_logs
from adapters.http.routes import ROUTES, WATCHED, Route
from adapters.http.server import serving, until_told_to_stop
from adapters.mail import SmtpMessenger
from adapters.storage.dialects import is_in_process
from adapters.storage.opening import Storage, open_storage
from adapters.trust.load import Trust, load_trust
from adapters.trust.locker import FileLocker
from adapters.trust.revocation import RevocationCache, open_revocation
from adapters.vxp.axes import open_axes
from adapters.vxp.courier import UpstreamCourier
from adapters.vxp.edge import VxpEdge
from adapters.webhook.courier import open_courier
from hub import certificate_watch
from hub.admission import Admission
from hub.agency_requests import AgencyRequests
from hub.allocation import keep_freed_memory
from hub.attest import Attestor
from hub.carrying import collection, delivery_loops, lost_orders
from hub.certificate_watch import CertificateWatch
from hub.clock import TrustedClock
from hub.commits import Commits
from hub.configuration import ConfigurationError
from hub.credential_uses import CredentialUses
from hub.examination import Capacity, Examination
from hub.examine import Window
from hub.feed import Feed
from hub.handing_on import HandingOn
from hub.handover import Handover
from hub.health import Health, Probe
from hub.housekeeping import Chore, Housekeeping
from hub.inbox import Inbox
from hub.library import Library
from hub.measures import Measuring
from hub.pace import Pace
from hub.ports import Broker
from hub.pressure import Pressure
from hub.quotas import Quotas
from hub.recall import Recalls
from hub.redrive import Redrive
from hub.register import CurrentRegister
from hub.roles import ALONE, Process
from hub.services import Services, watched
from hub.settings import Settings, StorageSettings
from hub.signals import Signals
from hub.starting import once_loaded, prepared_by, take_up
from hub.strangers import Strangers
from hub.submission import Submission
from hub.supervision import running_loops
from hub.tray import Tray
from hub.trouble import Deferral
from signing.keys import facts

_SWEEP_EVERY = timedelta(hours=6)
_SEEK_LOST_EVERY = timedelta(minutes=1)
_LEAST_FREE_BYTES = 268_435_456  #: below this much free disk the hub says that it is not ready


def now() -> datetime:
    """Return the present, aware UTC, for what states no time and claims nothing: who may enter, what is still fresh."""
    return datetime.now(UTC)


class _Watching(NamedTuple):
    """What is watched: which process this is, its clock, revoked certificates (None: not required), and those that will end."""

    process: Process
    clock: TrustedClock
    revocation: RevocationCache | None
    endings: CertificateWatch

    def probes(self) -> dict[str, Probe]:
        """Return what health asks."""
        known: dict[str, Probe] = {"clock": self.clock.probe}
        return known if self.revocation is None else known | {"revocation": self.revocation.probe}

    def measurings(self) -> tuple[Measuring, ...]:
        """Return what metrics ask."""
        return tuple(each.measure for each in self if each is not None)


class _Brokerage(NamedTuple):
    """The broker, what health asks of it, and the loops that it needs."""

    broker: Broker
    probes: dict[str, Probe]
    loops: dict[str, Callable[[], Awaitable[None]]]


@asynccontextmanager
async def running(settings: Settings, base_dir: Path, process: Process = ALONE) -> AsyncIterator[Services]:
    """Open everything, run the loops of this process, and close all of it at the end.

    Relative paths of `settings` start at `base_dir`. Raises what the adapters raise when a key or the database cannot be used.
    """
    trust = load_trust(settings.trust, base_dir)
    signals = Signals()
    storage_settings = located(settings.storage, base_dir)
    settings = structs.replace(settings, storage=storage_settings)
    commits = Commits()
    clock = TrustedClock()
    async with open_storage(
        storage_settings,
        inline_bytes=settings.intake.inline_bytes,
        notify=signals.notify,
        committed=commits.announce,
        clock=clock,
    ) as storage:
        register = CurrentRegister(storage.registers)
        await take_up(register)
        async with (
            open_courier(settings, lambda: register.snapshot, now) as webhook,
            _revocation(settings, base_dir, trust, register, process) as revocation,
            _brokerage(settings, storage, register, signals, process) as brokerage,
            open_axes(settings, base_dir, lambda: register.snapshot, locker_of(settings, base_dir), now) as axes,
        ):
            watch = _watch(settings, trust, register)
            services = _services(
                settings,
                storage,
                trust,
                register,
                signals,
                commits,
                brokerage,
                _Watching(process, clock, revocation, watch),
            )
            loops = {"credential-uses": services.credential_uses.run, "certificates": watch.run} | brokerage.loops
            loops["clock"] = partial(clock.watch, storage.database.time)
            loops["pressure"] = services.pressure.run
            if process.role.carries:
                chores = (
                    Chore("lost-orders", _SEEK_LOST_EVERY, lost_orders(services).republish),
                    Chore("sweep-content", _SWEEP_EVERY, storage.sweeper.sweep),
                    Chore("certificate-ladder", certificate_watch.LOOK_EVERY, watch.look),
                )
                loops["housekeeping"] = Housekeeping(leases=storage.leases, chores=chores, clock=clock).run
                loops |= delivery_loops(
                    services,
                    {webhook.binding: webhook, UpstreamCourier.binding: UpstreamCourier(axes, storage.store)},
                    Attestor(settings.hub.code, trust.sealer),
                    storage.registers.forget_address,
                )
                collected = collection(services, axes, storage.leases)
                loops["collection"] = collected.run
                services = watched(services, "upstream", collected.probe, collected.measure)
                if is_in_process(storage_settings.url):  # elsewhere what living processes have taken stays theirs
                    loops["consignment"] = prepared_by(storage.queue.restart, loops["consignment"])
            loops = {name: once_loaded(register, run) for name, run in loops.items()} | {"register": register.run}
            if revocation is not None:
                loops["revocation"] = revocation.run
            async with running_loops(loops):
                yield services


async def serve(
    settings: Settings,
    base_dir: Path,
    on_open: Callable[[str, int], None] = lambda _host, _port: None,
    process: Process = ALONE,
) -> None:
    """Run the hub with its HTTP edge until SIGTERM or SIGINT; `on_open` is told where it listens."""
    configure_logs(settings.log.level)
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


def locker_of(settings: Settings, base_dir: Path) -> FileLocker:
    """Return what seals secrets and opens them again."""
    return FileLocker(base_dir / settings.trust.secrets_key)


def _settle() -> None:
    """Take what start-up made out of the garbage collector's rounds, make them rarer, and keep freed memory at hand.

    Requests leave hardly any cycles behind, but by default every 700 new objects start a round.
    """
    keep_freed_memory()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def located(settings: StorageSettings, base_dir: Path) -> StorageSettings:
    """Return the storage settings with every relative path made absolute; raise `ConfigurationError` for a foreign URL."""
    try:
        url = make_url(settings.url)
    except ArgumentError as error:
        raise ConfigurationError("storage.url is no SQLAlchemy URL") from error
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ConfigurationError("storage.url must begin with sqlite:/// or postgresql+psycopg://")
    if url.drivername.startswith("sqlite") and url.database:
        url = url.set(database=str(base_dir / url.database))
    return structs.replace(
        settings,
        url=url.render_as_string(hide_password=False),
        content_dir=base_dir / settings.content_dir,
        spool_dir=base_dir / settings.spool_dir,
    )


def _services(
    settings: Settings,
    storage: Storage,
    trust: Trust,
    register: CurrentRegister,
    signals: Signals,
    commits: Commits,
    brokerage: _Brokerage,
    watching: _Watching,
) -> Services:
    attestor = Attestor(settings.hub.code, trust.sealer)
    store, clock = storage.store, watching.clock
    quotas = Quotas(store, now)
    commits.subscribe(quotas.observe)
    pressure = Pressure(
        outbox=store,
        most_due=settings.broker.max_outbox,
        require_store=storage.database.writer.require_room,
        clock=now,
    )
    admission = Admission(usual=settings.limits, register=register, quotas=quotas, pressure=pressure)
    lifetime = timedelta(days=settings.delivery.deadline_days)
    library = Library(store, register)
    tray = Tray(store=store, clock=clock, failures_before_alarm=settings.vxp.failures_before_alarm)
    strangers = Strangers(settings.limits.failed_logins_per_minute)
    return Services(
        settings=settings,
        clock=clock,
        store=store,
        broker=brokerage.broker,
        spool=storage.spool,
        register=register,
        signals=signals,
        commits=commits,
        credential_uses=CredentialUses(storage.registers),
        admission=admission,
        strangers=strangers,
        pressure=pressure,
        submission=Submission(
            examination=_examination(settings, trust, register, watching.revocation),
            store=store,
            spool=storage.spool,
            register=register,
            attestor=attestor,
            clock=clock,
            lifetime=lifetime,
            admission=admission,
        ),
        handover=Handover(store=store, register=register, attestor=attestor, clock=clock),
        recalls=Recalls(store=store, register=register, attestor=attestor, clock=clock, lifetime=lifetime),
        redrive=Redrive(store=store, register=register, clock=clock),
        inbox=Inbox(mailbox=store, signals=signals, clock=clock),
        tray=tray,
        feed=Feed(reader=store, signals=signals),
        agency_requests=AgencyRequests(book=storage.registers, register=register, clock=now),
        library=library,
        handing_on=HandingOn(library, settings.hub.code),
        health=Health(
            _probes(storage, trust, settings.storage.content_dir) | watching.probes() | brokerage.probes,
            may_be_away=frozenset(brokerage.probes),
        ),
        measurings=(*watching.measurings(), tray.measure, pressure.measure, strangers.measure),
    )


@asynccontextmanager
async def _brokerage(
    settings: Settings, storage: Storage, register: CurrentRegister, signals: Signals, process: Process
) -> AsyncIterator[_Brokerage]:
    """Open the broker that the settings name. RabbitMQ need not be there: it is connected to when it is.

    A process that does not carry has no use for it: what it accepts goes into the outbox.
    """
    if not (settings.broker.url and process.role.carries):
        yield _Brokerage(storage.queue, {}, {})
        return
    async with open_broker(
        settings.broker.url,
        systems=lambda: (system.id for system in register.snapshot.directory.systems()),
        arrived=lambda: signals.notify("queue"),
        lost=partial(_take_up_lost, storage, signals),
    ) as broker:
        yield _Brokerage(broker, {"broker": broker.probe}, {"broker-watch": broker.watch})


async def _take_up_lost(storage: Storage, signals: Signals, system_id: str) -> None:
    """Publish again what stood in a queue that is not there any more."""
    if await storage.store.unpublish(system_id, now()):
        signals.notify("outbox")


@asynccontextmanager
async def _revocation(
    settings: Settings, base_dir: Path, trust: Trust, register: CurrentRegister, process: Process
) -> AsyncIterator[RevocationCache | None]:
    """Open the cache of revocation evidence; None where revocation is not required, or nothing is examined."""
    chosen = settings.trust.revocation
    if chosen.mode == "off" or not process.role.answers_callers:
        yield None
        return
    async with open_revocation(
        chosen, base_dir, trust.authorities, lambda: register.snapshot.certificates, now
    ) as revocation:
        yield revocation


def _watch(settings: Settings, trust: Trust, register: CurrentRegister) -> CertificateWatch:
    mail = settings.mail
    messenger = SmtpMessenger(mail) if mail.host and mail.recipients else None
    return CertificateWatch(hub=facts(trust.hub_certificate), register=register, clock=now, messenger=messenger)


def _examination(
    settings: Settings, trust: Trust, register: CurrentRegister, revocation: RevocationCache | None
) -> Examination:
    intake = settings.intake
    return Examination(
        register=register,
        anchors=trust.anchors,
        window=Window(
            newest=timedelta(hours=intake.max_future_hours),
            oldest=timedelta(days=intake.max_age_days) if intake.max_age_days else None,
        ),
        clock=now,
        hub_code=settings.hub.code,
        capacity=Capacity(
            inline_bytes=intake.inline_bytes,
            memory_budget=intake.memory_budget,
            pace=Pace(settings.limits.busy_share),
        ),
        revocation=lambda: revocation.current if revocation else None,
    )


def _probes(storage: Storage, trust: Trust, content_dir: Path) -> dict[str, Probe]:
    async def database() -> str:
        return f"register version {await storage.registers.register_version()}"

    async def signing() -> str:
        until = trust.hub_certificate.not_valid_after_utc
        if not trust.hub_certificate.not_valid_before_utc <= now() <= until:
            raise Deferral(
                "signing-unavailable", detail=f"the hub's certificate is not valid now (until {until:%Y-%m-%d})"
            )
        return f"certificate valid until {until:%Y-%m-%d}"

    async def disk() -> str:
        free = shutil.disk_usage(content_dir).free
        if free < _LEAST_FREE_BYTES:
            raise Deferral("storage-full", detail=f"only {free // 1_048_576} MiB free")
        return f"{free // 1_048_576} MiB free"

    return {"database": database, "signing": signing, "disk": disk}
