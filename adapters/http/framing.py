"""What a request may say about its own shape, beyond what aiohttp's parser insists on.

The parser refuses conflicting, repeated and malformed lengths. Three things it lets through: codings beside `chunked`, which it
does not undo, a `Host` that is none, and two answers to one question, such as who is calling. A front proxy may read each of them
in another way than we do, so all end here.
"""

from __future__ import annotations

import re

from aiohttp import hdrs, web

from hub.trouble import Refusal

#: A name or an IPv4 address, or an IPv6 address in brackets, and a port (RFC 9110 section 7.2, without the oddities of URIs).
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")

#: Fields that hold one value; of two lines somebody else may have believed the other one.
_SINGLE = (hdrs.AUTHORIZATION, "Idempotency-Key")


def require_plain(request: web.BaseRequest) -> None:
    """Raise `Refusal` protocol-error for a coding but `chunked`, a `Host` that names no host, or two credentials or keys."""
    coding = request.headers.get(hdrs.TRANSFER_ENCODING)
    if coding is not None and coding.strip().lower() != "chunked":
        raise Refusal("protocol-error")
    host = request.headers.get(hdrs.HOST)
    if host is not None and _HOST.fullmatch(host) is None:
        raise Refusal("protocol-error")
    if any(len(request.headers.getall(name, ())) > 1 for name in _SINGLE):
        raise Refusal("protocol-error")
