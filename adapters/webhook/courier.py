"""Calls the webhook of a system and says what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp.abc import AbstractResolver
from msgspec import Struct, structs
from yarl import URL

from adapters.egress import forbidden_in, open_session
from adapters.webhook.answer import outcome_of
from adapters.webhook.body import CONTENT_TYPE, Message, compose
from adapters.webhook.signature import signed_headers
from adapters.webhook.target import Guard
from hub.accounts import Snapshot
from hub.order import Failed, Gone, Hopeless, Outcome
from hub.ports import Clock
from hub.queries import Errand
from hub.settings import Settings
from hub.trouble import Refusal
from routing.values import Binding


class _Target(Struct, frozen=True):
    address: str
    url: URL
    secrets: tuple[str, ...]


class WebhookCourier:
    """The courier of the binding `webhook`; made by `open_courier`, which closes its session again."""

    binding = Binding.WEBHOOK

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: Settings,
        snapshot: Callable[[], Snapshot],
        clock: Clock,
        guard: Guard,
    ) -> None:
        self._session = session
        self._settings = settings
        self._snapshot = snapshot
        self._clock = clock
        self._guard = guard

    async def carry(self, errand: Errand) -> Outcome:
        """Post one errand to its system within `delivery.webhook_timeout`; never raises for trouble on the way."""
        target = self._target(errand.order.system_id)
        if isinstance(target, Hopeless):
            return target
        return await self._post(target, compose(errand, self._settings.hub.code, self._settings.hub.base_url))

    def _target(self, system_id: str) -> _Target | Hopeless:
        snapshot = self._snapshot()
        system = snapshot.directory.system(system_id)
        secret = snapshot.webhook_secrets.get(system_id)
        if system is None or not system.webhook_url or not secret:
            return Hopeless("webhook-unregistered: the system has no webhook address with a secret")
        try:
            return _Target(
                system.webhook_url, self._guard.check(system.webhook_url), (secret, *self._former(snapshot, system_id))
            )
        except Refusal as refusal:
            return Hopeless(f"{refusal.code}: {refusal.detail}")

    def _former(self, snapshot: Snapshot, system_id: str) -> tuple[str, ...]:
        """Return the secret that the receiver may still have, if any."""
        former = snapshot.former_webhook_secrets.get(system_id)
        return () if former is None or former.until <= self._clock() else (former.secret,)

    async def _post(self, target: _Target, message: Message) -> Outcome:
        try:
            headers = signed_headers(target.secrets, message.id, self._clock(), message.body)
        except ValueError as error:
            return Hopeless(f"webhook-secret: {error}")
        try:
            async with (
                asyncio.timeout(self._settings.delivery.webhook_timeout),
                self._session.post(target.url, data=message.body, headers=headers, allow_redirects=False) as response,
            ):
                # The body means nothing and is not read; a connection with unread bytes is closed, not used again.
                outcome = outcome_of(response.status, response.headers, self._clock())
                return structs.replace(outcome, address=target.address) if isinstance(outcome, Gone) else outcome
        except TimeoutError:
            limit = self._settings.delivery.webhook_timeout
            return Failed(f"timeout: the receiver did not answer within {limit:g} s")
        except (aiohttp.ClientError, OSError) as error:
            return _of_error(error)


def _of_error(error: Exception) -> Outcome:
    forbidden = forbidden_in(error)
    if forbidden is not None:
        return Hopeless(f"webhook-target-forbidden: {forbidden}")
    return Failed(f"unreachable: {error}")


@asynccontextmanager
async def open_courier(
    settings: Settings, snapshot: Callable[[], Snapshot], clock: Clock, resolver: AbstractResolver | None = None
) -> AsyncIterator[WebhookCourier]:
    """Open the one session that all webhook calls share, and close it at the end.

    `snapshot` gives the register of the moment; `resolver` stands in for the system's.
    """
    guard = Guard(settings.delivery.webhook_allow)
    seconds, headers = settings.delivery.webhook_timeout, {"Content-Type": CONTENT_TYPE}
    async with open_session(guard, seconds=seconds, headers=headers, resolver=resolver) as session:
        yield WebhookCourier(session, settings, snapshot, clock, guard)
