"""An HTTP session that connects to judged addresses only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiohttp.abc import AbstractResolver

from adapters.egress.names import SystemResolver
from adapters.egress.resolver import GuardedResolver
from adapters.egress.target import Guard


@asynccontextmanager
async def open_session(
    guard: Guard,
    *,
    seconds: float,
    headers: Mapping[str, str],
    resolver: AbstractResolver | None = None,
    keep_alive: float = 15.0,
) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a session whose calls last `seconds` at most, and close it at the end.

    Ask `guard.check` for the URL first and give every call `allow_redirects=False`: a redirect would go unjudged.
    `resolver` stands in for the system's. A connection is used again within `keep_alive` seconds: less than the time after which
    servers close an idle one, or a call is lost in the moment of closing.
    """
    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(resolver or SystemResolver(), guard),
        use_dns_cache=False,
        limit=0,  # callers bound their calls; a common bound would let one slow target stop the others
        keepalive_timeout=keep_alive,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=seconds),
        headers={"User-Agent": "axis-hub", **headers},
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,  # a proxy would connect to addresses that nobody judged
        auto_decompress=False,
    ) as session:
        yield session
