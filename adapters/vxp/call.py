"""One call of an operation by an authenticated system, with all that its handler needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from adapters.vxp.parameters import Parameters
from hub.accounts import Caller, Snapshot
from hub.services import Services
from hub.shared_secrets import VxpTerms


@dataclass(frozen=True, kw_only=True)
class Call:
    """The request, who makes it, and its signed parameters. `remember` adds facts to its log line.

    `offer` says which answer stands for its repetitions as long as a condition holds; whether its caller may still come in
    is asked beside that.
    """

    request: web.Request
    services: Services
    caller: Caller
    parameters: Parameters
    terms: VxpTerms
    body: bytes  #: empty where a file is sent: that is streamed
    remember: Callable[..., None]
    offer: Callable[[bytes, Callable[[], bool]], None]

    @property
    def snapshot(self) -> Snapshot:
        """The register of the moment."""
        return self.services.register.snapshot
