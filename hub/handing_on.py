"""What a recipient's national SDK is handed: the bytes as received, or, where it would misread them, a form that it reads right.

The package is and stays what was received. The other form is made anew each time it is asked for, by a function of the package
alone, so that it is the same every time and nothing more need be kept, proved or purged. Signed packages are never written anew.
"""

from __future__ import annotations

import asyncio

from hub.accounts import Caller
from hub.library import Library
from hub.package import Package, SignatureResult
from hub.queries import Bytes
from hub.trouble import Refusal
from schemas.edxml import sdk
from schemas.edxml.repair import repaired

_AT_ONCE = 1  #: a repair holds a package and all its files in memory


class HandingOn:
    """Hands deliveries to systems of the national SDK."""

    def __init__(self, library: Library, hub: str) -> None:
        self._library = library
        self._hub = hub
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def content(self, caller: Caller, delivery_id: str) -> tuple[Package, Bytes]:
        """Return a delivery to the caller's system, readable by it; raises as `Library.delivery_content`."""
        package, _, content = await self._library.delivery_content(caller, delivery_id)
        if sdk.REPAIRABLE.isdisjoint(package.details.notes):
            return package, content
        if package.signature.result is SignatureResult.VALID:
            raise Refusal("sdk-misreading")  # accepted when its recipient's system could still read it
        async with self._places:
            data = await asyncio.to_thread(self._repaired, package, content)
        return package, Bytes(len(data), data=data)

    def _repaired(self, package: Package, content: Bytes) -> bytes:
        received = content.data if content.path is None else content.path.read_bytes()
        return repaired(received or b"", hub=self._hub, at=package.accepted_at)
