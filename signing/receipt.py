"""The hub's statement that something happened to a package: its fields, its canonical bytes, its seal, and its opening.

A receipt is sealed once and its JWS is kept: ECDSA values differ from one signing to the next, the receipt handed out
does not. Opening, where the input is a stranger's, is joserfc's work; sealing writes the compact form itself, because a
general library encodes the same certificate chain again for each of three receipts per delivery (decision 0009).
"""

import hashlib
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter
from msgspec import UNSET, Struct, UnsetType

from signing.certificates import Loaded, TrustAnchors
from signing.errors import FOREIGN, Code, Untrusted, ended_by_verdict
from signing.keyinfo import Embedded
from signing.keys import CertificateFacts, KeyUnreadable, PrivateKey, belongs, der_of
from signing.report import Procedure, Step
from signing.revocation import Revocation

#: The `typ` of the JWS that carries a receipt.
MEDIA_TYPE = "axis-receipt+jws"


class Origin(StrEnum):
    """How the hub knew who sent the package."""

    SIGNATURE = "signature"  #: the agency's XML signature over the whole package
    TRANSPORT = "transport"  #: the system's credentials alone


class PackageReference(Struct, frozen=True, gc=False):
    """Which package a receipt is about: the digest (hexadecimal) and size of its bytes as received."""

    id: str | None
    document_id: str | None
    sha256: str
    size: int


class Reason(Struct, frozen=True, gc=False):
    """Why something was refused or failed: a code of the catalogue and a sentence."""

    code: str
    text: str


class Receipt(Struct, frozen=True, forbid_unknown_fields=True):
    """One event of one package (for one recipient), at one time. `event` is a name of EN 319 522-3 or one of ours.

    `epoch` is there (from 2) when the hub's records were restored before: an earlier receipt may exist that it does not know.
    """

    id: str
    event: str
    at: datetime
    hub: str
    package: PackageReference
    sender: str | None
    origin: Origin
    nonce: str
    recipient: str | None = None
    delivery: str | None = None
    signer_certificate_sha256: str | None = None
    reason: Reason | None = None
    epoch: int | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.at.utcoffset() != timedelta(0):
            raise ValueError("the time of a receipt is aware UTC")


_ES256 = ec.ECDSA(hashes.SHA256())
_P256_BYTES = 32

_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(Receipt)


def canonical(receipt: Receipt) -> bytes:
    """Return the RFC 8785 form of a receipt.

    msgspec's sorted encoding is that form here: names are ASCII, numbers are integers, strings are escaped minimally;
    the tests hold it equal to the `rfc8785` library.
    """
    return _ENCODER.encode(receipt)


def decode(data: bytes) -> Receipt:
    """Read a receipt from its JSON; raise `msgspec.MsgspecError` (or ValueError) when it is none."""
    return _DECODER.decode(data)


def hub_uri(code: str) -> str:
    """Return the alternative name by which a certificate says that it may sign receipts of the hub with this code."""
    return f"urn:axis:hub:{code}"


class Sealer(Protocol):
    """Who signs receipts: a key in a file, or in a security module."""

    def seal(self, receipt: Receipt) -> str:
        """Return the receipt as a compact JWS."""
        ...


