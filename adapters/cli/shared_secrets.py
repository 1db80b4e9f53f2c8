"""Secrets for callers by the national SDK's protocol: made here, sealed at once."""

from __future__ import annotations

import secrets
from datetime import datetime

from hub.ids import uuid7
from hub.shared_secrets import SecretLocker, SharedSecret

_BYTES = 32


def new_shared_secret() -> str:
    """Return a new secret: 256 random bits in letters, digits, `-` and `_`, which every configuration file can hold."""
    return secrets.token_urlsafe(_BYTES)


def sealed_secret(
    text: str, system_id: str, locker: SecretLocker, at: datetime, expires_at: datetime | None = None
) -> SharedSecret:
    """Return the register's entry for a secret of a system."""
    entry = SharedSecret(id=uuid7(), system_id=system_id, sealed=b"", created_at=at, expires_at=expires_at)
    return SharedSecret(
        id=entry.id,
        system_id=system_id,
        sealed=locker.seal(text, entry.purpose),
        created_at=at,
        expires_at=expires_at,
    )
