"""Bytes of a package into a file, believed only when they are the announced ones."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from adapters.client.digest import sha256_in
from adapters.client.errors import ContentDamaged
from adapters.client.transport import Request, Transport
from adapters.client.values import Content

_LARGEST = 512 * 1024 * 1024  #: bytes; sets the time limit, see `Transport`


async def download(transport: Transport, path: str, into: Path) -> Content:
    """Stream the content at `path` beside `into`, check it against Repr-Digest, and only then put it in place.

    Raises:
        ContentDamaged: the digest is missing or another one; no file is left.
    """
    partial = into.with_name(f".{into.name}.{os.getpid()}.part")
    try:
        content = await _stream(transport, path, partial)
        partial.replace(into)
        return content
    finally:
        partial.unlink(missing_ok=True)


async def _stream(transport: Transport, path: str, partial: Path) -> Content:
    digest = hashlib.sha256()
    size = 0
    async with transport.open(Request(method="GET", path=path, download_bytes=_LARGEST)) as response:
        announced = sha256_in(response.headers.get("Repr-Digest"))
        with partial.open("wb") as file:
            async for chunk in response.content.iter_chunked(256 * 1024):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    if announced is None or announced != digest.digest():
        raise ContentDamaged("The bytes that arrived are not those that the hub announced; nothing was kept.")
    return Content(size, digest.hexdigest())
