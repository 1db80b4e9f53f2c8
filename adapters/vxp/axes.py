"""The axes that this hub connects to: one session for all, one client for each, by the register of the moment."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from ssl import SSLContext, create_default_context

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver
from msgspec import Struct
from yarl import URL

from adapters.egress import Guard, TargetForbidden, open_session
from adapters.egress.target import Address
from adapters.vxp.client import LONGEST_TRANSFER, Account, Limits, VxpClient
from hub.accounts import Snapshot
from hub.ports import Clock
from hub.settings import Settings, UpstreamSettings
from hub.shared_secrets import SecretLocker
from hub.trouble import Defect
from hub.upstreams import Upstream

_KEEP_ALIVE = 4.0  #: seconds; servers of this protocol close idle connections after some ten

_log = structlog.get_logger()


class ConfiguredTargets(Guard):
    """Addresses that the operator has entered stand in inner networks as a rule, so any may be reached; their form is judged."""

    def may_reach(self, host: str, port: int, address: Address) -> bool:  # noqa: ARG002 - whom the operator names
        """Always."""
        return True


class _Known(Struct, frozen=True):
    upstream: Upstream
    client: VxpClient


class Axes:
    """Finds the client of an upstream system; made by `open_axes`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        snapshot: Callable[[], Snapshot],
        locker: SecretLocker,
        clock: Clock,
        limits: Limits,
        tls: SSLContext,
    ) -> None:
        self._session = session
        self._snapshot = snapshot
        self._locker = locker
        self._clock = clock
        self._limits = limits
        self._tls = tls
        self._targets = ConfiguredTargets()
        self._known: dict[str, _Known] = {}

    def __call__(self, system_id: str) -> VxpClient | None:
        """Return the client of a system; None when the register has no usable address and secret for it."""
        upstream = self._snapshot().upstreams.get(system_id)
        if upstream is None:
            return None
        known = self._known.get(system_id)
        if known is None or known.upstream != upstream:
            account = self._account(upstream)
            if account is None:
                return None
            is_open = partial(self._is_active, system_id)
            client = VxpClient(self._session, account, self._limits, self._clock, self._tls, is_open)
            known = self._known[system_id] = _Known(upstream, client)
        return known.client

    def _is_active(self, system_id: str) -> bool:
        system = self._snapshot().directory.system(system_id)
        return system is not None and system.is_active

    def _account(self, upstream: Upstream) -> Account | None:
        try:
            url = self._targets.check(upstream.url)
            secret = self._locker.open(upstream.sealed, upstream.purpose)
        except (TargetForbidden, Defect) as trouble:
            _log.error("upstream-unusable", system=upstream.system_id, detail=str(trouble))
            return None
        return Account(_bare(url), upstream.remote_id, secret)


@asynccontextmanager
async def open_axes(
    settings: Settings,
    base_dir: Path,
    snapshot: Callable[[], Snapshot],
    locker: SecretLocker,
    clock: Clock,
    resolver: AbstractResolver | None = None,
) -> AsyncIterator[Axes]:
    """Open the one session that all calls to other axes share, and close it at the end.

    Raises `OSError` (`ssl.SSLError` included) when a file of section [upstream] cannot be used.
    """
    limits = Limits(settings.upstream.timeout, settings.intake.max_bytes)
    tls = tls_context(settings.upstream, base_dir)
    async with open_session(
        ConfiguredTargets(), seconds=LONGEST_TRANSFER, headers={}, resolver=resolver, keep_alive=_KEEP_ALIVE
    ) as session:
        yield Axes(session, snapshot, locker, clock, limits, tls)


def tls_context(settings: UpstreamSettings, base_dir: Path) -> SSLContext:
    """Return what https to other axes is checked against; with our own certificate when there is one."""
    context = create_default_context(cafile=str(base_dir / settings.ca) if settings.ca else None)
    if settings.certificate:
        key = base_dir / settings.key if settings.key else None
        context.load_cert_chain(base_dir / settings.certificate, key)
    return context


def _bare(url: URL) -> URL:
    """Return the base address without what does not belong to it; operations are appended to its path."""
    return url.with_query(None).with_fragment(None)
