"""A package: a signed edXML message, byte for byte as received, and what the hub keeps about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from hub.ids import PackageId
from signing.receipt import Origin


class SignatureResult(StrEnum):
    """What the hub can say about the XML signature of a package."""

    VALID = "valid"
    ABSENT = "absent"
    UNVERIFIABLE = "unverifiable"  #: a `Signature` outside the W3C namespace: kept, never trusted


class Signature(Struct, frozen=True):
    """The verdict on a package's signature. `signer` is the certificate's SHA-256 in hex, `policy` the one it was let in by."""

    result: SignatureResult
    signer: str | None
    policy: str

    @property
    def origin(self) -> Origin:
        """What the receipt may say about the package's origin."""
        return Origin.SIGNATURE if self.result is SignatureResult.VALID else Origin.TRANSPORT


class Attachment(Struct, frozen=True):
    """One attached file as decoded: `sha256` and `size` (bytes) are those of the file, not of its base64 or zip."""

    name: str
    declared_type: str
    media_type: str
    size: int
    sha256: str


class Details(Struct, frozen=True):
    """What the envelope says beyond the searchable columns; shown, never decided on."""

    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""
    status_code: str | None = None
    sent_at: datetime | None = None


class Package(Struct, frozen=True, kw_only=True):
    """An accepted package. `key` makes it unique for its sender: see `hub.submission.key_of`."""

    id: PackageId
    key: str
    document_id: str
    kind: str
    business: str
    sender: str
    system_id: str
    notation: str
    subject: str
    urgency: int
    sha256: str
    size: int
    accepted_at: datetime
    signature: Signature
    details: Details = Details()
