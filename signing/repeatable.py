"""An elliptic curve key that signs the same bytes the same way each time (RFC 6979).

Ordinary ECDSA draws a random number for each signature, so a package that is signed twice is two packages, and the second is
refused as other content under the same document id. Deterministic values are verified like any other.
"""

from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


class RepeatableKey(ec.EllipticCurvePrivateKey):
    """A private key whose `sign` is deterministic; everything else is the key's own."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """Return the DER signature over `data`."""
        return self._key.sign(data, ec.ECDSA(signature_algorithm.algorithm, deterministic_signing=True))

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> bytes:
        """Forward."""
        return self._key.exchange(algorithm, peer_public_key)

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Forward."""
        return self._key.public_key()

    @property
    def curve(self) -> ec.EllipticCurve:
        """Forward."""
        return self._key.curve

    @property
    def key_size(self) -> int:
        """Forward."""
        return self._key.key_size

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        """Forward."""
        return self._key.private_numbers()

    def private_bytes(
        self,
        encoding: serialization.Encoding,
        format: serialization.PrivateFormat,
        encryption_algorithm: serialization.KeySerializationEncryption,
    ) -> bytes:
        """Forward."""
        return self._key.private_bytes(encoding, format, encryption_algorithm)

    def __copy__(self) -> "RepeatableKey":
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> "RepeatableKey":
        return self
