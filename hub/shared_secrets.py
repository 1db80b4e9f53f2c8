"""What a caller by the national SDK's protocol shares with the hub, and the terms on which it connects.

Its requests carry an HMAC, so the hub needs the secret itself and not only a digest of it. It is kept sealed under a key of
the hub that is not in the database, and opened in memory only.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct


class SharedSecret(Struct, frozen=True, kw_only=True):
    """A secret of a system, sealed; several may overlap, so that they can be exchanged without a break."""

    id: str
    system_id: str
    sealed: bytes
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_valid(self, at: datetime) -> bool:
        """Whether the secret may be used at `at`."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    @property
    def purpose(self) -> str:
        """What the seal is bound to: moved to another system or row, it does not open."""
        return f"vxp-secret:{self.system_id}:{self.id}"


class VxpTerms(Struct, frozen=True, kw_only=True):
    """Beyond the secret: where a system may call from (CIDR; none: anywhere), and what it may do."""

    networks: tuple[str, ...] = ()
    needs_certificate: bool = False  #: its client certificate must be presented too
    may_enrol: bool = False  #: may ask for agencies to be registered and deleted


class SecretLocker(Protocol):
    """Seals secrets under the hub's key and opens them again."""

    def seal(self, text: str, purpose: str) -> bytes:
        """Return `text` sealed, bound to a purpose."""

    def open(self, sealed: bytes, purpose: str) -> str:
        """Return what was sealed for that purpose; raise `Defect` when the key or the purpose is another."""
