"""`getEdoc` and `downloadEdoc`: the document itself, as base64 in an envelope or as it is.

Whatever arrives after `downloadEdoc` becomes "the document" on the client's disk, so its refusal has no body at all. Both
are written piece by piece, at the pace of a reader who may take a second for each mebibyte.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import structlog
from aiohttp import web

from adapters.vxp.call import Call
from adapters.vxp.envelope import encoded, streamed, success
from adapters.vxp.parameters import delivery_in
from hub.access import not_found
from hub.queries import Bytes

PIECE = 393_216  #: bytes; a multiple of three, so that base64 of the pieces is base64 of the whole
STALL = 120.0  #: seconds that a reader may take for one piece

_log = structlog.get_logger()


async def get(call: Call) -> web.StreamResponse:
    """Hand out a delivery in the envelope."""
    content = await _content(call)
    head, tail = encoded(success(data="|")).split(b"|")
    size = len(head) + 4 * -(-content.size // 3) + len(tail)
    return await _written(call, streamed(size), content, head, tail, b64encode)


async def download(call: Call) -> web.StreamResponse:
    """Hand out a delivery as it is."""
    content = await _content(call)
    response = streamed(content.size)
    response.content_type = "application/octet-stream"
    return await _written(call, response, content, b"", b"", bytes)


async def _content(call: Call) -> Bytes:
    delivery_id = delivery_in(call.parameters, "docId", "docid")
    if delivery_id is None:
        raise not_found()
    await call.services.admission.taking(call.caller)
    package, content = await call.services.handing_on.content(call.caller, delivery_id)
    call.remember(package_id=package.id, delivery_id=delivery_id)
    return content


async def _written(
    call: Call,
    response: web.StreamResponse,
    content: Bytes,
    head: bytes,
    tail: bytes,
    form: Callable[[bytes], bytes],
) -> web.StreamResponse:
    await response.prepare(call.request)
    try:
        if call.request.method != "HEAD":
            await response.write(head)
            async for piece in _pieces(content):
                async with asyncio.timeout(STALL):
                    await response.write(form(piece))
            await response.write_eof(tail)
    except (OSError, TimeoutError) as error:
        # The answer has begun: all that can still be said is that it ends here.
        _log.warning("content-cut-short", error=type(error).__name__)
        raise ConnectionResetError from error
    return response


async def _pieces(content: Bytes) -> AsyncIterator[bytes]:
    if content.path is None:
        data = content.data or b""
        for start in range(0, len(data), PIECE):
            yield data[start : start + PIECE]
        return
    if content.size <= PIECE:
        yield await asyncio.to_thread(content.path.read_bytes)
        return
    async for piece in _pieces_of_file(content.path):
        yield piece


async def _pieces_of_file(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
    finally:
        await asyncio.to_thread(file.close)
