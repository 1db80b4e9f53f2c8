"""Package bytes as answers: small ones at once, large ones piece by piece, as fast as they are read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import structlog
from aiohttp import hdrs, web

from adapters.http.answers import BASE_HEADERS
from adapters.http.context import TRACE_ID, common_headers
from adapters.http.digests import structured
from hub.package import Package
from hub.queries import Bytes

AT_ONCE = 32_768  #: bytes that every socket takes at once, whether they are read or not
PIECE = 262_144  #: bytes
STALL = 60.0  #: seconds that a reader may take for one piece

_log = structlog.get_logger()


async def content_answer(request: web.Request, package: Package, content: Bytes) -> web.StreamResponse:
    """Return the bytes of a package as received; 304 when the caller has them (`If-None-Match`)."""
    tag = f'"{package.sha256}"'
    headers = {
        **BASE_HEADERS,
        hdrs.CACHE_CONTROL: "private, no-cache",
        hdrs.ETAG: tag,
        "Repr-Digest": f"sha-256={structured(package.sha256)}",
    }
    known = request.headers.get(hdrs.IF_NONE_MATCH, "")
    if tag in known or known.strip() == "*":
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_TYPE] = "application/xml; charset=utf-8"
    headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{package.id}.edxml"'
    if content.path is None and content.size <= AT_ONCE:
        return web.Response(body=content.data or b"", headers=headers)
    headers[hdrs.CONTENT_LENGTH] = str(content.size)
    return await _stream(request, content, headers)


async def _stream(request: web.Request, content: Bytes, headers: dict[str, str]) -> web.StreamResponse:
    async with aclosing(_pieces(content)) as pieces:
        first = await anext(pieces)  # while trouble can still be told
        response = web.StreamResponse(headers=headers | common_headers(request))
        await response.prepare(request)
        if request.method == hdrs.METH_HEAD:
            return response
        try:
            await _write(response, first)
            async for piece in pieces:
                await _write(response, piece)
        except (OSError, TimeoutError) as error:
            # The answer has begun: all that can still be said is that it ends here.
            _log.warning("content-cut-short", trace_id=request[TRACE_ID], error=type(error).__name__)
            raise ConnectionResetError from error
        return response


async def _write(response: web.StreamResponse, piece: bytes) -> None:
    async with asyncio.timeout(STALL):
        await response.write(piece)


async def _pieces(content: Bytes) -> AsyncGenerator[bytes, None]:
    """Yield a content; a file of one piece in one go, for each change of thread costs more than reading it."""
    if content.path is None:
        yield content.data or b""
    elif content.size <= PIECE:
        yield await asyncio.to_thread(content.path.read_bytes)
    else:
        file = await asyncio.to_thread(content.path.open, "rb")
        try:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece
        finally:
            await asyncio.to_thread(file.close)
