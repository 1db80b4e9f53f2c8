"""Names to addresses by the operating system, each name in a thread of its own.

`getaddrinfo` blocks, for half a minute where a name server does not answer, and nothing can end it. The few threads that the
event loop lends to everybody (six on two cores) must not be spent on it: with two such targets nobody else had one, to
write a large package into the spool for instance. So each name has its own thread while it is looked up, and whoever asks for
the same name meanwhile waits for the same answer: there are never more of these threads than names that hang.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Thread
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

LookUp = Callable[..., Sequence[tuple[int, int, int, str, Any]]]  #: `socket.getaddrinfo`, or what behaves like it
Name = tuple[str, int, int]  #: host, port, family

_NUMERIC = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV


class SystemResolver(AbstractResolver):
    """Resolves as every other program of the machine does: hosts file, name servers, whatever is configured."""

    def __init__(self, look_up: LookUp = socket.getaddrinfo) -> None:
        self._look_up = look_up
        self._asked: dict[Name, asyncio.Future[list[ResolveResult]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of `host`; raise `OSError` when the name does not resolve."""
        name = (host, port, int(family))
        return await asyncio.shield(self._asked.get(name) or self._ask(name))

    async def close(self) -> None:
        """Leave threads that still wait to themselves: they hold up neither the loop nor the end of the process."""

    def _ask(self, name: Name) -> asyncio.Future[list[ResolveResult]]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[ResolveResult]] = loop.create_future()

        def conclude(found: list[ResolveResult] | OSError) -> None:
            del self._asked[name]
            if isinstance(found, OSError):
                answer.set_exception(found)
                answer.exception()  # those who asked may have gone
            else:
                answer.set_result(found)

        def run() -> None:
            found = self._found(name)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(conclude, found)

        Thread(target=run, name=f"resolve {name[0]}", daemon=True).start()
        self._asked[name] = answer
        return answer

    def _found(self, name: Name) -> list[ResolveResult] | OSError:
        host, port, family = name
        try:
            infos = self._look_up(host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG)
            return [_result(host, port, info) for info in infos]
        except OSError as error:
            return error
        except UnicodeError as error:  # no name can have this form
            return OSError(f"{host} is no name: {error}")


def _result(host: str, port: int, info: tuple[int, int, int, str, Any]) -> ResolveResult:
    family, _, proto, _, address = info
    # With its zone (fe80::1%eth0) where it has one.
    numeric = socket.getnameinfo(address, _NUMERIC)[0]
    return ResolveResult(
        hostname=host,
        host=numeric,
        port=port,
        family=family,
        proto=proto,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
