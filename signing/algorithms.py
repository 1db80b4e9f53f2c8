"""Which algorithms may carry a signature: a dated policy, and what each URI of the standard means to `cryptography`.

Sources: XML Signature 1.1 section 6, RFC 9231, ETSI TS 119 312. MD5, HMAC, DSA and SHA-224 are not even known here;
SHA-1 is known but stands only on the laboratory policy, for judging historical files.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from msgspec import Struct
from msgspec.structs import replace

from signing.errors import Code, Untrusted
from signing.keys import PublicKey

_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_MORE_2001 = "http://www.w3.org/2001/04/xmldsig-more#"
_MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
_XMLENC = "http://www.w3.org/2001/04/xmlenc#"

_SHA1, _SHA256, _SHA384, _SHA512 = (
    hashes.SHA1(),  # noqa: S303 - known so that the laboratory policy can name it; no other policy does
    hashes.SHA256(),
    hashes.SHA384(),
    hashes.SHA512(),
)

SHA256 = f"{_XMLENC}sha256"

#: DigestMethod URI -> hashlib name.
DIGESTS: Mapping[str, str] = {
    SHA256: "sha256",
    f"{_MORE_2001}sha384": "sha384",
    f"{_XMLENC}sha512": "sha512",
    f"{_DSIG}sha1": "sha1",
}


class RsaMethod(Struct, frozen=True):
    """An RSA SignatureMethod: its hash, and the padding that goes with it."""

    hash: hashes.HashAlgorithm
    padding: AsymmetricPadding


class EcdsaMethod(Struct, frozen=True):
    """An ECDSA SignatureMethod; the value is r and s side by side (XML Signature 1.1, 6.4.3), not DER."""

    ecdsa: ec.ECDSA


def _pss(algorithm: hashes.HashAlgorithm) -> RsaMethod:
    """RFC 9231, 2.3.10: the salt is as long as the digest, MGF1 uses the same hash."""
    return RsaMethod(algorithm, PSS(mgf=MGF1(algorithm), salt_length=algorithm.digest_size))


#: SignatureMethod URI -> how to check it.
SIGNATURES: Mapping[str, RsaMethod | EcdsaMethod] = {
    f"{_MORE_2001}rsa-sha256": RsaMethod(_SHA256, PKCS1v15()),
    f"{_MORE_2001}rsa-sha384": RsaMethod(_SHA384, PKCS1v15()),
    f"{_MORE_2001}rsa-sha512": RsaMethod(_SHA512, PKCS1v15()),
    f"{_MORE_2007}sha256-rsa-MGF1": _pss(_SHA256),
    f"{_MORE_2007}sha384-rsa-MGF1": _pss(_SHA384),
    f"{_MORE_2007}sha512-rsa-MGF1": _pss(_SHA512),
    f"{_MORE_2001}ecdsa-sha256": EcdsaMethod(ec.ECDSA(_SHA256)),
    f"{_MORE_2001}ecdsa-sha384": EcdsaMethod(ec.ECDSA(_SHA384)),
    f"{_MORE_2001}ecdsa-sha512": EcdsaMethod(ec.ECDSA(_SHA512)),
    f"{_DSIG}rsa-sha1": RsaMethod(_SHA1, PKCS1v15()),
}

_LAB_ONLY = frozenset({f"{_DSIG}sha1", f"{_DSIG}rsa-sha1"})


class AlgorithmPolicy(Struct, frozen=True):
    """What is strong enough from `since` on: method URIs, the shortest RSA modulus in bits, the named curves."""

    since: date
    digests: frozenset[str]
    signatures: frozenset[str]
    min_rsa_bits: int
    curves: frozenset[str]


DEFAULT_POLICY = AlgorithmPolicy(
    since=date(2026, 1, 1),
    digests=frozenset(DIGESTS) - _LAB_ONLY,
    signatures=frozenset(SIGNATURES) - _LAB_ONLY,
    min_rsa_bits=2048,
    curves=frozenset({"secp256r1", "secp384r1", "secp521r1"}),
)

#: For `axis verify --lab-allow-sha1` on historical files; no hub accepts a package by it.
LAB_SHA1_POLICY = replace(
    DEFAULT_POLICY, digests=DEFAULT_POLICY.digests | _LAB_ONLY, signatures=DEFAULT_POLICY.signatures | _LAB_ONLY
)


def short_name(algorithm: str) -> str:
    """Return the last part of an algorithm's URI, by which people call it; a curve's name is short already."""
    return algorithm.rpartition("#")[2]


def weakness_of(key: object, policy: AlgorithmPolicy) -> str:
    """Return in a few words why the policy forbids this public key; empty when it does not."""
    if isinstance(key, rsa.RSAPublicKey):
        return "" if key.key_size >= policy.min_rsa_bits else f"RSA with {key.key_size} bits"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "" if key.curve.name in policy.curves else f"the curve {key.curve.name}"
    return f"a key of the kind {type(key).__name__}"


def digest(method: str, data: bytes) -> bytes:
    """Hash by a DigestMethod URI of `DIGESTS`."""
    return hashlib.new(DIGESTS[method], data, usedforsecurity=True).digest()


def digest_of_pieces(method: str, pieces: Iterable[bytes | memoryview]) -> bytes:
    """Hash what the pieces make together, as `digest` does."""
    total = hashlib.new(DIGESTS[method], usedforsecurity=True)
    for piece in pieces:
        total.update(piece)
    return total.digest()


def check_signature(method: str, key: PublicKey, value: bytes, data: bytes) -> None:
    """Check a SignatureValue over `data` with a pinned key.

    Raises:
        Untrusted: signature-algorithm-forbidden when the method is not made for this kind of key.
        InvalidSignature: from `cryptography`, when the value is not this key's signature over the data.
    """
    implementation = SIGNATURES[method]
    if isinstance(implementation, EcdsaMethod) and isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(_der_of(value, key.key_size), data, implementation.ecdsa)
    elif isinstance(implementation, RsaMethod) and isinstance(key, rsa.RSAPublicKey):
        key.verify(value, data, implementation.padding, implementation.hash)
    else:
        raise Untrusted(
            Code.ALGORITHM_FORBIDDEN,
            "The SignatureMethod does not fit the kind of key in the certificate.",
            "SignatureMethod không phù hợp với loại khóa trong chứng thư số.",
        )


def _der_of(value: bytes, key_bits: int) -> bytes:
    """Turn r and s side by side into the DER form that `cryptography` takes (XML Signature 1.1, 6.4.3)."""
    size = (key_bits + 7) // 8
    if len(value) != 2 * size:
        raise ValueError(f"an ECDSA SignatureValue for this key has {2 * size} bytes, not {len(value)}")
    return encode_dss_signature(int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big"))
