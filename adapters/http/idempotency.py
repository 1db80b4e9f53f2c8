"""`Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): one key, one request.

Every use case here is idempotent by its own content, so a repeated request gets its first answer with or without a key; a refused
package is examined anew, for what it was refused for may have been mended. What the key adds is protection from the opposite
mistake: the same key on another request is refused.
"""

from __future__ import annotations

import hashlib

from aiohttp import web

from adapters.http.context import caller_of, services_of
from hub.trouble import Fault, Refusal

HEADER = "Idempotency-Key"
_LONGEST = 255


async def bind_key(request: web.Request, body_sha256: str) -> None:
    """Bind the request's key to method, path and body; raise `Refusal` idempotency-key-reused or query-invalid."""
    key = request.headers.get(HEADER)
    if key is None:
        return
    _require_usable(key)
    services, caller = services_of(request), caller_of(request)
    owner = caller.system_id or f"user:{caller.name}"
    fingerprint = hashlib.sha256(f"{request.method} {request.rel_url.raw_path} {body_sha256}".encode()).hexdigest()
    if await services.store.bind_key(owner, key, fingerprint, services.clock()) != fingerprint:
        raise Refusal("idempotency-key-reused")


def _require_usable(key: str) -> None:
    if 1 <= len(key) <= _LONGEST and key.isascii() and key.isprintable() and " " not in key:
        return
    fault = Fault(
        path=HEADER,
        line=None,
        rule="idempotency-key",
        vi=f"`{HEADER}` phải có từ 1 đến {_LONGEST} ký tự ASCII nhìn thấy được.",
        en=f"`{HEADER}` must be 1 to {_LONGEST} visible ASCII characters.",
    )
    raise Refusal("query-invalid", detail=fault.en, detail_vi=fault.vi, faults=(fault,))
