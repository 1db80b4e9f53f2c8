"""The one place where adapters and use cases meet: every start beside its stop."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from msgspec import structs

from adapters.amqp import AbsentCourier, open_rabbit
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
from hub import certificate_watch, failpoints
from hub.acknowledgements import Acknowledgements
from hub.admission import Admission
from hub.agency_requests import AgencyRequests
from hub.allocation import keep_freed_memory
from hub.attest import Attestor
from hub.brokerage import Brokerage
from hub.carrying import collection, delivery_loops, lost_orders
from hub.certificate_watch import CertificateWatch
from hub.client_certificates import ClientCertificates
from hub.clock import TrustedClock
from hub.commits import Commits
from hub.compose.places import located
from hub.compose.probes import probes
from hub.compose.watching import Watching
from hub.continuity import Continuity, GuardedRegister
from hub.credential_uses import CredentialUses
from hub.examination import Capacity, Examination
from hub.examine import Window
from hub.feed import Feed
from hub.handing_on import HandingOn
from hub.handover import Handover
from hub.health import Health
from hub.housekeeping import Chore, Housekeeping
from hub.inbox import Inbox
from hub.library import Library
from hub.lost_orders import take_up_lost
from hub.pace import Pace
from hub.pressure import Pressure
from hub.quotas import Quotas
from hub.recall import Recalls
from hub.redrive import Redrive
from hub.register import CurrentRegister
from hub.retention import Retention
from hub.roles import ALONE, Process
from hub.services import Services, watched
from hub.settings import Settings
from hub.signals import Signals
from hub.signature_policy import policy_of
from hub.starting import once_loaded, prepared_by, take_up
from hub.strangers import Strangers
from hub.submission import Submission
from hub.supervision import running_loops
from hub.tray import Tray
from signing.keys import facts
from signing.revocation import Revocation

__all__ = ["located", "locker_of", "now", "running", "serve"]

_PURGE_EVERY = timedelta(hours=1)
_SWEEP_EVERY = timedelta(hours=6)
_SEEK_LOST_EVERY = timedelta(minutes=1)


def now() -> datetime:
    """Return the present, aware UTC, for what states no time and claims nothing: who may enter, what is still fresh."""
    return datetime.now(UTC)


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
        continuity = Continuity(storage.chronicle, storage.mark)
        commits.subscribe(continuity.observe)
        register = CurrentRegister(GuardedRegister(storage.registers, continuity))
        await take_up(register)
        async with (
            open_courier(settings, lambda: register.snapshot, now) as webhook,
            _revocation(settings, base_dir, trust, register, process) as revocation,
            _brokerage(settings, storage, register, signals, process) as brokerage,
            open_axes(settings, base_dir, lambda: register.snapshot, locker_of(settings, base_dir), now) as axes,
        ):
            watch = _watch(settings, trust, register)
            retention = _retention(settings, storage)
            services = _services(
                settings,
                storage,
                trust,
                register,
                signals,
                commits,
                brokerage,
                Watching(process, clock, continuity, retention, revocation, watch),
            )
            loops = brokerage.loops(Acknowledgements(services.handover, register))
            loops |= {"credential-uses": services.credential_uses.run, "certificates": watch.run}
            loops["clock"] = partial(clock.watch, storage.database.time)
            loops["mark"] = continuity.run
            loops["pressure"] = services.pressure.run
            if process.role.carries:
                chores = (
                    Chore("lost-orders", _SEEK_LOST_EVERY, lost_orders(services).republish),
                    Chore("sweep-content", _SWEEP_EVERY, storage.sweeper.sweep),
                    Chore("certificate-ladder", certificate_watch.LOOK_EVERY, watch.look),
                    *((Chore("purge-contents", _PURGE_EVERY, retention.purge),) if retention else ()),
                )
                loops["housekeeping"] = Housekeeping(leases=storage.leases, chores=chores, clock=clock).run
                loops |= delivery_loops(
                    services,
                    {
                        webhook.binding: webhook,
                        UpstreamCourier.binding: UpstreamCourier(axes, storage.store),
                        brokerage.courier.binding: brokerage.courier,
                    },
                    _attestor(settings, trust, continuity),
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


def _attestor(settings: Settings, trust: Trust, continuity: Continuity) -> Attestor:
    return Attestor(settings.hub.code, trust.sealer, lambda: continuity.epoch)


def _services(
    settings: Settings,
    storage: Storage,
    trust: Trust,
    register: CurrentRegister,
    signals: Signals,
    commits: Commits,
    brokerage: Brokerage,
    watching: Watching,
) -> Services:
    attestor = _attestor(settings, trust, watching.continuity)
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
        client_certificates=ClientCertificates(_revocation_of(watching.revocation)),
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
            probes(storage, trust, settings.storage.content_dir, now) | watching.probes() | brokerage.probes(),
            may_be_away=frozenset(brokerage.probes()),
        ),
        measurings=(*watching.measurings(), tray.measure, pressure.measure, strangers.measure),
    )


@asynccontextmanager
async def _brokerage(
    settings: Settings, storage: Storage, register: CurrentRegister, signals: Signals, process: Process
) -> AsyncIterator[Brokerage]:
    """Open the broker that the settings name. RabbitMQ need not be there: it is connected to when it is.

    A process that does not carry has no use for it: what it accepts goes into the outbox.
    """
    if not (settings.broker.url and process.role.carries):
        yield Brokerage(storage.queue, AbsentCourier())
        return

    async def lost(system_id: str) -> None:
        if await take_up_lost(storage.store, system_id, now()):
            signals.notify("outbox")

    async with open_rabbit(
        settings.broker.url,
        directory=lambda: register.snapshot.directory,
        content=storage.store.content,
        base_url=settings.hub.base_url,
        arrived=lambda: signals.notify("queue"),
        lost=lost,
    ) as rabbit:
        yield Brokerage.of(rabbit, storage.queue, lambda: register.snapshot.directory)


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


def _retention(settings: Settings, storage: Storage) -> Retention | None:
    days = settings.retention.content_days
    return Retention(storage.purger, timedelta(days=days), now) if days > 0 else None


def _revocation_of(cache: RevocationCache | None) -> Callable[[], Revocation | None]:
    """Return who says what is required at the moment; always None without a cache."""
    return lambda: cache.current if cache else None


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
        revocation=_revocation_of(revocation),
        algorithms=policy_of(settings.signatures),
    )
