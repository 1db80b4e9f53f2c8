"""Digest fields (RFC 9530): `Content-Digest` of what is sent to us, `Repr-Digest` of what we send. SHA-256 only."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

from hub.trouble import Refusal

_SHA256 = re.compile(r"(?:^|,)\s*sha-256=(?P<value>[^,;]*)")
_BYTES = re.compile(r":[A-Za-z0-9+/]{43}=:\s*")


def require_digest(content_digest: str, sha256: str) -> None:
    """Raise `Refusal` content-digest-mismatch unless every SHA-256 that is stated is this one (hex); others are ignored."""
    if all(_says(stated["value"], sha256) for stated in _SHA256.finditer(content_digest)):
        return
    raise Refusal(
        "content-digest-mismatch",
        detail=f"The body that arrived has sha-256={structured(sha256)}.",
        detail_vi=f"Nội dung nhận được có sha-256={structured(sha256)}.",
    )


def _says(value: str, sha256: str) -> bool:
    return _BYTES.fullmatch(value) is not None and b64decode(value.strip()[1:-1]).hex() == sha256


def structured(sha256: str) -> str:
    """Return a hex digest as a byte sequence of structured fields (RFC 8941 section 3.3.5)."""
    return f":{b64encode(bytes.fromhex(sha256)).decode()}:"
