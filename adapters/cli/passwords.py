"""Passwords of people: made at random, kept as Argon2id (RFC 9106) in PHC form."""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

_SALT_BYTES, _HASH_BYTES = 16, 32
_PASSES, _LANES, _MEMORY_KIB = 3, 4, 65_536  #: RFC 9106, section 4: second recommended option
_PASSWORD_BYTES = 12


def new_password() -> str:
    """Return a random password of 96 bits in letters, digits, `-` and `_`."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def hash_password(password: str) -> str:
    """Return what the register keeps of a password."""
    function = Argon2id(
        salt=secrets.token_bytes(_SALT_BYTES),
        length=_HASH_BYTES,
        iterations=_PASSES,
        lanes=_LANES,
        memory_cost=_MEMORY_KIB,
    )
    return function.derive_phc_encoded(password.encode())
