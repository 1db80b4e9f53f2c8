"""Names to addresses, judged: the only resolver that a guarded session knows."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from adapters.egress.target import Guard, TargetForbidden


class GuardedResolver(AbstractResolver):
    """Resolves through `inner` and passes on addresses only when every one of them may be reached.

    One forbidden address forbids the name: a mixed answer is what a rebinding attack looks like. The connector
    connects to the addresses returned here and resolves again for every new connection, so nothing goes unjudged.
    """

    def __init__(self, inner: AbstractResolver, guard: Guard) -> None:
        self._inner = inner
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of `host`.

        Raises:
            TargetForbidden: one of them may not be reached.
            OSError: the name does not resolve.
        """
        found = await self._inner.resolve(host, port, family)
        for each in found:
            # A zone (fe80::1%eth0) marks a link-local address; without it the address can be judged.
            address = ip_address(each["host"].partition("%")[0])
            if not self._guard.may_reach(host, port, address):
                raise TargetForbidden(
                    f"{host} resolves to the inner address {address}", f"{host} trỏ tới địa chỉ nội bộ {address}"
                )
        return found

    async def close(self) -> None:
        """Close the inner resolver."""
        await self._inner.close()
