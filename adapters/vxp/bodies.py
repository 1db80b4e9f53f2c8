"""Reading what is sent: a file with its trailing CR LF, a little JSON, or whatever must be read before it can be refused.

A refusal that is sent while the client still writes is lost to it (the connection is reset under its answer), so every refusal
waits until the body was read, up to a bound.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError

from adapters.vxp.signature import is_hash_of
from hub.services import Services
from hub.spool import Spooled
from hub.trouble import Refusal, Trouble

MOST_DRAINED = 536_870_912  #: bytes that are read only to be refused
MOST_JSON = 65_536  #: bytes of a body that is no file
LONGEST_WAIT = 10.0  #: seconds for such a body

_TAIL = b"\r\n"  #: what this SDK writes after every file
_BROKEN = (RequestPayloadError, HttpProcessingError)


async def received_file(request: web.Request, services: Services, hash_file: str) -> Spooled:
    """Take the file in the body into the spool: without the SDK's CR LF, unless `hash_file` covers that too.

    Raises `Refusal` body-too-large, request-timeout, protocol-error, content-digest-mismatch; the body was read then.
    """
    intake = services.settings.intake
    try:
        async with asyncio.timeout(services.settings.listen.body_timeout):
            if (request.content_length or 0) > intake.max_bytes + len(_TAIL):
                raise too_large(intake.max_bytes)
            return await services.spool.receive(_file_in(request, hash_file), intake.max_bytes)
    except TimeoutError as error:
        raise Refusal("request-timeout") from error
    except _BROKEN as error:
        raise Refusal("protocol-error") from error
    except Trouble as trouble:
        raise (too_large(intake.max_bytes) if trouble.code == "body-too-large" else trouble) from trouble


async def small_body(request: web.Request, services: Services) -> bytes:
    """Return a short body whole; raise `Refusal` body-too-large, request-timeout or protocol-error."""
    if request.content.at_eof():
        return b""
    data = bytearray()
    try:
        async with asyncio.timeout(min(LONGEST_WAIT, services.settings.listen.body_timeout)):
            async for chunk in request.content.iter_any():
                data += chunk
                if len(data) > MOST_JSON:
                    raise too_large(MOST_JSON)
    except TimeoutError as error:
        raise Refusal("request-timeout") from error
    except _BROKEN as error:
        raise Refusal("protocol-error") from error
    return bytes(data)


async def drain(request: web.Request, within: float) -> None:
    """Read what is left of a body, for at most so many seconds."""
    left = MOST_DRAINED
    with suppress(TimeoutError, *_BROKEN):
        async with asyncio.timeout(within):
            while left > 0 and not request.content.at_eof():
                left -= len(await request.content.readany())


def too_large(limit: int) -> Refusal:
    """Return the refusal for a body of more than `limit` bytes."""
    return Refusal(
        "body-too-large",
        detail=f"The file is larger than {limit} bytes.",
        detail_vi=f"Tệp lớn hơn giới hạn {limit / 1_048_576:.0f} MiB; hãy giảm tệp đính kèm hoặc gửi làm nhiều văn bản.",
    )


async def _file_in(request: web.Request, hash_file: str) -> AsyncIterator[bytes]:
    """Yield the file in the body: its last two bytes are held back until it is known whether they belong to it."""
    digest = hashlib.sha256()
    held = b""
    async for chunk in request.content.iter_any():
        whole = held + chunk if held else chunk
        held = whole[-len(_TAIL) :]
        if sent := whole[: -len(_TAIL)]:
            digest.update(sent)
            yield sent
    if held == _TAIL and is_hash_of(hash_file, digest.digest()):
        return
    digest.update(held)
    if not is_hash_of(hash_file, digest.digest()):
        raise Refusal(
            "content-digest-mismatch",
            detail="The body that arrived is not the file of `hash-file`.",
            detail_vi="Nội dung nhận được không khớp hash-file: tệp bị hỏng trên đường, hoặc hai lần gọi dùng chung một "
            "đối tượng dịch vụ đã trộn tham số; hãy gửi lại.",
        )
    yield held
