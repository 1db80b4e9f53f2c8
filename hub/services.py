"""The use cases of a running hub, wired once by `hub.compose` and given to the edges."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.admission import Admission
from hub.agency_requests import AgencyRequests
from hub.client_certificates import ClientCertificates
from hub.commits import Commits
from hub.credential_uses import CredentialUses
from hub.feed import Feed
from hub.handing_on import HandingOn
from hub.handover import Handover
from hub.health import Health, Probe
from hub.inbox import Inbox
from hub.library import Library
from hub.measures import Measuring
from hub.ports import Broker, Clock, Store
from hub.pressure import Pressure
from hub.recall import Recalls
from hub.redrive import Redrive
from hub.register import CurrentRegister
from hub.settings import Settings
from hub.signals import Signals
from hub.spool import Spool
from hub.strangers import Strangers
from hub.submission import Submission
from hub.tray import Tray


@dataclass(frozen=True, kw_only=True)
class Services:
    """What an edge of the hub may call."""

    settings: Settings
    clock: Clock
    store: Store
    broker: Broker
    spool: Spool
    register: CurrentRegister
    signals: Signals
    commits: Commits
    credential_uses: CredentialUses
    admission: Admission
    strangers: Strangers
    client_certificates: ClientCertificates
    pressure: Pressure
    submission: Submission
    handover: Handover
    recalls: Recalls
    redrive: Redrive
    inbox: Inbox
    tray: Tray
    feed: Feed
    agency_requests: AgencyRequests
    library: Library
    handing_on: HandingOn
    health: Health
    measurings: tuple[Measuring, ...]


def watched(services: Services, name: str, probe: Probe, measuring: Measuring) -> Services:
    """Return the services with one more dependency that may be away, asked for its health and for its measures."""
    return replace(
        services,
        health=services.health.with_probe(name, probe),
        measurings=(*services.measurings, measuring),
    )
