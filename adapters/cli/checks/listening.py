"""The port: free, or answered by this very hub, which then says itself how it is."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

from adapters.cli.checks.finding import Finding, Place, failed, passed, warned
from adapters.client import ClientError, RetryPolicy, open_client
from hub.own_address import own_host, own_url

_LIMIT = 3.0
_ONCE = RetryPolicy(attempts=1, answer_within=_LIMIT)


async def check(place: Place) -> AsyncIterator[Finding]:
    """Judge the configured port and, when a hub answers there, its readiness."""
    listen = place.settings.listen
    address = f"{listen.host}:{listen.port}"
    if not await _answers(own_host(listen.host), listen.port):
        yield _free(listen.host, listen.port)
        return
    try:
        async with open_client(own_url(listen.host, listen.port), None, retry=_ONCE) as client:
            is_ready, report = await client.ready()
    except ClientError as error:
        yield failed("port", "doctor-port-taken", address=address, error=error)
        return
    yield passed("port", "doctor-port-ours", address=address)
    checks = report.get("checks") or ()
    wrong = "; ".join(f"{each.get('name')}: {each.get('detail')}" for each in checks if not each.get("is_ok"))
    yield passed("ready", "doctor-ready") if is_ready else failed("ready", "doctor-not-ready", wrong=wrong)


async def _answers(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_LIMIT):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def _free(host: str, port: int) -> Finding:
    """Bind as the hub will."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    address = f"{host}:{port}"
    try:
        with socket.create_server((host, port), family=family):
            return warned("port", "doctor-port-free", address=address)
    except OSError as error:
        return failed("port", "doctor-port-closed", address=address, error=error.strerror or error)
