"""Reading bodies: bounded in size and time, never inflated, and only after they were asked for.

aiohttp would answer `Expect: 100-continue` before anything is checked; here nothing is invited before the headers were
found good, so a body that is too large is refused before its first byte is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from typing import TypeVar

import msgspec
from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError
from msgspec import Struct

from adapters.http.context import services_of
from hub.trouble import Fault, Refusal

MOST_JSON = 65_536  #: bytes

Body = TypeVar("Body", bound=Struct)

_HERE = nullcontext()


async def expect_later(request: web.Request) -> None:
    """Leave `Expect: 100-continue` to the moment when a handler wants the body (an aiohttp expect handler)."""


async def expect_at_once(request: web.Request) -> None:
    """Invite a body at once, whatever becomes of the request (an aiohttp expect handler); other expectations are passed over."""
    if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0


def refuse_encoding(request: web.Request) -> None:
    """Raise `Refusal` content-encoding-unsupported unless the body is sent as it is."""
    encodings = request.headers.getall(hdrs.CONTENT_ENCODING, ())
    if any(each.strip().lower() not in {"", "identity"} for each in encodings):
        raise Refusal("content-encoding-unsupported")


def refuse_length(request: web.Request, limit: int) -> None:
    """Raise `Refusal` body-too-large when the stated length is over the limit; nothing was read yet."""
    length = request.content_length
    if length is not None and length > limit:
        raise too_large(limit)


def too_large(limit: int) -> Refusal:
    """Return the refusal for a body of more than `limit` bytes."""
    return Refusal(
        "body-too-large",
        detail=f"The body is larger than {limit} bytes.",
        detail_vi=f"Nội dung lớn hơn {limit} byte.",
    )


async def chunks_of(request: web.Request) -> AsyncIterator[bytes]:
    """Invite the body and yield it piece by piece as it arrives."""
    await expect_at_once(request)
    async for chunk in request.content.iter_any():
        yield chunk


def patience(request: web.Request) -> AbstractAsyncContextManager[object]:
    """Limit the time of reading a body, unless it has come already (or there is none): raises `TimeoutError`."""
    if request.content.is_eof():
        return _HERE
    return asyncio.timeout(services_of(request).settings.listen.body_timeout)


@contextmanager
def broken_bodies() -> Iterator[None]:
    """Translate what aiohttp raises for a body that breaks HTTP."""
    try:
        yield
    except (RequestPayloadError, HttpProcessingError) as error:
        raise Refusal("protocol-error") from error


async def json_body(request: web.Request, form: type[Body], *, is_optional: bool = False) -> tuple[Body, bytes]:
    """Return a JSON body strictly decoded, and its bytes.

    Raises `Refusal`: content-type-unsupported, content-encoding-unsupported, body-too-large, request-timeout, json-invalid.
    """
    refuse_encoding(request)
    refuse_length(request, MOST_JSON)
    data = await _read(request)
    if is_optional and not data:
        return form(), data
    if request.content_type != "application/json":
        raise Refusal("content-type-unsupported")
    try:
        return msgspec.json.decode(data, type=form), data
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal("json-invalid") from error


async def _read(request: web.Request) -> bytes:
    if request.content.at_eof():
        return b""  # there is none to invite, either (RFC 9110 section 10.1.1)
    data = bytearray()
    try:
        with broken_bodies():
            async with patience(request):
                async for chunk in chunks_of(request):
                    data += chunk
                    if len(data) > MOST_JSON:
                        raise too_large(MOST_JSON)
    except TimeoutError as error:
        raise Refusal("request-timeout") from error
    return bytes(data)


def _invalid(message: str) -> Refusal:
    """Return the refusal for a body of another shape: msgspec says what it expected and where (`… - at `$.reason``)."""
    what, _, where = message.partition(" - at `")
    pointer = "".join(f"/{part}" for part in where.rstrip("`").removeprefix("$").split(".") if part)
    fault = Fault(path=pointer, line=None, rule="json", vi=f"Sai dạng ({what}).", en=f"{what}.")
    return Refusal("json-invalid", detail=fault.en, detail_vi=fault.vi, faults=(fault,))
