"""Other axes that this hub is itself a system of: where each is, who we are there, and the secret that we share with it."""

from __future__ import annotations

from msgspec import Struct


class Upstream(Struct, frozen=True, kw_only=True):
    """How the hub connects to the axis that a system of the binding `upstream` stands for.

    `remote_id` is the system id that this hub has there; the secret is kept sealed (see `hub.shared_secrets`).
    """

    system_id: str
    url: str
    remote_id: str
    sealed: bytes

    @property
    def purpose(self) -> str:
        """What the seal is bound to: moved to another system, it does not open."""
        return purpose_of(self.system_id)


def purpose_of(system_id: str) -> str:
    """Return what the seal of an upstream's secret is bound to."""
    return f"upstream-secret:{system_id}"
