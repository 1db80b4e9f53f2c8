"""Asking one source: bounded in time and size, never redirected, never to an inner address."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from adapters.egress import Guard, forbidden_in
from adapters.trust.sources import Manner, Source

_OCSP_TYPES = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
_LARGEST_OCSP = 65_536


class FetchFailed(Exception):
    """A source gave nothing usable; the message says why."""


class Fetcher:
    """Reads files and asks addresses."""

    def __init__(self, session: aiohttp.ClientSession, guard: Guard, base_dir: Path, max_bytes: int) -> None:
        self._session = session
        self._guard = guard
        self._base_dir = base_dir
        self._max_bytes = max_bytes

    async def fetch(self, source: Source) -> bytes:
        """Return what the source says; raise `FetchFailed` when that cannot be had."""
        if source.manner is Manner.FILE:
            return await asyncio.to_thread(self.read, source.place)
        try:
            url = self._guard.check(source.place)
            if source.manner is Manner.OCSP:
                call = self._session.post(url, data=source.question, headers=_OCSP_TYPES, allow_redirects=False)
            else:
                call = self._session.get(url, allow_redirects=False)
            async with call as response:
                if response.status != 200:
                    raise FetchFailed(f"{source.place} answered {response.status}")
                limit = _LARGEST_OCSP if source.manner is Manner.OCSP else self._max_bytes
                return await _body(response, limit, source.place)
        except TimeoutError as error:
            raise FetchFailed(f"{source.place} did not answer in time") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            forbidden = forbidden_in(error)
            if forbidden is not None:
                raise FetchFailed(f"{source.place}: the address {forbidden.en}") from error
            raise FetchFailed(f"{source.place} is out of reach: {error}") from error

    def stamp(self, source: Source) -> float | None:
        """Return when a file was last changed (seconds since 1970); None for addresses and missing files."""
        return _stamp(self._base_dir / source.place) if source.manner is Manner.FILE else None

    def read(self, place: str) -> bytes:
        """Read a configured file, relative to the folder of the configuration."""
        path = self._base_dir / place
        try:
            with path.open("rb") as file:
                data = file.read(self._max_bytes + 1)
        except OSError as error:
            raise FetchFailed(f"{path}: {error.strerror or error}") from error
        if len(data) > self._max_bytes:
            raise FetchFailed(f"{path} is larger than {self._max_bytes} bytes")
        return data


def _stamp(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None


async def _body(response: aiohttp.ClientResponse, limit: int, place: str) -> bytes:
    """Read a body piece by piece, so that no stated or unstated length is believed."""
    pieces = bytearray()
    async for piece in response.content.iter_chunked(65_536):
        pieces += piece
        if len(pieces) > limit:
            raise FetchFailed(f"{place} sends more than {limit} bytes")
    return bytes(pieces)
