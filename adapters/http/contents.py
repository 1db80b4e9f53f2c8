"""Package bytes as answers: small ones at once, large ones from their file piece by piece."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from aiohttp import hdrs, web

from adapters.http.answers import BASE_HEADERS
from adapters.http.context import TRACE_ID, common_headers
from adapters.http.digests import structured
from hub.package import Package
from hub.queries import Bytes

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
    if tag in request.headers.get(hdrs.IF_NONE_MATCH, ""):
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_TYPE] = "application/xml; charset=utf-8"
    headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{package.id}.edxml"'
    if content.path is None:
        return web.Response(body=content.data or b"", headers=headers)
    headers[hdrs.CONTENT_LENGTH] = str(content.size)
    return await _stream(request, content.path, headers)


async def _stream(request: web.Request, path: Path, headers: dict[str, str]) -> web.StreamResponse:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        response = web.StreamResponse(headers=headers | common_headers(request))
        await response.prepare(request)
        if request.method == hdrs.METH_HEAD:
            return response
        try:
            while piece := await asyncio.to_thread(file.read, PIECE):
                async with asyncio.timeout(STALL):
                    await response.write(piece)
        except (OSError, TimeoutError) as error:
            # The answer has begun: all that can still be said is that it ends here.
            _log.warning("content-cut-short", trace_id=request[TRACE_ID], error=type(error).__name__)
            raise ConnectionResetError from error
        return response
    finally:
        await asyncio.to_thread(file.close)
