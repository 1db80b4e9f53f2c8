"""Digest fields of HTTP (RFC 9530): `sha-256=:<base64>:`."""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path

_NAME = "sha-256"


def digest_field(sha256: bytes) -> str:
    """Write a SHA-256 as the value of Content-Digest or Repr-Digest."""
    return f"{_NAME}=:{base64.b64encode(sha256).decode('ascii')}:"


def sha256_in(field: str | None) -> bytes | None:
    """Read the SHA-256 out of a digest field; None when there is none."""
    for member in (field or "").split(","):
        name, _, value = member.strip().partition("=")
        if name.lower() == _NAME and value.startswith(":") and value.endswith(":"):
            try:
                return base64.b64decode(value[1:-1], validate=True)
            except binascii.Error:
                return None
    return None


def sha256_of(body: bytes | Path) -> bytes:
    """Hash bytes or a file."""
    if isinstance(body, bytes):
        return hashlib.sha256(body).digest()
    with body.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
