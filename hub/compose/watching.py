"""What a process watches over, for health and metrics."""

from __future__ import annotations

from typing import NamedTuple

from adapters.trust.revocation import RevocationCache
from hub.certificate_watch import CertificateWatch
from hub.clock import TrustedClock
from hub.continuity import Continuity
from hub.health import Probe
from hub.measures import Measuring
from hub.retention import Retention
from hub.roles import Process


class Watching(NamedTuple):
    """What is watched; None: not asked for."""

    process: Process
    clock: TrustedClock
    continuity: Continuity
    retention: Retention | None
    revocation: RevocationCache | None
    endings: CertificateWatch

    def probes(self) -> dict[str, Probe]:
        """Return what health asks."""
        found: dict[str, Probe] = {"clock": self.clock.probe, "continuity": self.continuity.probe}
        return found if self.revocation is None else found | {"revocation": self.revocation.probe}

    def measurings(self) -> tuple[Measuring, ...]:
        """Return what metrics ask."""
        return tuple(each.measure for each in self if each is not None)
