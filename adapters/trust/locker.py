"""Secrets that the hub must be able to read again, sealed with AES-256-GCM under a key that stands in a file beside the database.

Whoever has a copy of the database alone can open none of them. A seal is bound to its purpose (the associated data), so a row
that is moved to another system does not open either.
"""

from __future__ import annotations

import binascii
import secrets
from base64 import b64decode, b64encode
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.trust.errors import SecretsKeyUnusable, TrustFault
from adapters.trust.files import read_file
from hub.trouble import Defect

_KEY_BYTES = 32
_NONCE_BYTES = 12  #: drawn at random for every seal (NIST SP 800-38D section 8.2.2)


class FileLocker:
    """Implements `hub.shared_secrets.SecretLocker` on a key file, which is read when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def seal(self, text: str, purpose: str) -> bytes:
        """Return `text` sealed for a purpose; raise `TrustFault` when the key cannot be used."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> str:
        """Return what was sealed for that purpose; raise `Defect` when key, seal and purpose do not belong together."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            raise Defect("defect", detail=f"{purpose} was not sealed under the key in {self._path}") from None
        except TrustFault as fault:
            raise Defect("defect", detail=str(fault)) from fault

    @cached_property
    def _cipher(self) -> AESGCM:
        try:
            key = b64decode(read_file(self._path, is_private=True), validate=False)
        except binascii.Error as error:
            raise SecretsKeyUnusable(self._path) from error
        if len(key) != _KEY_BYTES:
            raise SecretsKeyUnusable(self._path)
        return AESGCM(key)


def new_secrets_key() -> bytes:
    """Return the content of a new key file: 256 random bits in base64, and a line end."""
    return b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n"