class KeySealer:
    """Seals with an EC P-256 key held in memory; the chain (leaf first, without the root) travels in `x5c`."""

    def __init__(self, key: PrivateKey, chain: Sequence[x509.Certificate]) -> None:
        """Take key and chain; raise `KeyUnreadable` when they are not made for ES256 or not for each other."""
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise KeyUnreadable("Receipts are sealed with ES256: the hub's key must be EC P-256.")
        if not chain or not belongs(key, chain[0]):
            raise KeyUnreadable("The first certificate of the hub's chain does not belong to the hub's key.")
        self._key = key
        self._x5c = [b64encode(der_of(certificate)).decode() for certificate in chain]
        self._header = (-1, b"")  # of the last second: several receipts share one

    def seal(self, receipt: Receipt) -> str:
        """Return the receipt as a compact JWS (RFC 7515); `iat` is the receipt's own time."""
        signed = self._header_of(int(receipt.at.timestamp())) + b"." + _base64url(canonical(receipt))
        r, s = decode_dss_signature(self._key.sign(signed, _ES256))
        signature = r.to_bytes(_P256_BYTES, "big") + s.to_bytes(_P256_BYTES, "big")  # RFC 7518, 3.4
        return (signed + b"." + _base64url(signature)).decode("ascii")

    def _header_of(self, issued_at: int) -> bytes:
        # Encoding the chain anew for every receipt costs as much as signing it, and the chain is always the same.
        second, encoded = self._header
        if second != issued_at:
            header = {"alg": "ES256", "typ": MEDIA_TYPE, "iat": issued_at, "x5c": self._x5c}
            encoded = _base64url(msgspec.json.encode(header))
            self._header = (issued_at, encoded)
        return encoded


def _base64url(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


class VerifiedReceipt(Struct, frozen=True):
    """A receipt that a hub really signed, the hub's certificate, and the report of the steps."""

    receipt: Receipt
    signer: CertificateFacts
    report: tuple[Step, ...]


#: The names of the steps, in the order of `open_receipt`.
OPENING_STEPS = ("form", "header", "signature", "statement", "certificate", "entitlement", "revocation")

_MAX_BYTES = 65_536
_MAX_CERTIFICATES = 5
_HEADER = frozenset({"alg", "typ", "iat", "x5c"})
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]")  # the one spelling of 64 bytes


class _Registry(JWSRegistry):
    """joserfc's limits fit tokens: its header of 512 bytes is too small for a certificate chain."""

    max_header_length = 32_768


#: joserfc knows no `iat` in a header (it is a claim of JWT) and refuses unknown ones.
_REGISTRY = _Registry({"iat": HeaderParameter("Issued at", "int")}, algorithms=["ES256"])
_FOREIGN = (*FOREIGN, JoseError, KeyError, msgspec.MsgspecError)


def open_receipt(
    sealed: str, *, anchors: TrustAnchors, at: datetime | None = None, revocation: Revocation | None = None
) -> VerifiedReceipt:
    """Check a receipt and return what it says.

    1. *form*: a compact JWS of at most 64 KiB.
    2. *header*: exactly `alg` ES256, `typ` axis-receipt+jws, `iat`, and `x5c` with one to five certificates.
    3. *signature*: made by the key of the first certificate.
    4. *statement*: the payload is the RFC 8785 form of a receipt, and its time is that of the header.
    5. *certificate*: valid at `at` (or at the receipt's own time), made for signing, and leads to an anchor.
    6. *entitlement*: the certificate names this hub (`urn:axis:hub:<code>` as alternative name), or is itself an
       anchor; otherwise any agency below the same authority could write receipts.
    7. *revocation*: every certificate of the path below the anchor is shown good by the evidence given; "not
       configured" when none is.

    Raises:
        Untrusted: signature-invalid, signature-algorithm-forbidden, or the certificate's code, with step and report.
        Undetermined: revocation-unavailable, when the evidence given says nothing about that moment.
    """
    procedure = Procedure(OPENING_STEPS)
    with ended_by_verdict(procedure):
        # 1. form
        header = _header_of(sealed)
        procedure.passed()
        # 2. header
        certificates = _certificates_of(header, anchors)
        leaf, *others = certificates
        procedure.passed()
        # 3. signature
        payload = _payload_of(sealed, leaf)
        procedure.passed()
        # 4. statement
        receipt = _statement(payload, header["iat"])
        procedure.passed(receipt.id)
        # 5. certificate
        anchors.check(leaf, tuple(others), at=at or receipt.at)
        procedure.passed(leaf.facts.subject)
        # 6. entitlement
        _check_entitled(leaf, receipt.hub, anchors)
        procedure.passed(receipt.hub)
        # 7. revocation
        if revocation is None:
            procedure.not_configured("no revocation source is configured")
        else:
            path = anchors.check(leaf, tuple(others), at=at or receipt.at, revocation=revocation)
            procedure.passed(path.shown)
    return VerifiedReceipt(receipt, leaf.facts, procedure.report())


