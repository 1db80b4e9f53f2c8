"""Certificate chains that cost much to follow: giant keys, rings of issuers, doubles of the true authority."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from signing.lab import Identity
from tests.vectors.signatures.signers import Lab


def hostile_chains(lab: Lab) -> Iterator[tuple[str, Identity]]:
    """Yield the true signer with the chains that an attacker would put beside its certificate."""
    leaf, authority = lab.ec.certificate, lab.pki.subordinate.certificate
    names = (authority.subject, lab.pki.root.certificate.subject)
    giant = _certified(lab, names[0], names[1], _giant(16_000))
    yield "issuer-with-a-giant-key", Identity(lab.ec.key, (leaf, giant))
    larger = _certified(lab, names[0], names[0], _giant(40_000))
    yield "issuer-with-an-impossible-key", Identity(lab.ec.key, (leaf, larger))
    doubles = tuple(
        _certified(lab, names[0], names[0], ec.generate_private_key(ec.SECP256R1()).public_key()) for _ in range(4)
    )
    yield "issuers-in-a-ring-of-one-name", Identity(lab.ec.key, (leaf, *doubles))
    ring = tuple(
        _certified(lab, subject, issuer, ec.generate_private_key(ec.SECP256R1()).public_key())
        for subject, issuer in (names, names[::-1], names, names[::-1])
    )
    yield "issuers-in-a-ring-of-two-names", Identity(lab.ec.key, (leaf, *ring))


def _giant(bits: int) -> rsa.RSAPublicKey:
    """A modulus that nobody can factor and nobody made of primes; the exponent is as large as libraries take."""
    modulus = Random(bits).getrandbits(bits) | (1 << (bits - 1)) | 1
    return rsa.RSAPublicNumbers(e=(1 << 31) + 1, n=modulus).public_key()


def _certified(lab: Lab, subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
    validity = lab.pki.validity
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity.not_before)
        .not_valid_after(validity.not_after)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    )
