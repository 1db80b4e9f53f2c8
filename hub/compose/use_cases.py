"""The use cases of a process, wired from what it stands on and what it reaches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from adapters.mail import SmtpMessenger
from adapters.trust.revocation import RevocationCache
from hub.admission import Admission
from hub.agency_requests import AgencyRequests
from hub.certificate_watch import CertificateWatch
from hub.client_certificates import ClientCertificates
from hub.compose.foundation import Foundation, now
from hub.compose.outside import Outside
from hub.compose.probes import probes
from hub.compose.watching import Watching
from hub.credential_uses import CredentialUses
from hub.examination import Capacity, Examination
from hub.examine import Window
from hub.feed import Feed
from hub.handing_on import HandingOn
from hub.handover import Handover
from hub.health import Health
from hub.inbox import Inbox
from hub.library import Library
from hub.pace import Pace
from hub.pressure import Pressure
from hub.quotas import Quotas
from hub.recall import Recalls
from hub.redrive import Redrive
from hub.retention import Retention
from hub.seen import Seen
from hub.services import Services
from hub.signature_policy import policy_of
from hub.strangers import Strangers
from hub.submission import Submission
from hub.tray import Tray
from signing.keys import facts
from signing.revocation import Revocation


def services_of(base: Foundation, outside: Outside, watching: Watching) -> Services:
    """Wire every use case."""
    settings, storage, store = base.settings, base.storage, base.storage.store
    pressure = _pressure(base)
    pace = Pace(base.settings.limits.busy_share)
    admission = _admission(base, pressure, pace)
    seen = Seen()
    library = Library(store, base.register, seen)
    tray = Tray(
        store=store,
        signals=base.signals,
        clock=base.clock,
        failures_before_alarm=settings.vxp.failures_before_alarm,
    )
    strangers = Strangers(settings.limits.failed_logins_per_minute)
    return Services(
        settings=settings,
        clock=base.clock,
        store=store,
        broker=outside.brokerage.broker,
        spool=storage.spool,
        register=base.register,
        signals=base.signals,
        commits=base.commits,
        credential_uses=CredentialUses(storage.registers),
        admission=admission,
        strangers=strangers,
        client_certificates=ClientCertificates(_required_by(outside.revocation)),
        pressure=pressure,
        submission=_submission(base, outside, admission, pace),
        handover=Handover(store=store, register=base.register, attestor=base.attestor(), clock=base.clock, seen=seen),
        recalls=Recalls(
            store=store, register=base.register, attestor=base.attestor(), clock=base.clock, lifetime=_lifetime(base)
        ),
        redrive=Redrive(store=store, register=base.register, clock=base.clock),
        inbox=Inbox(mailbox=store, signals=base.signals, clock=base.clock),
        tray=tray,
        feed=Feed(reader=store, signals=base.signals),
        agency_requests=AgencyRequests(book=storage.registers, register=base.register, clock=now),
        library=library,
        handing_on=HandingOn(library, settings.hub.code),
        health=_health(base, outside, watching),
        measurings=(*watching.measurings(), tray.measure, pressure.measure, strangers.measure),
    )


def watching_of(base: Foundation, outside: Outside) -> Watching:
    """Wire what a process watches over."""
    mail, days = base.settings.mail, base.settings.retention.content_days
    return Watching(
        process=base.process,
        clock=base.clock,
        continuity=base.continuity,
        retention=Retention(base.storage.purger, timedelta(days=days), now) if days > 0 else None,
        revocation=outside.revocation,
        endings=CertificateWatch(
            hub=facts(base.trust.hub_certificate),
            register=base.register,
            clock=now,
            messenger=SmtpMessenger(mail) if mail.host and mail.recipients else None,
        ),
    )


def _submission(base: Foundation, outside: Outside, admission: Admission, pace: Pace) -> Submission:
    return Submission(
        examination=_examination(base, outside.revocation, pace),
        store=base.storage.store,
        spool=base.storage.spool,
        register=base.register,
        attestor=base.attestor(),
        clock=base.clock,
        lifetime=_lifetime(base),
        admission=admission,
    )


def _examination(base: Foundation, revocation: RevocationCache | None, pace: Pace) -> Examination:
    settings, intake = base.settings, base.settings.intake
    return Examination(
        register=base.register,
        anchors=base.trust.anchors,
        window=Window(
            newest=timedelta(hours=intake.max_future_hours),
            oldest=timedelta(days=intake.max_age_days) if intake.max_age_days else None,
        ),
        clock=now,
        hub_code=settings.hub.code,
        capacity=Capacity(
            inline_bytes=intake.inline_bytes,
            memory_budget=intake.memory_budget,
            pace=pace,
        ),
        revocation=_required_by(revocation),
        algorithms=policy_of(settings.signatures),
    )


def _admission(base: Foundation, pressure: Pressure, pace: Pace) -> Admission:
    quotas = Quotas(base.storage.store)
    return Admission(usual=base.settings.limits, register=base.register, quotas=quotas, pressure=pressure, pace=pace)


def _pressure(base: Foundation) -> Pressure:
    return Pressure(
        outbox=base.storage.store,
        most_due=base.settings.broker.max_outbox,
        require_store=base.storage.database.writer.require_room,
        clock=now,
    )


def _health(base: Foundation, outside: Outside, watching: Watching) -> Health:
    own = probes(base.storage, base.register, base.trust, base.settings.storage.content_dir, now)
    brokers = outside.brokerage.probes()
    return Health(own | watching.probes() | brokers, may_be_away=frozenset(brokers))


def _lifetime(base: Foundation) -> timedelta:
    return timedelta(days=base.settings.delivery.deadline_days)


def _required_by(cache: RevocationCache | None) -> Callable[[], Revocation | None]:
    """Return who says what is required at the moment; always None without a cache."""
    return lambda: cache.current if cache else None