def _header_of(sealed: str) -> dict[str, Any]:
    try:
        if len(sealed) > _MAX_BYTES or not _COMPACT.fullmatch(sealed):
            raise ValueError("not three parts of base64url, or too long")
        return dict(jws.extract_compact(sealed.encode("ascii"), registry=_REGISTRY).headers())
    except _FOREIGN as error:
        raise _invalid("it is no compact JWS", "không phải JWS dạng rút gọn") from error


def _certificates_of(header: dict[str, Any], anchors: TrustAnchors) -> list[Loaded]:
    if header.get("alg") != "ES256":
        raise Untrusted(
            Code.ALGORITHM_FORBIDDEN,
            "A receipt is signed with ES256; this one names another algorithm.",
            "Biên nhận phải được ký bằng ES256; biên nhận này dùng thuật toán khác.",
        )
    x5c = header.get("x5c")
    if header.keys() != _HEADER or header["typ"] != MEDIA_TYPE or type(header["iat"]) is not int:
        raise _invalid("its header is not that of a receipt", "phần đầu không phải của biên nhận")
    if not isinstance(x5c, list) or not 0 < len(x5c) <= _MAX_CERTIFICATES:
        raise _invalid("its header carries no certificate chain", "phần đầu không kèm chuỗi chứng thư số")
    try:
        ders = [b64decode(text, validate=True) for text in x5c]
    except _FOREIGN as error:
        raise _invalid("its certificates are not base64", "chứng thư số không phải base64") from error
    return [anchors.load(Embedded(der, hashlib.sha256(der).hexdigest())) for der in ders]


def _payload_of(sealed: str, leaf: Loaded) -> bytes:
    try:
        if not isinstance(leaf.key, ec.EllipticCurvePublicKey):
            raise TypeError("ES256 needs an EC key")
        pem = leaf.key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return jws.deserialize_compact(sealed, ECKey.import_key(pem), registry=_REGISTRY).payload
    except _FOREIGN as error:
        raise _invalid("the signature does not match", "chữ ký không khớp") from error


def _statement(payload: bytes, issued_at: int) -> Receipt:
    try:
        receipt = decode(payload)
        is_canonical = canonical(receipt) == payload
    except _FOREIGN as error:
        raise _invalid("what was signed is no receipt", "nội dung được ký không phải biên nhận") from error
    if not is_canonical or int(receipt.at.timestamp()) != issued_at:
        raise _invalid(
            "what was signed is not the canonical form of a receipt of that time",
            "nội dung được ký không phải dạng chuẩn tắc của biên nhận tại thời điểm đó",
        )
    return receipt


def _check_entitled(leaf: Loaded, hub: str, anchors: TrustAnchors) -> None:
    try:
        names = leaf.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        is_named = hub_uri(hub) in names.get_values_for_type(x509.UniformResourceIdentifier)
    except FOREIGN:
        is_named = False
    if not is_named and not anchors.is_anchor(leaf):
        raise Untrusted(
            Code.CERTIFICATE_UNTRUSTED,
            f"The certificate does not entitle its owner to sign receipts of the hub {hub}.",
            f"Chứng thư số không cho phép chủ thể ký biên nhận của trục {hub}.",
        )


def _invalid(en: str, vi: str) -> Untrusted:
    return Untrusted(Code.SIGNATURE_INVALID, f"The receipt is not valid: {en}.", f"Biên nhận không hợp lệ: {vi}.")
