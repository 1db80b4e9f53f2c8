"""Digest fields (RFC 9530): `Content-Digest` of what is sent to us, `Repr-Digest` of what we send. SHA-256 only."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

from hub.trouble import Refusal

_SHA256 = re.compile(r"(?:^|,)\s*sha-256=(?P<value>[^,;]*)")
_BYTES = re.compile(r":[A-Za-z0-9+/]{43}=:\s*")


def require_digest(content_digest: str | None, sha256: str) -> None:
    """Raise `Refusal` content-digest-mismatch when a stated SHA-256 is not this one (hex). Other algorithms are ignored."""
    stated = None if content_digest is None else _SHA256.search(content_digest)
    if stated is None:
        return
    value = stated["value"]
    if _BYTES.fullmatch(value) is None or b64decode(value.strip()[1:-1]).hex() != sha256:
        raise Refusal(
            "content-digest-mismatch",
            detail=f"The body that arrived has sha-256={structured(sha256)}.",
            detail_vi=f"Nội dung nhận được có sha-256={structured(sha256)}.",
        )


def structured(sha256: str) -> str:
    """Return a hex digest as a byte sequence of structured fields (RFC 8941 section 3.3.5)."""
    return f":{b64encode(bytes.fromhex(sha256)).decode()}:"
