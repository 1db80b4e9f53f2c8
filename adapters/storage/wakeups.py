"""Wake-ups across processes: what one process commits wakes those of the others who wait for it.

On PostgreSQL every commit that concerns topics of `hub.signals` carries a NOTIFY with them (the server sends it after the
commit, and not at all after a rollback); one connection of each process listens. A notification that is lost, because the
connection was away, costs its waiters the second until they look again. SQLite has nothing like it: there the processes
of one machine look once a second.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy import Connection, make_url

from adapters.storage.dialects import NETWORK, has_notifications
from adapters.storage.pipeline import execute

Announce = Callable[[Connection, frozenset[str]], None]  #: tells other processes, when this transaction is committed

_AGAIN_AFTER = 1.0  #: seconds until a lost connection is opened anew
_CHANNEL = "axis_hub"
_LARGEST = 7900  # bytes; PostgreSQL takes payloads below 8000
_NOTIFY = f"SELECT pg_notify('{_CHANNEL}', %s)"

_log = structlog.get_logger()


@asynccontextmanager
async def open_wakeups(
    url: str, notify: Callable[[str], None], kept: frozenset[str] = frozenset()
) -> AsyncIterator[Announce]:
    """Call `notify` on the event loop with topics of other processes' commits; give what tells them of ours but `kept`."""
    if not has_notifications(url):
        yield lambda _connection, _topics: None
        return
    origin = secrets.token_hex(4)

    def announce(connection: Connection, topics: frozenset[str]) -> None:
        for payload in payloads(origin, sorted(topics - kept)):
            execute(connection, _NOTIFY, (payload,))

    listening = asyncio.create_task(_listen(url, origin, notify), name="wakeups")
    try:
        yield announce
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


def payloads(origin: str, topics: Iterable[str]) -> Iterator[str]:
    """Pack topics into as few notifications as hold them, each beginning with who sends it; one too large is left out."""
    packed, size = [origin], len(origin)
    for topic in topics:
        more = 1 + len(topic.encode())
        if size + more > _LARGEST and len(packed) > 1:
            yield "\n".join(packed)
            packed, size = [origin], len(origin)
        if size + more <= _LARGEST:
            packed.append(topic)
            size += more
    if len(packed) > 1:
        yield "\n".join(packed)


async def _listen(url: str, origin: str, notify: Callable[[str], None]) -> None:
    import psycopg  # noqa: PLC0415 - hubs on SQLite need not wait for it

    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(address, autocommit=True, **NETWORK) as connection:
                await connection.execute(f"LISTEN {_CHANNEL}")
                async for heard in connection.notifies():
                    sender, *topics = heard.payload.split("\n")
                    for topic in topics if sender != origin else ():
                        notify(topic)
        except (psycopg.Error, OSError) as error:
            _log.info("wakeups-lost", error=str(error).partition("\n")[0])
        await asyncio.sleep(_AGAIN_AFTER)
