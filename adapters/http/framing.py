"""What a request may say about its own shape, beyond what aiohttp's parser insists on.

The parser refuses conflicting, repeated and malformed lengths. Two things it lets through: codings beside `chunked`, which it
does not undo, and a `Host` that is none. A front proxy may read either in another way than we do, so both end here.
"""

from __future__ import annotations

import re

from aiohttp import hdrs, web

from hub.trouble import Refusal

#: A name or an IPv4 address, or an IPv6 address in brackets, and a port (RFC 9110 section 7.2, without the oddities of URIs).
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def require_plain(request: web.BaseRequest) -> None:
    """Raise `Refusal` protocol-error for a transfer coding but `chunked`, or a `Host` that names no host."""
    coding = request.headers.get(hdrs.TRANSFER_ENCODING)
    if coding is not None and coding.strip().lower() != "chunked":
        raise Refusal("protocol-error")
    host = request.headers.get(hdrs.HOST)
    if host is not None and _HOST.fullmatch(host) is None:
        raise Refusal("protocol-error")
