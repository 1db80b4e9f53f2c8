"""API keys: `axk_<key id>_<secret>`.

The key id finds the key in the register, the secret proves it. Both are letters and digits only, so that a key survives
every shell, header and double click, and splits at its two underscores. The secret is drawn at random with more than
128 bits, so a single SHA-256 of it is safe to keep; the secret itself is shown once and kept nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string

from msgspec import Struct

PREFIX = "axk"
KEY_ID_LENGTH = 10
SECRET_LENGTH = 32  #: 62 ** 32 > 2 ** 190
_LONGEST = 200
_ALPHABET = string.ascii_letters + string.digits


class Key(Struct, frozen=True):
    """A key as its owner holds it."""

    key_id: str
    secret: str

    @property
    def text(self) -> str:
        """The key as it is written into configuration files and headers."""
        return f"{PREFIX}_{self.key_id}_{self.secret}"

    @property
    def secret_sha256(self) -> str:
        """What the register keeps of the secret, in hex."""
        return digest(self.secret)

    def __repr__(self) -> str:
        return f"Key({self.key_id!r}, …)"

    def __str__(self) -> str:
        return repr(self)


def make() -> Key:
    """Return a new random key."""
    return Key(key_id=_random(KEY_ID_LENGTH), secret=_random(SECRET_LENGTH))


def parse(text: str) -> Key | None:
    """Return the key that `text` writes; None when it is not one."""
    if len(text) > _LONGEST:
        return None
    parts = text.split("_")
    if len(parts) != 3 or parts[0] != PREFIX:
        return None
    if not (text.isascii() and parts[1].isalnum() and parts[2].isalnum()):
        return None
    return Key(key_id=parts[1], secret=parts[2])


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def proves(key: Key, secret_sha256: str) -> bool:
    """Return whether `key` has the secret of this digest; takes the same time whatever the answer."""
    return hmac.compare_digest(key.secret_sha256, secret_sha256)


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
