"""The certificates that a signature brings along. They are only a claim: the registry and the anchors decide."""

import hashlib
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml.etree import _Element
from msgspec import Struct

from signing import names
from signing.elements import base64_bytes, base64_of, children, sequence, text_of, unknown
from signing.errors import Code, Untrusted
from signing.keys import PublicKey

_MAX_CERTIFICATES = 5
_MAX_CERTIFICATE_TEXT = 16_384
_FETCHING = frozenset({f"{{{names.DS}}}RetrievalMethod", f"{{{names.DS11}}}KeyInfoReference"})
_HINTS = frozenset({f"{{{names.DS}}}X509SubjectName", f"{{{names.DS}}}X509IssuerSerial", f"{{{names.DS}}}X509SKI"})
_CURVES = {
    "urn:oid:1.2.840.10045.3.1.7": "secp256r1",
    "urn:oid:1.3.132.0.34": "secp384r1",
    "urn:oid:1.3.132.0.35": "secp521r1",
}


class Embedded(Struct, frozen=True, gc=False):
    """A certificate found in KeyInfo: its bytes and the SHA-256 by which a registry knows it."""

    der: bytes
    sha256: str


class KeyInfo(Struct, frozen=True):
    """What KeyInfo holds: certificates in document order (their order means nothing), and a KeyValue to compare."""

    certificates: tuple[Embedded, ...]
    key_value: _Element | None


def read(element: _Element) -> KeyInfo:
    """Read a KeyInfo: exactly one X509Data, at most one KeyValue. Hints (subject, issuer and serial, SKI) are not used.

    Raises:
        Untrusted: signature-reference-forbidden for elements that would fetch a key, signature-invalid for unknown
            ones, certificate-untrusted when no certificate is there.
    """
    data: list[_Element] = []
    values: list[_Element] = []
    for child in children(element, ("Id",)):
        if child.tag in _FETCHING:
            raise Untrusted(
                Code.REFERENCE_FORBIDDEN,
                "KeyInfo may not point to a key elsewhere (RetrievalMethod, KeyInfoReference); embed the certificate.",
                "KeyInfo không được trỏ đến khóa ở nơi khác (RetrievalMethod, KeyInfoReference); hãy nhúng chứng thư số.",
            )
        place = {names.X509_DATA: data, names.KEY_VALUE: values}.get(str(child.tag))
        if place is None or place:
            raise unknown(child)
        place.append(child)
    certificates = _certificates(data[0]) if data else ()
    if not certificates:
        raise Untrusted(
            Code.CERTIFICATE_UNTRUSTED,
            "The signature carries no certificate; put the registered one into KeyInfo/X509Data/X509Certificate.",
            "Chữ ký không kèm chứng thư số; hãy đưa chứng thư đã đăng ký vào KeyInfo/X509Data/X509Certificate.",
        )
    return KeyInfo(certificates, values[0] if values else None)


def check_key_value(element: _Element | None, key: PublicKey) -> None:
    """Refuse a KeyValue that names another key than the certificate: two verifiers would use different keys."""
    if element is not None and not _same_key(element, key):
        raise Untrusted(
            Code.SIGNATURE_INVALID,
            "The KeyValue is not the key of the certificate; leave KeyValue out.",
            "KeyValue không trùng với khóa trong chứng thư số; hãy bỏ KeyValue.",
        )


def _certificates(data: _Element) -> tuple[Embedded, ...]:
    found = []
    for child in children(data):
        if child.tag == names.X509_CERTIFICATE:
            found.append(_embedded(text_of(child)))
        elif child.tag not in _HINTS:
            raise unknown(child)
    if len(found) > _MAX_CERTIFICATES:
        raise _too_much()
    return tuple(found)


def _embedded(text: str) -> Embedded:
    if len(text) > _MAX_CERTIFICATE_TEXT:
        raise _too_much()
    return _decoded(text)


@lru_cache(maxsize=512)
def _decoded(text: str) -> Embedded:
    """An agency sends the same certificates with every package: decoding and hashing them again costs a tenth of it."""
    der = base64_bytes(text, "X509Certificate")
    return Embedded(der, hashlib.sha256(der).hexdigest())


def _too_much() -> Untrusted:
    return Untrusted(
        Code.SIGNATURE_INVALID,
        f"KeyInfo may hold at most {_MAX_CERTIFICATES} certificates of {_MAX_CERTIFICATE_TEXT} characters each.",
        f"KeyInfo chỉ được chứa tối đa {_MAX_CERTIFICATES} chứng thư số, mỗi chứng thư {_MAX_CERTIFICATE_TEXT} ký tự.",
    )


def _same_key(element: _Element, key: PublicKey) -> bool:
    inside = children(element)
    tags = [child.tag for child in inside]
    if tags == [names.RSA_KEY_VALUE] and isinstance(key, rsa.RSAPublicKey):
        modulus, exponent = sequence(inside[0], (f"{{{names.DS}}}Modulus", f"{{{names.DS}}}Exponent"))
        numbers = key.public_numbers()
        claimed = (int.from_bytes(base64_of(modulus), "big"), int.from_bytes(base64_of(exponent), "big"))
        return claimed == (numbers.n, numbers.e)
    if tags == [names.EC_KEY_VALUE] and isinstance(key, ec.EllipticCurvePublicKey):
        curve, point = sequence(inside[0], (f"{{{names.DS11}}}NamedCurve", f"{{{names.DS11}}}PublicKey"))
        is_curve = not text_of(curve, ("URI",)) and _CURVES.get(curve.get("URI", "")) == key.curve.name
        return is_curve and base64_of(point) == key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return False
